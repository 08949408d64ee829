using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Toolkit;

public sealed class TypedToolTests
{
    readonly Sample tool = new();

    [Fact]
    public void The_schema_says_everything_the_record_says()
    {
        var expected = JsonNode.Parse("""
            {
              "type": "object",
              "properties": {
                "path": { "description": "Where.", "type": "string" },
                "max_bytes": { "description": "How much.", "type": "integer", "default": 1000, "minimum": 1, "maximum": 5242880 },
                "offset": { "type": "integer", "default": 0, "minimum": 0 },
                "recursive": { "type": "boolean", "default": false },
                "colour": { "type": "string", "enum": ["red", "green"], "default": "red" },
                "folder": { "type": "string", "default": "." },
                "token": { "type": "string" },
                "edits": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "properties": { "startLine": { "description": "From 1.", "type": "integer", "minimum": 1, "maximum": 9 }, "text": { "type": "string" } },
                    "required": ["startLine", "text"],
                    "additionalProperties": false
                  }
                }
              },
              "required": ["path"],
              "additionalProperties": false
            }
            """);
        var actual = JsonNode.Parse(tool.InputSchema.GetRawText());
        Assert.True(JsonNode.DeepEquals(expected, actual), actual!.ToJsonString(new() { WriteIndented = true }));
    }

    [Fact]
    public void A_tool_without_fields_still_has_properties() =>
        Assert.Equal("""{"type":"object","properties":{},"additionalProperties":false}""", new Openclawssy.Tools.Time.TimeNow().InputSchema.GetRawText());

    [Fact]
    public void Sensitive_fields_are_known_however_the_mark_is_written() => Assert.Equal(["token"], tool.SensitiveFields);

    [Theory]
    [InlineData("""{"path":"a","max_bytes":1048576}""")]
    [InlineData("""{"path":"a","max_bytes":5242880,"offset":9007199254740993,"recursive":true,"colour":"green","edits":[{"startLine":1,"text":""}]}""")]
    [InlineData("""{"p\u0061th":"a"}""")]
    [InlineData(" \r\n\t{ \"path\" : \"\\ud83d\\ude00\" }\n")]
    public void Good_input_is_taken(string json) => Parse(json);

