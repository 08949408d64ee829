using System.Text;
using CsCheck;
using Openclawssy.Discord;
using Openclawssy.Tests.Text;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class MessagePartsTests
{
    [Fact]
    public void A_text_that_fits_stays_whole()
    {
        Assert.Equal(["hello\n\nthere"], MessageParts.Of(" hello\n\nthere\n"));
        Assert.Equal([new string('x', 2000)], MessageParts.Of(new string('x', 2000)));
        Assert.Empty(MessageParts.Of(" \n "));
    }

    [Fact]
    public void It_is_cut_between_paragraphs_then_lines_then_words()
    {
        var (a, b) = (new string('a', 80), new string('b', 80));
        Assert.Equal([$"{a}\n{a}", b], MessageParts.Of($"{a}\n{a}\n\n{b}", 200));
        Assert.Equal([$"{a}\n{a}", b], MessageParts.Of($"{a}\n{a}\n{b}", 200));
        Assert.Equal([$"{a} {a}", b], MessageParts.Of($"{a} {a} {b}", 200));
        Assert.Equal([184, 116], MessageParts.Of(new string('x', 300), 200).Select(part => part.Length));
    }

    [Fact]
    public void A_code_block_is_closed_and_opened_again()
    {
        var line = new string('c', 60);
        var parts = MessageParts.Of($"before\n```cs\n{line}\n{line}\n{line}\n  {line}\n```\nafter", 160);
        Assert.Equal([$"before\n```cs\n{line}\n{line}\n```", $"```cs\n{line}\n  {line}\n```\nafter"], parts);
    }

    [Fact]
    public void A_block_that_begins_within_a_line_is_one_too_and_waves_are_none()
    {
        var line = new string('c', 100);
        Assert.Equal([$"so: ```{line}\n```", $"```\n{line}``` done"], MessageParts.Of($"so: ```{line}\n{line}``` done", 160));
        Assert.Equal([$"~~~\n{line}", $"{line}\n~~~"], MessageParts.Of($"~~~\n{line}\n{line}\n~~~", 160));
    }

    static readonly Gen<string> pieces = Pick.Of("word ", "a", "\n", "\n\n", "```\n", "```cs\n", "\n```\n", "~~~\n", "````\n", "`x`", "😀", "👩‍👩‍👧", "é", new string('x', 150), "  indented\n", "- item\n", "\t").Array[0, 120].Select(string.Concat);

    delegate IReadOnlyList<string> Split(string text, int limit);

    /// <summary>What is wrong with how a text is split; null when nothing is.</summary>
    static string? Fault(Split split, string text)
    {
        const int Limit = 200;
        var parts = split(text, Limit);
        foreach (var part in parts)
        {
            if (part.Length > Limit) return $"a part of {part.Length}";
            if (string.IsNullOrWhiteSpace(part)) return "an empty part";
            if (part.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar)) return "half a character";
        }
        // Every part but the last closes what it opens.
        if (parts.SkipLast(1).Any(IsOpen)) return "a block that is not closed";
        return Kept(string.Join('\n', parts)) == Kept(text) ? null : "something was lost or added";
    }

    // Everything but blanks and the marks and names of blocks.
    static string Kept(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '`')).Replace("cs", "", StringComparison.Ordinal);

    // As Discord does it: three backticks begin a block, the next three end it.
    static bool IsOpen(string part) => part.Split("```").Length % 2 == 0;

    [Fact]
    public void No_text_loses_a_character_or_leaves_a_block_open() => pieces.Sample(text => Assert.Null(Fault((whole, limit) => MessageParts.Of(whole, limit), text)), iter: 20_000);

    // The control: cut at the limit, and at the last line.
    [Fact]
    public void Simpler_cuts_are_caught()
    {
        Assert.True(IsCaught((text, limit) => [.. text.Trim().Chunk(limit).Select(part => new string(part))]));
        Assert.True(IsCaught((text, limit) =>
        {
            var parts = new List<string>();
            for (var rest = text.Trim(); rest.Length > 0;)
            {
                var cut = rest.Length <= limit ? rest.Length : rest.LastIndexOf('\n', limit - 1) is > 0 and var line ? line : limit;
                parts.Add(rest[..cut]);
                rest = rest[cut..].Trim();
            }
            return parts;
        }));

        static bool IsCaught(Split split)
        {
            var caught = false;
            pieces.Sample(text => { if (Fault(split, text) is not null) caught = true; }, iter: 500, threads: 1);
            return caught;
        }
    }
}
