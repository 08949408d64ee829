using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Models;

public sealed class SpokenReaderTests
{
    const string Call = """{"tool_name": "fs.read", "arguments": {"path":"a"}}""";

    /// <summary>A call whose arguments hold what breaks readers that look for fences first.</summary>
    const string Fenced = """{"tool_name":"fs.write","arguments":{"path":"a.md","content":"# T\n```json\n{\"x\":1}\n```\n}] \" ```tool\n"}}""";

    static readonly SpokenCall Read = new(null, "fs.read", """{"path":"a"}""");

    static readonly Gen<string> Words = Gen.OneOf("```", "```json\n", "```tool\n", "```JSON", "`", "\n```\n", "\n", " ", "{", "}", "[", "]", "\"", "\\", ":", ",", "1", "true", "x", "🙂",
        "\"tool_name\"", "tool_name", "\"arguments\"", "\"fs.read\"", "{\"tool_name\":\"a\",\"arguments\":{", "}}", Call, Fenced, "{\"", "[1,]", ",}");

    static readonly Gen<string> Answers = Words.Array[0, 16].Select(string.Concat);

    [Theory]
    [InlineData(Call, "")]
    [InlineData("Reading.\n" + Call + "\nDone.", "Reading.\n|\nDone.")]
    [InlineData("```tool\n" + Call + "\n```", "")]
    [InlineData("```json\n" + Call + "\n```\nafter", "\nafter")]
    [InlineData("```JSON" + Call + "```", "")]
    [InlineData("```\n" + Call + "\n```", "")]
    [InlineData("```\nls\n```\n" + Call, "```\nls\n```\n")]
    [InlineData("```tool\nHere it is: " + Call + "\n```", "```tool\nHere it is: |\n```")]
    [InlineData("```json\n" + Call, "")]
    [InlineData("[" + Call + "]", "")]
    [InlineData("```python\n" + Call + "\n```", "```python\n|\n```")]
    [InlineData("""{"tool_name": "fs.read", "extra": [1], "arguments": {"path":"a",},}""", "")]
    [InlineData("""{"arguments": {"path":"a"}, "tool_name": " fs.read "}""", "")]
    [InlineData("A lone \" and ' and ` here. " + Call, "A lone \" and ' and ` here. ")]
    [InlineData("Open it with {\" like so: " + Call, "Open it with {\" like so: ")]
    [InlineData("[see " + Call + "]", "[see |]")]
    [InlineData("{ { [" + Call + "]", "{ { ")]
    [InlineData("````\n" + Call, "````\n")]
    [InlineData("""{"x": 1} """ + Call, """{"x": 1} """)]
    public void A_call_is_taken_out_of_its_text(string answer, string text)
    {
        var pieces = All([answer]);
        Assert.Equal([Read], pieces.Where(piece => piece is not SpokenText));
        Assert.Equal(text, string.Join('|', pieces.OfType<SpokenText>().Select(piece => piece.Text)));
        Assert.Equal(pieces, All(answer.Select(c => c.ToString())));
    }

    [Theory]
    [InlineData("Run `ls` or fs.read with path a.")]
    [InlineData("[fs.list] path: .")]
    [InlineData("<tool_call>{\"name\":\"fs.read\",\"arguments\":{\"path\":\"a\"}}</tool_call>")]
    [InlineData("""{"tool":"fs.read","arguments":{"path":"a"}}""")]
    [InlineData("""{"tool_code":"fs.read","arguments":{}}""")]
    [InlineData("""{"function":"fs.read","parameters":{}}""")]
    [InlineData("""```json""" + "\n" + """{"name":"fs.read","parameters":{}}""" + "\n```")]
    [InlineData("```bash\nls -la\n```")]
    [InlineData("ls -la")]
    [InlineData("time.sleep(1)")]
    [InlineData("/tool fs.read {\"path\":\"a\"}")]
    [InlineData("""{"tool_calls":[{"id":"1","type":"function","function":{"name":"fs-read","arguments":"{}"}}]}""")]
    [InlineData("Here is an example:\n```json\n{\n  \"a\": [1, 2, {\"b\": null}]\n}\n```\nEnjoy.")]
    [InlineData("```json\n[]\n```")]
    [InlineData("```tool\n```")]
    [InlineData("```tool\n{broken}\n```")]
    [InlineData("""{"x":{"tool_name":"fs.read","arguments":{}}}""")]
    [InlineData("""{"x":"tool_name","y":"{\"tool_name\":\"fs.read\",\"arguments\":{}}"}""")]
    [InlineData("Set {tool_name} and \"tool_name\".")]
    [InlineData("{\"a\": {\"tool_name\": \"x\", \"arguments\": {}}, oops}")]
    public void Anything_else_is_text(string answer) => Assert.Equal([new SpokenText(answer)], All([answer]));

