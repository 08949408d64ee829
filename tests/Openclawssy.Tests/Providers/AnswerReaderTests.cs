using System.Net.ServerSentEvents;
using System.Text;
using CsCheck;
using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;
using static Openclawssy.TestKit.FakeAnswer;

namespace Openclawssy.Tests.Providers;

public sealed class AnswerReaderTests
{
    static readonly ModelEndpoint Endpoint = ModelEndpoint.Create("openai", null, "m");
    static readonly WireFaults Faults = new(Endpoint, new("secret-key", "a test"), TimeProvider.System);

    static readonly Gen<string> Text = Gen.OneOf(Gen.String, OneOf("🙂 ä \"quoted\" \\ \n", "\ud83d", "plain"));
    static readonly Gen<int[]> Cuts = Gen.Int[1, 40].Array[1, 30];

    [Fact]
    public void However_a_server_cuts_text_thinking_and_arguments_the_answer_is_the_same() =>
        Gen.Select(Text, Text, Text, Cuts, Gen.Bool).Sample((text, thinking, argument, cuts, escaped) =>
        {
            var arguments = $$"""{"path":{{Quote(argument)}}}""";
            var chunks = new List<string>();
            foreach (var piece in Pieces(thinking, cuts)) chunks.Add(Chunk($$"""{"reasoning_content":{{Json(piece, escaped)}}}"""));
            foreach (var piece in Pieces(text + "!", cuts)) chunks.Add(Chunk($$"""{"content":{{Json(piece, escaped)}}}"""));
            chunks.Add(Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"fs-read","arguments":""}}]}"""));
            foreach (var piece in Pieces(arguments, cuts)) chunks.Add(Chunk($$$"""{"tool_calls":[{"index":0,"function":{"arguments":{{{Json(piece, escaped)}}}}}]}"""));
            chunks.Add(Chunk("{}", "tool_calls"));

            var answer = Read(chunks);
            Assert.Equal(SoundText.Of(text) + "!", answer.Text);
            Assert.Equal(SoundText.Of(thinking), answer.Thinking ?? "");
            Assert.Equal(SoundText.Of(arguments), answer.Calls[0].Arguments);
        }, iter: Campaign.Scale(300, 30_000));

    [Fact]
    public async Task However_the_network_cuts_the_bytes_the_answer_is_the_same()
    {
        var chunks = new[]
        {
            ": hello", "data: " + Chunk("""{"role":"assistant","reasoning_content":"hm 🙂"}"""), "data: " + Chunk("""{"content":"ä \"quoted\" 🙂"}"""),
            "data: " + Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"fs-read","arguments":"{\"path\":\"ü\"}"}}]}"""), "data: " + Chunk("{}", "tool_calls"), "data: " + Usage(), "data: [DONE]",
        };
        foreach (var ending in (string[])["\n", "\r\n"])
        {
            var bytes = Encoding.UTF8.GetBytes(string.Join(ending + ending, chunks) + ending + ending);
            var expected = await ReadAsync(bytes, [bytes.Length]);
            Assert.Equal("ä \"quoted\" 🙂", expected.Text);
            await Cuts.SampleAsync(async cuts =>
            {
                var answer = await ReadAsync(bytes, cuts);
                Assert.Equal((expected.Text, expected.Thinking, expected.Calls[0], expected.Usage, expected.Extra), (answer.Text, answer.Thinking, answer.Calls[0], answer.Usage, answer.Extra));
            }, iter: Campaign.Scale(100, 20_000));
        }
    }

    [Fact]
    public void No_chunk_whatever_breaks_out_as_another_exception() =>
        Gen.Select(OneOf(Shapes), OneOf(Shapes), OneOf("content", "tool_calls", "role", "reasoning_details", "function", "refusal", "usage", "error", "choices")).Sample((one, other, name) =>
        {
            foreach (var chunk in (string[])[one, Chunk($$"""{"{{name}}":{{one}}}"""), Chunk($$$"""{"{{{name}}}":[{{{one}}},{"{{{name}}}":{{{other}}},"text":{{{other}}},"id":{{{one}}},"index":{{{other}}},"function":{"name":{{{one}}},"arguments":{{{other}}}}}]}"""),
                $$"""{"{{name}}":{{one}},"choices":[{{other}},{"delta":{{one}},"message":{{other}},"finish_reason":{{one}},"index":{{other}}}]}"""])
                try { Read([chunk, Chunk("""{"content":"x"}"""), Chunk("{}", "stop")]); }
                catch (ModelException) { }
        }, iter: Campaign.Scale(500, 20_000));

    static readonly string[] Shapes =
        ["null", "true", "0", "-1", "1e999", "99999999999999999999", "\"\"", "\"text\"", "\"\\ud800\"", "[]", "[null]", "[[1]]", "{}", "{\"text\":1}", "{\"error\":null}", "{\"index\":0}", "{\"index\":1.5}"];

    static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(at => choices[at]);

    static ModelAnswer Read(IEnumerable<string> chunks)
    {
        var reader = new AnswerReader(Faults, new(), [Wire.FsRead]);
        foreach (var chunk in chunks) reader.Read(Encoding.UTF8.GetBytes(chunk));
        return Finish(reader);
    }

    static async Task<ModelAnswer> ReadAsync(byte[] bytes, int[] cuts)
    {
        using var idle = new Silence(TimeSpan.FromMinutes(2), TimeProvider.System, CancellationToken.None);
        await using var stream = new WireStream(new CutStream(bytes, cuts), new(), Faults, idle);
        var reader = new AnswerReader(Faults, new(), [Wire.FsRead]);
        await foreach (var item in SseParser.Create(stream, static (_, data) => data.ToArray()).EnumerateAsync())
            if (item.Data.Length > 6) reader.Read(item.Data);
        return Finish(reader);
    }

    static ModelAnswer Finish(AnswerReader reader)
    {
        reader.End();
        var assembler = new AnswerAssembler(1);
        while (reader.TryTake(out var update)) assembler.Add(update);
        return assembler.Finish();
    }

    static string Json(string text, bool escaped) => escaped || text.Any(char.IsSurrogate)
        ? $"\"{string.Concat(text.Select(c => $"\\u{(int)c:x4}"))}\"" : Quote(text);

    static IEnumerable<string> Pieces(string text, int[] cuts)
    {
        for (int at = 0, i = 0; at < text.Length; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    sealed class CutStream(byte[] bytes, int[] cuts) : MemoryStream(bytes)
    {
        int reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span[..Math.Min(buffer.Length, cuts[reads++ % cuts.Length])]));
    }
}
