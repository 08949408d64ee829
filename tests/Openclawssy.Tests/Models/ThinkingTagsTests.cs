using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Models;

public sealed class ThinkingTagsTests
{
    static readonly Gen<string> Words = Gen.OneOf("<think>", "</think>", "<THINK>", "<analysis>", "</Analysis>", "<!-- think -->", "<!--/think-->", "<!--  / THINK\t-->", "<thi", "<!--", "<",
        "`", "``", "```", "````", "\n", " ", "a", "İ🙂", "\"", "{", "}", "[", "]", "{\"a\":\"", ":", ",", "1", "\\", "```json\n", "\n```\n", "</");

    static readonly Gen<string> Answers = Words.Array[0, 24].Select(string.Concat);

    [Theory]
    [InlineData("<think>why</think>because", "because", "why")]
    [InlineData("<THINK> why </Think>\n\nbecause", "because", "why")]
    [InlineData("before <think>x</think> after", "before  after", "x")]
    [InlineData("<analysis>a</analysis>b<!-- think -->c<!-- /think -->d", "bd", "a\n\nc")]
    [InlineData("<!--think-->c<!--  /  THINK -->d", "d", "c")]
    [InlineData("<think>a<think>b</think>c</think>d", "d", "a<think>b</think>c")]
    [InlineData("<think>a<analysis>b</think>c", "c", "a<analysis>b")]
    [InlineData("<think>\n\n</think>\n\nd<think>a</think> <think>b</think>", "d ", "a\n\nb")]
    [InlineData("İİİİ<think>İ</think>🙂", "İİİİ🙂", "İ")]
    [InlineData("a<think>b", "ab", "")]
    [InlineData("a<think>b<think>c</think>d", "abcd", "")]
    [InlineData("a<think>b<analysis>c</analysis>d", "abd", "c")]
    [InlineData("a</think>b</analysis>c<!-- /think -->d", "abcd", "")]
    [InlineData("x < y <thin> <!-- no --> <b>", "x < y <thin> <!-- no --> <b>", "")]
    [InlineData("write `<think>` here", "write `<think>` here", "")]
    [InlineData("``a ` <think>b</think> ``", "``a ` <think>b</think> ``", "")]
    [InlineData("```\n<think>b</think>\n```\n<think>c</think>", "```\n<think>b</think>\n```\n", "c")]
    [InlineData("````md\n```\n<think>b</think>\n```\n````\n<think>c</think>", "````md\n```\n<think>b</think>\n```\n````\n", "c")]
    [InlineData("```\n``` not the end\n<think>b</think>", "```\n``` not the end\n<think>b</think>", "")]
    [InlineData("a lone ` here\n<think>b</think>", "a lone ` here\n", "b")]
    [InlineData("a lone ` and <think>b</think>\nc", "a lone ` and \nc", "b")]
    [InlineData("a lone ` and <think>b</think>", "a lone ` and ", "b")]
    [InlineData("<think>a lone ` here</think>b", "b", "a lone ` here")]
    [InlineData("<think>x</think>```\n<think>", "```\n<think>", "x")]
    [InlineData("""{"a":"<think>b</think>"} <think>c</think>""", """{"a":"<think>b</think>"} """, "c")]
    [InlineData("""[{"a":["\"<think>", 1]}]""", """[{"a":["\"<think>", 1]}]""", "")]
    [InlineData("""{no json "<think>b</think>"}""", """{no json ""}""", "b")]
    [InlineData("{\"a\n<think>b</think>", "{\"a\n", "b")]
    public void Thinking_is_told_from_text(string answer, string text, string thinking)
    {
        Assert.Equal((text, thinking), Split([answer]));
        Assert.Equal((text, thinking), Split(answer.Select(c => c.ToString())));
    }

    [Fact]
    public void However_the_answer_is_cut_the_result_is_the_same() =>
        Gen.Select(Answers, Cutting.Lengths).Sample((answer, cuts) => Assert.Equal(Split([answer]), Split(Cutting.Of(answer, cuts))), iter: Campaign.Scale(4000, 400_000));

    [Fact]
    public void A_splitter_that_looks_at_each_piece_alone_fails_both_tests()
    {
        Assert.NotEqual(("because", "why"), NaiveThinking.Split(Cutting.Of("<think>why</think>because", [4])));
        Assert.NotEqual(("`<think>x</think>`", ""), NaiveThinking.Split(["`<think>x</think>`"]));
    }

    [Fact]
    public void Text_without_a_tag_is_unchanged_and_goes_on_at_once() =>
        Gen.Select(Answers, Cutting.Lengths).Sample((answer, cuts) =>
        {
            answer = answer.Replace('<', '(');
            var tags = new ThinkingTags();
            foreach (var piece in Cutting.Of(answer, cuts)) Assert.Equal(piece, string.Concat(tags.Push(piece).Select(part => part.Text)));
            Assert.Empty(tags.Finish());
        }, iter: Campaign.Scale(500, 50_000));

    [Fact]
    public void Only_what_may_be_a_tag_waits()
    {
        var tags = new ThinkingTags();
        Assert.Equal([new("Hello ", false)], tags.Push("Hello <th"));
        Assert.Equal([new("<there", false)], tags.Push("ere"));
        Assert.Equal([new(" ", false)], tags.Push(" <think>a"));
        Assert.Empty(tags.Push("b"));
        Assert.Equal([new("ab", true), new("c", false)], tags.Push("</think>c"));
    }

    [Fact]
    public void Long_hostile_answers_end()
    {
        foreach (var part in (string[])["<", "<think>", "</think>", "`<think>", "`<think>\n", "<think><analysis>", "``` ` <think>", "{\"<think>", "[", "<!-- ", "<!-- think -->`\n", "<think>`\n</think>` <analysis>"])
        {
            var answer = string.Concat(Enumerable.Repeat(part, 500_000 / part.Length));
            Assert.Equal(Split([answer]), Split(Cutting.Of(answer, [997])));
        }
    }

    [Fact]
    public void Naughty_strings_pass_through()
    {
        if (Corpora.Find("text") is not { } folder) { Assert.Skip(Corpora.Absent); return; }
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "blns.json")));
        foreach (var element in document.RootElement.EnumerateArray())
        {
            var text = element.GetString()!;
            Assert.Equal((text, ""), Split([text]));
            Assert.Equal((text.TrimStart(), text.Trim()), Split(["<think>", text, "</think>", text]));
        }
    }

    static (string Text, string Thinking) Split(IEnumerable<string> pieces)
    {
        var tags = new ThinkingTags();
        List<TaggedPiece> parts = [.. pieces.SelectMany(tags.Push), .. tags.Finish()];
        return (string.Concat(parts.Where(part => !part.IsThinking).Select(part => part.Text)), string.Concat(parts.Where(part => part.IsThinking).Select(part => part.Text)));
    }
}
