using System.Text;
using CsCheck;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Openclawssy.Tests.Text;
using Xunit;

namespace Openclawssy.Tests.Storage;

public sealed class ReverseLinesTests : IDisposable
{
    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    (List<string> Lines, long Torn, int Overlong) Read(string content, int maxLine = 200_000)
    {
        File.WriteAllText(folder["a"], content);
        using var lines = ReverseLines.Open(folder["a"], folder["lock"], maxLine)!;
        var read = new List<string>();
        while (lines.Next(out var line)) read.Add(Encoding.UTF8.GetString(line));
        Assert.False(lines.Next(out _));
        return (read, lines.TornBytes, lines.Overlong);
    }

    // Lengths around the size of a block, where an end is missed most easily.
    static readonly Gen<string> Lines = Gen.Select(Pick.Of("", "a", "é", "line"), Pick.Of(0, 1, 5, 8191, 8192, 16383, 16384, 32766, 32767, 32768, 65535, 65536), (piece, times) => new StringBuilder().Insert(0, piece, times).ToString());

    [Fact]
    public void Every_line_is_handed_out_from_the_last_to_the_first() => Gen.Select(Lines.Array[0, 8], Lines).Sample((lines, tail) =>
    {
        var (read, torn, overlong) = Read(string.Concat(lines.Select(line => line + "\n")) + tail, maxLine: 40_000);
        Assert.Equal(lines.Reverse().Where(line => Encoding.UTF8.GetByteCount(line) <= 40_000), read);
        Assert.Equal(Encoding.UTF8.GetByteCount(tail), torn);
        Assert.Equal(lines.Count(line => Encoding.UTF8.GetByteCount(line) > 40_000), overlong);
    }, iter: 100, threads: 1);

    [Fact]
    public void A_line_at_the_limit_is_handed_out_and_one_above_is_not()
    {
        Assert.Equal("b aaaa, 0", Shown(Read("aaaa\nb\n", 4)));
        Assert.Equal("b, 1", Shown(Read("aaaaa\nb\n", 4)));
        Assert.Equal("b, 1", Shown(Read(new string('a', 1_000_000) + "\nb\n", 4)));
        Assert.Equal("c b, 2", Shown(Read("aaaaa\nb\naaaaa\nc\n", 4)));
        static string Shown((List<string> Lines, long Torn, int Overlong) read) => $"{string.Join(' ', read.Lines)}, {read.Overlong}";
    }

    [Fact]
    public void Nothing_to_read_is_null_or_no_line()
    {
        Assert.Null(ReverseLines.Open(folder["missing"], folder["lock"], 10));
        Assert.Empty(Read("").Lines);
        Assert.Empty(Read("torn").Lines);
        Assert.Equal([""], Read("\n").Lines);
    }

    [Fact]
    public async Task A_reader_waits_until_an_appender_is_done_and_sees_no_more_than_then()
    {
        File.WriteAllText(folder["a"], "one\n");
        using var latch = new FileLatch(folder["lock"]);
        latch.Enter();
        var opening = Task.Run(() => ReverseLines.Open(folder["a"], folder["lock"], 100)!);
        File.AppendAllText(folder["a"], "two\n");
        Assert.False(opening.IsCompleted);
        latch.Leave();
        using var lines = await opening;
        File.AppendAllText(folder["a"], "three\n");
        Assert.Equal("two", Last(lines));
    }

    static string Last(ReverseLines lines)
    {
        Assert.True(lines.Next(out var line));
        return Encoding.UTF8.GetString(line);
    }
}
