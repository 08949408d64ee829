using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Models;

public sealed class ToolNamesTests
{
    static readonly Gen<string> Word = Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789_"], 1, 12];
    static readonly Gen<string> ToolName = Word.Array[1, 4].Select(words => string.Join('.', words));

    [Fact]
    public void Every_tool_name_comes_back_from_the_wire() => ToolName.Array[1, 8].Sample(names =>
    {
        var offered = names.Distinct().Select(Tool).ToArray();
        foreach (var name in names)
        {
            Assert.True(IsLegal(ToolNames.ToWire(name)));
            Assert.Equal(name, ToolNames.FromWire(ToolNames.ToWire(name), offered));
        }
    }, iter: Campaign.Scale(500, 100_000));

    [Fact]
    public void Any_text_at_all_becomes_a_legal_wire_name() =>
        Gen.String.Sample(name => Assert.True(IsLegal(ToolNames.ToWire(name)), name), iter: Campaign.Scale(1000, 100_000));

    [Fact]
    public void A_name_nobody_offered_stays_as_it_came()
    {
        Assert.Equal("rm-rf", ToolNames.FromWire("rm-rf", [Tool("fs.read")]));
        Assert.Equal("fs-read", ToolNames.FromWire("fs-read", null));
    }

    [Fact]
    public void An_alias_is_mapped_back_as_the_alias() =>
        Assert.Equal("fs.rename", ToolNames.FromWire("fs-rename", [new ModelTool("fs.move", "", Schema, ["fs.rename"])]));

    [Fact]
    public void A_name_that_was_used_with_its_dot_is_understood() => Assert.Equal("fs.read", ToolNames.FromWire("fs.read", [Tool("fs.read")]));

    // The naive map loses the difference between a hyphen the model made up and a dot.
    [Fact]
    public void The_check_catches_a_map_that_replaces_every_hyphen()
    {
        static string Naive(string wireName) => wireName.Replace('-', '.');
        Assert.NotEqual("rm-rf", Naive("rm-rf"));
    }

    static bool IsLegal(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    static JsonElement Schema { get; } = JsonDocument.Parse("""{"type":"object"}""").RootElement;

    static AITool Tool(string name) => new ModelTool(name, "", Schema);
}