    [Fact]
    public void Calls_come_in_the_order_of_the_text()
    {
        var pieces = All([$"one\n```tool\n{Call}\n{Fenced}\n```\ntwo [{Call},{Call}] three"]);
        Assert.Equal(["one\n", "fs.read", "fs.write", "\ntwo ", "fs.read", "fs.read", " three"], pieces.Select(piece => piece is SpokenCall call ? call.Name : ((SpokenText)piece).Text));
    }

    [Theory]
    [InlineData(Fenced)]
    [InlineData("```tool\n" + Fenced + "\n```")]
    [InlineData("```json\n" + Fenced + "\n```")]
    public void Fences_in_arguments_are_only_text(string answer)
    {
        var call = Assert.IsType<SpokenCall>(Assert.Single(All([answer])));
        using var whole = JsonDocument.Parse(Fenced);
        Assert.Equal(("fs.write", whole.RootElement.GetProperty("arguments").GetRawText()), (call.Name, call.Arguments));
        // The control: a reader that looks for fences first loses this call.
        Assert.Empty(NaiveSpokenReader.Calls(answer));
    }

    [Fact]
    public void The_control_reads_calls_without_fences_in_them() => Assert.Equal([("fs.read", """{"path":"a"}""")], NaiveSpokenReader.Calls($"```tool\n{Call}\n```"));

    [Theory]
    [InlineData("""{"tool_name":1,"arguments":{}}""", "invalid", "invalid tool_name field")]
    [InlineData("""{"tool_name":" ","arguments":{}}""", "invalid", "invalid tool_name field")]
    [InlineData("""{"tool_name":"\ud800","arguments":{}}""", "invalid", "invalid tool_name field")]
    [InlineData("""{"tool_name":"fs.read"}""", "fs.read", "missing arguments field")]
    [InlineData("""{"tool_name":"fs.read","arguments":"{}"}""", "fs.read", "arguments must be a JSON object")]
    [InlineData("""{"tool_name":"fs.read","arguments":{},"id":""}""", "fs.read", "id must be a non-empty string")]
    [InlineData("""{"tool_name":"fs.read","arguments":{},"id":7}""", "fs.read", "id must be a non-empty string")]
    [InlineData("""{"tool_name":"fs.read","tool_name":"fs.write","arguments":{}}""", "fs.write", "invalid JSON: \"tool_name\" is given twice")]
    [InlineData("""{"tool_name":"fs.read","arguments":{"path":01}}""", "fs.read", "invalid JSON: ")]
    [InlineData("""{"tool_name":"fs.read","arguments":{path:"a"}}""", "fs.read", "invalid JSON: ")]
    [InlineData("""{"tool_name":"fs.read","arguments":{"path":"a"}""", "fs.read", "invalid JSON: ")]
    [InlineData("{\"tool_name\":\"fs.write\",\"arguments\":{\"content\":\"one\ntwo\"}}", "fs.write", "invalid JSON: ")]
    [InlineData("```tool\n{'tool_name':'fs.read','arguments':{}}\n```", "invalid", "invalid JSON: ")]
    public void What_means_to_be_a_call_and_is_none_is_rejected_with_the_reason(string answer, string name, string reason)
    {
        var rejected = Assert.IsType<SpokenRejection>(Assert.Single(All([answer])));
        Assert.Equal(name, rejected.Name);
        Assert.StartsWith(reason, rejected.Reason, StringComparison.Ordinal);
        Assert.Equal(answer.Contains("```", StringComparison.Ordinal) ? answer[8..^4] : answer, rejected.Snippet);
    }

    [Fact]
    public void A_failed_repair_names_both_errors() => Assert.Matches("^invalid JSON: .+ \\(repair failed: .+\\)$",
        Assert.IsType<SpokenRejection>(Assert.Single(All(["""{"tool_name":"a","arguments":{"b":01,},}"""]))).Reason);

