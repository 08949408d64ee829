using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Openclawssy.Runtime.Config;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigEditTests
{
    static string Set(string text, string path, string json) => Encoding.UTF8.GetString(ConfigEdit.Set(Encoding.UTF8.GetBytes(text), ConfigPath.Parse(path), json));

    [Fact]
    public void A_value_is_changed_and_everything_around_it_stays()
    {
        const string text = """
            {
              // my model
              "model" : { "name":   "old" /* good one */, "max_tokens": 5 }, // end
            }
            """;
        Assert.Equal(text.Replace("\"old\"", "\"new\"", StringComparison.Ordinal), Set(text, "model.name", "\"new\""));
    }

    [Fact]
    public void A_missing_key_goes_to_the_end_of_its_section_after_the_last_comment()
    {
        const string text = """
            {
              "model": {
                "name": "m", // mine
                // "temperature": 0.2
              },
              "output": { "thinking_mode": "never" }
            }
            """;
        Assert.Equal("""
            {
              "model": {
                "name": "m", // mine
                // "temperature": 0.2
                "max_tokens": 5
              },
              "output": { "thinking_mode": "never" }
            }
            """, Set(text, "model.max_tokens", "5"));
        Assert.Equal(text.Replace("\"never\" }", "\"never\", \"max_thinking_chars\": 99 }", StringComparison.Ordinal), Set(text, "output.max_thinking_chars", "99"));
    }

    [Fact]
    public void A_missing_section_goes_to_the_end_of_the_file()
    {
        Assert.Equal("""
            {
              "model": { "name": "m" }, // last
              "providers": {
                "zai": {
                  "prices": {
                    "GLM-4.7": {
                      "input": 0.6
                    }
                  }
                }
              }
            }
            """, Set("""
            {
              "model": { "name": "m" } // last
            }
            """, "providers.zai.prices[\"GLM-4.7\"].input", "0.6"));
    }

    [Theory]
    [InlineData("", "{\n  \"model\": {\n    \"name\": 1\n  }\n}\n")]
    [InlineData("{}", "{\"model\": {\"name\": 1}}")]
    [InlineData("{ }", "{ \"model\": {\"name\": 1} }")]
    [InlineData("{\r\n}\r\n", "{\r\n  \"model\": {\r\n    \"name\": 1\r\n  }\r\n}\r\n")]
    [InlineData("{\n\t\"runs\": {}\n}", "{\n\t\"runs\": {},\n\t\"model\": {\n\t  \"name\": 1\n\t}\n}")]
    [InlineData("\uFEFF{\"model\":{\"name\":2}}", "\uFEFF{\"model\":{\"name\":1}}")]
    [InlineData("{\"m\\u006fdel\":{\"name\":{\"x\":[1,2]}}}", "{\"m\\u006fdel\":{\"name\":1}}")]
    [InlineData("{\"a\":1,}", "{\"a\":1, \"model\": {\"name\": 1}}")]
    [InlineData("{\"a\":1/*,*/}", "{\"a\":1,/*,*/ \"model\": {\"name\": 1}}")]
    public void The_layout_at_hand_is_followed(string text, string expected) => Assert.Equal(expected, Set(text, "model.name", "1"));

    [Theory]
    [InlineData("{\"model\": 5}", "1")]
    [InlineData("[]", "1")]
    [InlineData("{", "1")]
    [InlineData("{} x", "1")]
    [InlineData("{}", "glm")]
    [InlineData("{}", "1, \"shell\": {\"enable_exec\": true}")]
    [InlineData("{}", "")]
    [InlineData("{}", "{\"a\": 1,}")]
    public void What_cannot_be_set_is_refused_in_a_sentence(string text, string json) => Assert.Throws<FormatException>(() => Set(text, "model.name", json));

    static string Remove(string text, string path) => Encoding.UTF8.GetString(ConfigEdit.Remove(Encoding.UTF8.GetBytes(text), ConfigPath.Parse(path)));

    [Fact]
    public void A_key_is_taken_out_with_its_comma_and_line_and_comments_stay()
    {
        const string text = """
            {
              // mine
              "model": {
                "name": "m",
                "max_tokens": 5 // enough
              },
              "output": { "thinking_mode": "never", "max_thinking_chars": 9 }
            }
            """;
        Assert.Equal(text.Replace("    \"name\": \"m\",\n", "", StringComparison.Ordinal), Remove(text, "model.name"));
        Assert.Equal(text.Replace("\"m\",\n    \"max_tokens\": 5 // enough", "\"m\"\n     // enough", StringComparison.Ordinal), Remove(text, "model.max_tokens"));
        Assert.Equal(text.Replace("\"thinking_mode\": \"never\", ", "", StringComparison.Ordinal), Remove(text, "output.thinking_mode"));
        Assert.Equal(text, Remove(text, "model.temperature"));
        Assert.Equal(text, Remove(text, "model.name.more"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{\"m\": 1}", "{}")]
    [InlineData("{\"m\": 1, }", "{}")]
    [InlineData("{\"a\": 1, \"m\": 1}", "{\"a\": 1 }")]
    [InlineData("\uFEFF{\"m\": 1, \"a\": 1}", "\uFEFF{\"a\": 1}")]
    [InlineData("{\"a\": 1/*,*/, \"m\": 1}", "{\"a\": 1/*,*/ }")]
    public void Whatever_is_left_is_sound(string text, string left) => Assert.Equal(left, Remove(text, "m"));

    [Fact]
    public void After_a_removal_the_value_is_gone_and_all_else_is_as_it_was() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var layout = new Layout(new Random(seed));
        var text = layout.Object(3, lines: seed % 2 == 0);
        var expected = Parse(text);
        var path = layout.Path(expected);
        var before = CommentsIn(text);
        var removed = Get(expected, path);

        var result = Encoding.UTF8.GetString(ConfigEdit.Remove(Encoding.UTF8.GetBytes(text), ConfigPath.Of(path)));

        if (Get(expected, path.SkipLast(1)) is JsonObject owner) owner.Remove(path[^1]);
        Assert.Equal(expected.ToJsonString(), Parse(result).ToJsonString());
        var after = CommentsIn(result);
        Assert.Equal(after, before.Where(after.Contains));
        // The one between the key and its value goes with them.
        if (removed is not (JsonObject or JsonArray)) Assert.InRange(before.Count - after.Count, 0, 1);
    }, iter: Campaign.Scale(3_000, 100_000));

    /// <summary>Writes a random tree in a random layout; every comment is numbered.</summary>
    sealed class Layout(Random random)
    {
        static readonly string[] Names = ["a", "b", "c.d", "e\"f", "günther", "model", "x y"];
        public int Comments { get; private set; }

        string Gap(bool lines) => random.Next(6) switch
        {
            0 => $" /* ,{{ c{Comments++} }} */ ",
            1 when lines => $" // , }} c{Comments++}\n  ",
            2 when lines => "\n    ",
            3 => "",
            _ => " ",
        };

        public string Object(int depth, bool lines)
        {
            var text = new StringBuilder("{" + Gap(lines));
            var names = Names.OrderBy(_ => random.Next()).Take(random.Next(4)).ToList();
            for (var i = 0; i < names.Count; i++)
            {
                text.Append(ConfigSchema.Quote(names[i])).Append(random.Next(2) == 0 ? " " : "").Append(':').Append(Gap(lines)).Append(Value(depth, lines)).Append(Gap(lines));
                if (i < names.Count - 1 || random.Next(3) == 0) text.Append(',').Append(Gap(lines));
            }
            return text.Append('}').ToString();
        }

        string Value(int depth, bool lines) => random.Next(5) switch
        {
            0 or 1 when depth > 0 => Object(depth - 1, lines),
            2 => "[1," + Gap(lines) + "\"]}\"]",
            3 => "\"te//xt \\\" }\"",
            _ => "-1.5e3",
        };

        public List<string> Path(JsonObject tree)
        {
            var path = new List<string>();
            for (JsonNode? node = tree; node is JsonObject at && (path.Count == 0 || random.Next(4) > 0); node = at[path[^1]])
            {
                path.Add(at.Count > 0 && random.Next(3) > 0 ? at.ElementAt(random.Next(at.Count)).Key : Names[random.Next(Names.Length)]);
                if (!at.ContainsKey(path[^1])) break;
            }
            if (random.Next(3) == 0 && Get(tree, path) is null) path.Add(Names[random.Next(Names.Length)]);
            return path;
        }
    }

    static JsonNode? Get(JsonObject tree, IEnumerable<string> path) => path.Aggregate((JsonNode?)tree, (node, name) => (node as JsonObject)?[name]);

    [Fact]
    public void After_a_change_the_value_is_there_and_all_else_is_as_it_was() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var layout = new Layout(new Random(seed));
        var text = layout.Object(3, lines: seed % 2 == 0);
        var expected = Parse(text);
        var path = layout.Path(expected);
        const string value = """{"new":[true,"v"]}""";
        var replaced = Get(expected, path);
        var inner = CommentsIn(text);

        var result = Encoding.UTF8.GetString(ConfigEdit.Set(Encoding.UTF8.GetBytes(text), ConfigPath.Of(path), value));

        var at = expected;
        foreach (var name in path.SkipLast(1))
        {
            if (at[name] is not JsonObject) at[name] = new JsonObject();
            at = (JsonObject)at[name]!;
        }
        at[path[^1]] = JsonNode.Parse(value);
        Assert.Equal(expected.ToJsonString(), Parse(result).ToJsonString());
        if (replaced is not (JsonObject or JsonArray)) Assert.Equal(inner, CommentsIn(result));
    }, iter: Campaign.Scale(3_000, 100_000));

    static JsonObject Parse(string text) =>
        (JsonObject)JsonNode.Parse(text, documentOptions: new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip })!;

    static List<string> CommentsIn(string text)
    {
        var comments = new List<string>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Allow });
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.Comment) comments.Add(reader.GetComment());
        return comments;
    }
}