    [Theory]
    [InlineData("""{"file":"a"}""", "$.file", "sample has no such field; its fields are path, max_bytes, offset, recursive, colour, folder, token, edits")]
    [InlineData("""{"Path":"a"}""", "$.Path", "sample has no such field; ")]
    [InlineData("""{}""", "$.path", "the required field \"path\" is missing; ")]
    [InlineData("""{"path":null}""", "$.path", "must be a string, not null; ")]
    [InlineData("""{"path":"a","token":null}""", "$.token", "must be a string, not null; leave an optional field out instead")]
    [InlineData("""{"path":7}""", "$.path", "must be a string, got a number")]
    [InlineData("""{"path":["a"]}""", "$.path", "must be a string, got an array")]
    [InlineData("""{"path":{"a":1}}""", "$.path", "must be a string, got an object")]
    [InlineData("""{"path":"a","recursive":"true"}""", "$.recursive", "must be true or false, got a string")]
    [InlineData("""{"path":"a","recursive":1}""", "$.recursive", "must be true or false, got a number")]
    [InlineData("""{"path":"a","max_bytes":1.5}""", "$.max_bytes", "must be an integer written with digits only, got 1.5")]
    [InlineData("""{"path":"a","max_bytes":1e3}""", "$.max_bytes", "must be an integer written with digits only, got 1e3")]
    [InlineData("""{"path":"a","max_bytes":"9"}""", "$.max_bytes", "must be an integer, got a string")]
    [InlineData("""{"path":"a","max_bytes":true}""", "$.max_bytes", "must be an integer, got a boolean")]
    [InlineData("""{"path":"a","max_bytes":0}""", "$.max_bytes", "must be between 1 and 5242880, got 0")]
    [InlineData("""{"path":"a","max_bytes":5242881}""", "$.max_bytes", "must be between 1 and 5242880, got 5242881")]
    [InlineData("""{"path":"a","max_bytes":99999999999999999999999}""", "$.max_bytes", "must be between 1 and 5242880, got 99999999999999999999999")]
    [InlineData("""{"path":"a","offset":-1}""", "$.offset", "must be 0 or more, got -1")]
    [InlineData("""{"path":"a","path":"b"}""", "$.path", "the field is given twice; give it once")]
    [InlineData("""{"path":"a","p\u0061th":"b"}""", "$.path", "the field is given twice; give it once")]
    [InlineData("""{"path":"a","colour":"blue"}""", "$.colour", "must be one of red, green, got \"blue\"")]
    [InlineData("""{"path":"a","colour":"Red"}""", "$.colour", "must be one of red, green, got \"Red\"")]
    [InlineData("""{"path":"a","colour":0}""", "$.colour", "must be a string, got a number")]
    [InlineData("""{"path":"a","edits":{}}""", "$.edits", "must be an array, got an object")]
    [InlineData("""{"path":"a","edits":[{"startLine":1,"text":""},{"startLine":10,"text":""}]}""", "$.edits[1].startLine", "must be between 1 and 9, got 10")]
    [InlineData("""{"path":"a","edits":[{"startLine":1,"text":""},{}]}""", "$.edits[1].startLine", "the required fields \"startLine\", \"text\" are missing; ")]
    [InlineData("""{"path":"a","edits":[{"startLine":1,"text":"","x y":1}]}""", "$.edits[0]['x y']", "there is no such field here; its fields are startLine, text")]
    [InlineData("""{"path":"a","edits":[null]}""", "$.edits[0]", "must be an object, not null")]
    [InlineData("""{"path":""}""", "$.path", "the path is empty")]
    [InlineData("""{"path":"a\u0000b"}""", "$.path", "a path cannot contain a NUL character")]
    [InlineData("""{"path":"\ud800"}""", "$.path", "a text holds half a surrogate pair")]
    [InlineData("""{"path":"a","token":"\udc00x"}""", "$.token", "a text holds half a surrogate pair")]
    [InlineData("""{"\ud800":1}""", "$", "a text holds half a surrogate pair")]
    public void Bad_input_is_refused_with_the_field_and_a_sentence(string json, string path, string sentence)
    {
        var refusal = Refusal(json);
        Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code);
        Assert.Equal(path, refusal.Path);
        Assert.StartsWith($"{path}: {sentence}", refusal.Message, StringComparison.Ordinal);
        AssertOurWords(refusal.Message);
    }

    [Theory]
    [InlineData("", "line 1, byte 1: it ends too early")]
    [InlineData("{", "line 1, byte 2: it ends too early")]
    [InlineData("""{"path":"a" """, "it ends too early")]
    [InlineData("""{"path":"a"}}""", "line 1, byte 13: '}' is not expected there")]
    [InlineData("""{"path":"a"} {"path":"b"}""", "line 1, byte 14: '{' is not expected there")]
    [InlineData("{\n  \"path\": 'a'}", "line 2, byte 11: ''' is not expected there")]
    [InlineData("{\"path\":\"a\nb\"}", "line 1, byte 11: a raw control character (U+000A) stands there")]
    [InlineData("""{"path":"a",}""", "'}' is not expected there")]
    [InlineData("""{"path":"a"/*x*/}""", "'/' is not expected there")]
    [InlineData("\uFEFF{\"path\":\"a\"}", "line 1, byte 1: what stands there is not expected")]
    public void Malformed_json_is_refused_with_its_place(string json, string sentence)
    {
        var refusal = Refusal(json);
        Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code);
        Assert.StartsWith("the input is not valid JSON at line ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        AssertOurWords(refusal.Message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"{}\"")]
    [InlineData("7")]
    public void Input_that_is_no_object_is_refused(string json) => Assert.Contains("must be a JSON object", Refusal(json).Message, StringComparison.Ordinal);

    [Fact]
    public void Input_beyond_eight_mebibytes_is_refused_and_just_below_is_taken()
    {
        const string Frame = "{\"path\":\"a\",\"token\":\"\"}";
        Parse(Frame.Insert(Frame.Length - 2, new string('x', StrictInput.MaxBytes - Frame.Length)));
        Assert.Contains("at most 8388608", Refusal(Frame.Insert(Frame.Length - 2, new string('x', StrictInput.MaxBytes - Frame.Length + 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_that_is_not_utf8_is_refused() =>
        Assert.Contains("UTF-8", Assert.Throws<ToolException>(() => tool.Parse("{\"path\":\"\xFF\"}"u8.ToArray().Select(b => b == 0xC3 ? (byte)0xFF : b).ToArray())).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a\\\\..\\\\x")]
    [InlineData("C:x")]
    public void A_path_that_tries_to_leave_is_denied_and_the_field_named(string path)
    {
        var refusal = Refusal($$"""{"path":"a","folder":"{{path}}"}""");
        Assert.Equal(ToolErrorCodes.PolicyDenied, refusal.Code);
        Assert.StartsWith("$.folder: ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(path.Replace("\\\\", "\\", StringComparison.Ordinal), refusal.Path);
    }

    [Fact]
    public async Task Output_is_compact_readable_json_without_nulls_and_the_summary_one_short_line()
    {
        var result = await Parse("""{"path":"a"}""").RunAsync(new FakeWorkspace().Scope(Reach.Nothing), CancellationToken.None);
        Assert.Equal("""{"long_name":"if (a < b && c > \"d\") { é + 1; }"}""", result.OutputJson);
        Assert.Equal(180, result.Summary.Length);
        Assert.StartsWith("first  second ", result.Summary, StringComparison.Ordinal);
        Assert.EndsWith("😀x...", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_call_does_not_start() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Parse("""{"path":"a"}""").RunAsync(new FakeWorkspace().Scope(Reach.Nothing), new(true)));

    [Fact]
    public void Making_a_tool_does_no_schema_work()
    {
        // The record holds a type no schema can be made of: only the first use may notice.
        var broken = new Broken();
        Assert.Throws<NotSupportedException>(() => broken.InputSchema);
        Assert.Throws<NotSupportedException>(() => broken.Parse("{}"u8.ToArray()));
    }

    [Fact]
    public void A_sensitive_mark_that_could_not_be_honoured_is_refused() =>
        Assert.Throws<NotSupportedException>(() => new NestedSecret().SensitiveFields);

    ToolCall Parse(string json) => tool.Parse(Encoding.UTF8.GetBytes(json));

    ToolException Refusal(string json) => Assert.Throws<ToolException>(() => Parse(json));

    static void AssertOurWords(string message)
    {
        Assert.DoesNotContain("System.", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Openclawssy.", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Int32", message, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePositionInLine", message, StringComparison.Ordinal);
    }

    internal sealed class Sample() : Tool<Sample.Input, Sample.Output>(TypedToolSampleJson.Default)
    {
        [JsonConverter(typeof(JsonStringEnumConverter<Colour>))]
        internal enum Colour
        {
            [JsonStringEnumMemberName("red")] Red,
            [JsonStringEnumMemberName("green")] Green,
        }

        internal sealed record Input(
            [property: Description("Where.")] WorkspacePath Path,
            [property: Description("How much."), Bounds(1, 5_242_880)] int MaxBytes = 1000,
            [property: Bounds(0, long.MaxValue)] long Offset = 0,
            bool Recursive = false,
            Colour Colour = Colour.Red,
            [property: DefaultValue(".")] WorkspacePath? Folder = null,
            [Sensitive] string? Token = null,
            IReadOnlyList<Edit>? Edits = null);

        internal sealed record Edit([property: JsonPropertyName("startLine"), Description("From 1."), Bounds(1, 9)] int StartLine, string Text);

        internal sealed record Output(string LongName, string? Missing);

        public override string Name => "sample";
        public override string Description => "A sample.";

        protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer<Output>(new("if (a < b && c > \"d\") { é + 1; }", null), "first\r\nsecond " + string.Concat(Enumerable.Repeat("x😀", 100))));
    }

    internal sealed class Broken() : Tool<Broken.Input, Sample.Output>(TypedToolBrokenJson.Default)
    {
        internal sealed record Input(IReadOnlyDictionary<string, DateTimeOffset> Map);
        public override string Name => "broken";
        public override string Description => "";
        protected override Task<Answer<Sample.Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    internal sealed class NestedSecret() : Tool<NestedSecret.Input, Sample.Output>(TypedToolNestedSecretJson.Default)
    {
        internal sealed record Input(Inner Inner);
        internal sealed record Inner([property: Sensitive] string Value);
        public override string Name => "nested_secret";
        public override string Description => "";
        protected override Task<Answer<Sample.Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

[JsonSerializable(typeof(TypedToolTests.Sample.Input))]
[JsonSerializable(typeof(TypedToolTests.Sample.Output))]
sealed partial class TypedToolSampleJson : JsonSerializerContext;

[JsonSerializable(typeof(TypedToolTests.Broken.Input))]
[JsonSerializable(typeof(TypedToolTests.Sample.Output))]
sealed partial class TypedToolBrokenJson : JsonSerializerContext;

[JsonSerializable(typeof(TypedToolTests.NestedSecret.Input))]
[JsonSerializable(typeof(TypedToolTests.Sample.Output))]
sealed partial class TypedToolNestedSecretJson : JsonSerializerContext;
