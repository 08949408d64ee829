using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Runs;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Runs;

public sealed class SlashToolTests
{
    [Theory]
    [InlineData("/tool fs.list", "fs.list", "{}")]
    [InlineData("/tool fs.list \n", "fs.list", "{}")]
    [InlineData("/tool fs.read {\"path\":\"a\"}", "fs.read", "{\"path\":\"a\"}")]
    [InlineData("/tool\tfs.read\n{ \"path\" : \"a\\u00e9\" , \"n\":1.0e3 }  ", "fs.read", "{ \"path\" : \"a\\u00e9\" , \"n\":1.0e3 }")]
    [InlineData("/tool fs.read {\"a\":1,\"a\":2}", "fs.read", "{\"a\":1,\"a\":2}")]
    public void A_tool_is_asked_for_with_the_exact_text_of_its_input(string message, string name, string input) =>
        Assert.Equal(new SlashTool.Request(name, input), SlashTool.Parse(message));

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData(" /tool fs.list")]
    [InlineData("/tools fs.list")]
    [InlineData("/Tool fs.list")]
    [InlineData("/tool: fs.list")]
    [InlineData("/tool\u00a0fs.list")]
    [InlineData("please /tool fs.list")]
    [InlineData("\n/tool fs.list")]
    public void Anything_else_is_an_ordinary_message(string message) => Assert.Null(SlashTool.Parse(message));

    [Theory]
    [InlineData("/tool")]
    [InlineData("/tool  ")]
    [InlineData("/tool {}")]
    [InlineData("/tool fs.read{}")]
    [InlineData("/tool fs/read {}")]
    [InlineData("/tool fs.réad {}")]
    [InlineData("/tool fs.read path=a")]
    [InlineData("/tool fs.read []")]
    [InlineData("/tool fs.read null")]
    [InlineData("/tool fs.read {'path':'a'}")]
    [InlineData("/tool fs.read {path:\"a\"}")]
    [InlineData("/tool fs.read {\"path\":\"a\",}")]
    [InlineData("/tool fs.read {\"path\":\"a\"")]
    [InlineData("/tool fs.read {\"path\":\"a\"} and then tell me")]
    [InlineData("/tool fs.read {\"path\":\"a\"} {\"path\":\"b\"}")]
    [InlineData("/tool fs.read {\"path\":\"a\"} // why")]
    [InlineData("/tool fs.read ```json\n{}\n```")]
    [InlineData("/tool fs.read fs.write {}")]
    public void What_is_nearly_one_is_refused_with_how_to_write_it(string message)
    {
        var refused = Assert.IsType<SlashTool.Refused>(SlashTool.Parse(message));

        Assert.Contains("/tool NAME", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_is_refused_and_not_replaced() => Assert.IsType<SlashTool.Refused>(SlashTool.Parse("/tool fs.read {\"path\":\"\ud800\"}"));

    [Fact]
    public void What_is_accepted_is_a_piece_of_the_message_and_valid_json() =>
        Gen.Select(Gen.OneOf("/tool ", "/tool\n", "/tool"), Gen.OneOf("fs.read", "a", "x.y_z"), Gen.OneOf(" ", "\t\n"),
                Gen.OneOf(Gen.String[0, 8], Gen.OneOf("{}", "{\"a\":1}", "{\"a\":{}}", "{", "[1]", "{\"\\ud800\":1}")), Gen.OneOf("", " ", "\n", "x", "}"))
            .Sample((word, name, blank, input, tail) =>
            {
                var message = word + name + blank + input + tail;
                if (SlashTool.Parse(message) is not SlashTool.Request call) return;
                Assert.Equal(name, call.AskedName);
                if (call.InputJson != "{}") Assert.Contains(call.InputJson, message, StringComparison.Ordinal);
                using var document = JsonDocument.Parse(call.InputJson);
                Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            });

    [Fact]
    public void Naughty_strings_never_throw()
    {
        if (Corpora.Find("text") is not { } folder) { Assert.Skip(Corpora.Absent); return; }
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "blns.json")));
        foreach (var element in document.RootElement.EnumerateArray())
        {
            var text = element.GetString()!;
            Assert.Null(SlashTool.Parse(text));
            Assert.NotNull(SlashTool.Parse($"/tool {text}"));
            Assert.NotNull(SlashTool.Parse($"/tool fs.read {text}"));
            var typed = $$"""{"path":"{{JsonEncodedText.Encode(text)}}"}""";
            Assert.Equal(new SlashTool.Request("fs.read", typed), SlashTool.Parse($"/tool fs.read {typed}"));
        }
    }
}