    [Fact]
    public void Elements_of_an_array_are_judged_one_by_one()
    {
        var pieces = All([$$$"""[{{{Call}}}, 3, {"x":1}, {"id":" 7 ","tool_name":"b","arguments":{}}]"""]);
        Assert.Equal([Read, new SpokenRejection("invalid", "array element 2 is not a JSON object", "3"), new SpokenRejection("invalid", "missing tool_name field", """{"x":1}"""), new SpokenCall("7", "b", "{}")], pieces);
    }

    [Fact]
    public void Behind_a_call_whose_end_is_a_guess_nothing_is_carried_out()
    {
        // The quotes in the content are not escaped, so the second call may well be a part of it.
        var pieces = All(["""{"tool_name":"fs.write","arguments":{"content":"say "{"}}" and """ + Call]);
        Assert.IsType<SpokenRejection>(pieces[0]);
        Assert.Empty(pieces.OfType<SpokenCall>());
    }

    [Fact]
    public void Arguments_keep_the_text_the_model_wrote() => Assert.Equal("""{"n":1.0,"n":2, "s":"\u0041\ud800,}", "l":[1 ]}""",
        Assert.IsType<SpokenCall>(Assert.Single(All(["""{"tool_name":"a","arguments":{"n":1.0,"n":2, "s":"\u0041\ud800,}", "l":[1, ]}}"""]))).Arguments);

    [Fact]
    public void However_the_answer_is_cut_the_result_is_the_same() =>
        Gen.Select(Answers, Cutting.Lengths).Sample((answer, cuts) => Assert.Equal(All([answer]), All(Cutting.Of(answer, cuts))), iter: Campaign.Scale(4000, 400_000));

    [Fact]
    public void Text_that_names_no_tool_is_unchanged() =>
        Gen.Select(Answers, Cutting.Lengths).Sample((answer, cuts) =>
        {
            answer = answer.Replace("tool_name", "name", StringComparison.Ordinal);
            Assert.Equal(answer.Length == 0 ? [] : [new SpokenText(answer)], All(Cutting.Of(answer, cuts)));
        }, iter: Campaign.Scale(2000, 200_000));

