using System.Text;
using CsCheck;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Tests.Text;
using Xunit;

namespace Openclawssy.Tests.Sessions;

public sealed class MessageLineTests
{
    static readonly Gen<string> Texts = Pick.Of("a", "é", "😀", "\n", "\r", "\u2028", "\"", "\\", "\0", "\u001b", "{}", "</script>").Array[1, 30].Select(string.Concat);

    [Fact]
    public void What_is_written_is_one_line_and_read_as_it_was() => Gen.Select(Texts, Texts, Gen.Int[0, 1_000_000]).Sample((content, id, second) =>
    {
        if (string.IsNullOrWhiteSpace(content)) return;
        var message = new SessionMessage("tool", content, DateTimeOffset.UnixEpoch.AddSeconds(second).AddTicks(second), id, id, id);
        var line = MessageLine.Compose([message], default).Span;
        Assert.Equal((byte)'\n', line[^1]);
        Assert.False(line[..^1].ContainsAny((byte)'\n', (byte)'\r'));
        Assert.Equal(message, MessageLine.Read(line[..^1]));
    });

    [Fact]
    public void Half_a_character_becomes_a_mark_and_the_rest_is_kept()
    {
        var line = MessageLine.Compose([new("user", "a\ud83d"), new ToolMessage("t", "c", "\ude00", Arguments: "{\"a\":\"\ud83d\"}").ToMessage(default, null)], default).Span;
        var first = line.IndexOf((byte)'\n');
        Assert.Equal("a\ufffd", MessageLine.Read(line[..first])!.Content);
        var record = ToolMessage.Of(MessageLine.Read(line[(first + 1)..^1])!);
        Assert.Equal(("\ufffd", "{\"a\":\"\ufffd\"}"), (record.Summary, record.Arguments));
    }

    [Fact]
    public void Any_bytes_are_a_message_or_none_but_never_an_error() =>
        Gen.Select(Texts, Gen.Int[0, 200], Gen.Byte).Sample((content, at, value) =>
        {
            var line = MessageLine.Compose([new("user", "x" + content)], default).ToArray();
            line[at % line.Length] = value;
            _ = MessageLine.Read(line);
            _ = MessageLine.Read(line.AsSpan(0, at % line.Length));
            _ = ToolMessage.Of(new("tool", Encoding.UTF8.GetString(line)));
        });
}
