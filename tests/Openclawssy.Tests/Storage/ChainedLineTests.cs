using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Storage;

public sealed class ChainedLineTests
{
    static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

    static string Compose(ChainedLineWriter writer, string fields)
    {
        var line = Encoding.UTF8.GetString(writer.Compose(Then, Encoding.UTF8.GetBytes(fields)));
        writer.Commit();
        return line;
    }

    static string? Fault(string line) => ChainedLine.Parse(Encoding.UTF8.GetBytes(line), out _);

    // A line with any content and the right hash over it.
    static string Hashed(string beforeHash) => $"{beforeHash},\"hash\":\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(beforeHash)))}\"}}";

    [Fact]
    public void A_line_has_exactly_the_documented_form()
    {
        var writer = new ChainedLineWriter();
        var line = Compose(writer, """{"a":"x"}""");
        var before = $$"""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","a":"x","prev":"{{ChainedLine.Genesis}}" """.TrimEnd();
        Assert.Equal(Hashed(before) + "\n", line);
        Assert.Contains($"\"seq\":2,", Compose(writer, """{"a":"y"}"""));
    }

    [Fact]
    public void What_was_composed_is_read_back_and_links_to_the_line_before()
    {
        var writer = new ChainedLineWriter();
        Compose(writer, """{"a":1}""");
        var first = writer.Hash;
        var line = Encoding.UTF8.GetBytes(Compose(writer, """{"a":{"seq":7},"b":"é\u2028"}""").TrimEnd('\n'));
        Assert.Null(ChainedLine.Parse(line, out var parsed));
        Assert.Equal((2, Then.ToUniversalTime()), (parsed.Seq, parsed.Ts));
        Assert.Equal(first, Encoding.ASCII.GetString(parsed.Prev));
        Assert.Equal(writer.Hash, Encoding.ASCII.GetString(parsed.Hash));
        Assert.Equal("""{"a":{"seq":7},"b":"é\u2028"}""", Encoding.UTF8.GetString(parsed.FieldsAsObject()));
    }

    [Fact]
    public void A_line_that_was_not_committed_is_not_part_of_the_chain()
    {
        var writer = new ChainedLineWriter();
        writer.Compose(Then, """{"a":"lost"}"""u8);
        Assert.Contains("\"seq\":1,", Compose(writer, """{"a":"kept"}"""));
    }

    public static TheoryData<string> Unsound => new()
    {
        "", "{}", "null",
        Hashed("""{"v":2,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","a":1,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":01,"ts":"2026-01-02T01:04:05.0000000Z","a":1,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":0,"ts":"2026-01-02T01:04:05.0000000Z","a":1,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":+1,"ts":"2026-01-02T01:04:05.0000000Z","a":1,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.000000+00","a":1,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","a":1,"a":2,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","seq":2,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","\u0061":1,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","a":1},"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","a":,"prev":"PREV" """.TrimEnd().Replace("PREV", ChainedLine.Genesis)),
        Hashed("""{"v":1,"seq":1,"ts":"2026-01-02T01:04:05.0000000Z","a":1,"prev":"ABCD" """.TrimEnd()),
    };

    [Theory]
    [MemberData(nameof(Unsound))]
    public void What_a_writer_would_not_write_is_refused_even_with_the_right_hash(string line) => Assert.NotNull(Fault(line));

    [Fact]
    public void Any_changed_byte_is_noticed()
    {
        var line = Encoding.UTF8.GetBytes(Compose(new(), """{"a":"some text"}""").TrimEnd('\n'));
        for (var at = 0; at < line.Length; at++)
            for (var bit = 0; bit < 8; bit++)
            {
                line[at] ^= (byte)(1 << bit);
                Assert.NotNull(ChainedLine.Parse(line, out _));
                line[at] ^= (byte)(1 << bit);
            }
        Assert.Null(ChainedLine.Parse(line, out _));
    }

    [Fact]
    public void Any_text_makes_one_line_that_reads_back()
    {
        Gen.String.Sample(text =>
        {
            using var fields = new LineFields();
            fields.Json.WriteStartObject();
            fields.Json.WriteString("text", text);
            fields.Json.WriteEndObject();
            var line = new ChainedLineWriter().Compose(Then, fields.Finish());
            Assert.Equal(line.Length - 1, line.IndexOf((byte)'\n'));
            Assert.False(line[..^1].ContainsAnyInRange((byte)0, (byte)31));
            Assert.Null(ChainedLine.Parse(line[..^1], out var parsed));
            using var json = JsonDocument.Parse(parsed.FieldsAsObject());
            // What is no Unicode cannot be kept as it is; the replacement character says so.
            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), json.RootElement.GetProperty("text").GetString());
        }, seed: "0000000000000", iter: Campaign.Scale(100, 10_000));
    }
}