    [Fact]
    public void Any_call_comes_back_as_it_was_written() =>
        Gen.Select(Gen.OneOf(Gen.String, Answers).Array[1, 4], Answers, Gen.Bool, Gen.Bool, Cutting.Lengths).Sample((values, prose, fenced, relaxed, cuts) =>
        {
            prose = prose.Replace("tool_name", "name", StringComparison.Ordinal).Replace('{', '(').Replace('[', '(').Replace('`', '\'');
            var encoder = relaxed ? System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping : System.Text.Encodings.Web.JavaScriptEncoder.Default;
            var arguments = $"{{{string.Join(", ", values.Select((value, i) => $"\"{i}\": \"{JsonEncodedText.Encode(System.Text.Encoding.UTF8.GetBytes(value), encoder)}\""))}}}";
            var written = fenced ? SpokenForm.Block("id-1", "fs.write", arguments) : $$$"""{"id":"id-1","tool_name":"fs.write","arguments":{{{arguments}}}}""";
            var pieces = All(Cutting.Of(prose + written + prose, cuts));
            Assert.Equal([new SpokenCall("id-1", "fs.write", arguments)], pieces.Where(piece => piece is not SpokenText));
            Assert.Equal(prose + prose, string.Concat(pieces.OfType<SpokenText>().Select(piece => piece.Text)));
        }, iter: Campaign.Scale(2000, 200_000));

    [Fact]
    public void Words_go_on_at_once_and_a_candidate_waits()
    {
        var reader = new SpokenReader();
        Assert.Equal([new SpokenText("Use { or [x] now ")], reader.Push("Use { or [x] now `"));
        Assert.Equal([new SpokenText("`a` ")], reader.Push("a` ```js"));
        Assert.Empty(reader.Push("on\n{"));
        Assert.Equal([new SpokenText("```json\n{\"x\":1}")], reader.Push("\"x\":1}"));
        Assert.Equal([new SpokenText("\n")], reader.Push("\n"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("\"")]
    [InlineData("`")]
    [InlineData("```json\n")]
    [InlineData("```")]
    [InlineData("{\"")]
    [InlineData("[\"[\",")]
    [InlineData("[\",[\",")]
    [InlineData("[1,")]
    [InlineData("{\"a\":")]
    [InlineData(" ")]
    public void Long_hostile_answers_come_out_unchanged(string part)
    {
        var answer = string.Concat(Enumerable.Repeat(part, SpokenReader.MaxCandidate / part.Length + 10));
        Assert.Equal([new SpokenText(answer)], All([answer]));
        Assert.Equal([new SpokenText(answer)], All(Cutting.Of(answer, [4093])));
    }

    [Fact]
    public void A_call_as_long_as_allowed_is_read_and_a_longer_one_is_text()
    {
        var longest = CallOf(SpokenReader.MaxCandidate);
        Assert.IsType<SpokenCall>(Assert.Single(All(Cutting.Of(longest, [5003]))));
        var longer = CallOf(SpokenReader.MaxCandidate + 1);
        Assert.Equal([new SpokenText(longer)], All(Cutting.Of(longer, [5003])));

        static string CallOf(int length)
        {
            const string before = """{"tool_name":"a","arguments":{"x":[{"tool_name":"inner","arguments":{}}],"s":" """;
            return before + new string('x', length - before.Length - 4) + " \"}}";
        }
    }

    [Fact]
    public void Too_many_calls_are_cut_off_with_a_reason()
    {
        var pieces = All([$"[{string.Join(',', Enumerable.Repeat(Call, SpokenReader.MaxCalls + 5))}] {Call}"]);
        Assert.Equal(SpokenReader.MaxCalls, pieces.Count(piece => piece is SpokenCall));
        Assert.Equal("more than 128 calls in one answer", Assert.Single(pieces.OfType<SpokenRejection>()).Reason);
        Assert.Equal(new SpokenText(" " + Call), pieces[^1]);
    }

    [Fact]
    public void The_corpora_are_text_unless_they_are_calls()
    {
        if (Corpora.Find("text") is not { } texts || Corpora.Find("json") is not { } jsons) { Assert.Skip(Corpora.Absent); return; }
        using var naughty = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(texts, "blns.json")));
        List<string> samples = [.. naughty.RootElement.EnumerateArray().Select(text => text.GetString()!),
            .. Directory.EnumerateFiles(Path.Combine(jsons, "test_parsing"), "*.json").Select(File.ReadAllText)];
        Assert.True(samples.Count > 700, $"{samples.Count} samples");
        foreach (var sample in samples)
        {
            Assert.Equal(sample.Length == 0 ? [] : [new SpokenText(sample)], All(Cutting.Of(sample, [1000])));
            var arguments = $$"""{"s":"{{JsonEncodedText.Encode(sample)}}"}""";
            Assert.Equal([new SpokenCall(null, "a", arguments)], All([$$$"""{"tool_name":"a","arguments":{{{arguments}}}}"""]));
            // As the arguments themselves: it is a call exactly when the parser says so; whatever is rejected has a reason.
            foreach (var piece in All([$$$"""{"tool_name":"a","arguments":{{{sample}}}}"""]))
                if (piece is SpokenCall call) JsonDocument.Parse(call.Arguments).Dispose();
                else if (piece is SpokenRejection rejected) Assert.NotEmpty(rejected.Reason);
        }
    }

    /// <summary>All pieces, neighbouring texts joined.</summary>
    static List<SpokenPiece> All(IEnumerable<string> answer)
    {
        var reader = new SpokenReader();
        var all = new List<SpokenPiece>();
        var said = new System.Text.StringBuilder();
        foreach (var piece in answer.SelectMany(reader.Push).Concat(Deferred(reader.Finish)))
        {
            if (piece is SpokenText text)
            {
                Assert.NotEmpty(text.Text);
                said.Append(text.Text);
                continue;
            }
            if (said.Length > 0) all.Add(new SpokenText(said.ToString()));
            said.Clear();
            all.Add(piece);
        }
        if (said.Length > 0) all.Add(new SpokenText(said.ToString()));
        return all;
    }

    static IEnumerable<SpokenPiece> Deferred(Func<IReadOnlyList<SpokenPiece>> finish)
    {
        foreach (var piece in finish()) yield return piece;
    }
}
