using System.Text.Json;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Toolkit;

public sealed class ToolCatalogTests
{
    [Fact]
    public void Tools_are_found_by_name_and_alias_and_listed_in_order()
    {
        var catalog = new ToolCatalog([new Named("b.two", "b.zwei"), new Named("a.one")]);
        Assert.Equal(["a.one", "b.two"], catalog.All.Select(tool => tool.Name));
        Assert.Same(catalog.Find("b.two"), catalog.Find("b.zwei"));
        Assert.Null(catalog.Find("A.one"));
        Assert.Null(catalog.Find("c"));
    }

    [Theory]
    [InlineData("a.one", "b")]
    [InlineData("b", "a.one")]
    [InlineData("b", "a.eins")]
    [InlineData("b", "b")]
    public void Two_claims_to_one_name_are_refused(string name, string alias) =>
        Assert.Throws<ArgumentException>(() => new ToolCatalog([new Named("a.one", "a.eins"), new Named(name, alias)]));

    [Theory]
    [InlineData("")]
    [InlineData("a-b")]
    [InlineData("A")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("1a")]
    [InlineData("a\n")]
    public void A_name_the_wire_cannot_carry_is_refused(string name) => Assert.Throws<ArgumentException>(() => new ToolCatalog([new Named(name)]));

    [Fact]
    public void The_hash_follows_names_descriptions_and_schemas_and_nothing_else()
    {
        var hash = new ToolCatalog([new Named("a"), new Named("b")]).CatalogueHash;
        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, new ToolCatalog([new Named("b"), new Named("a", "other")]).CatalogueHash);
        Assert.NotEqual(hash, new ToolCatalog([new Named("a")]).CatalogueHash);
        Assert.NotEqual(hash, new ToolCatalog([new Named("a"), new Named("b") { Text = "changed" }]).CatalogueHash);
        Assert.NotEqual(hash, new ToolCatalog([new Named("a"), new Named("b") { Schema = """{"type":"object","properties":{}}""" }]).CatalogueHash);
        // Moving a character from one text to its neighbour is a change.
        Assert.NotEqual(new ToolCatalog([new Named("a") { Text = "bc" }]).CatalogueHash, new ToolCatalog([new Named("ab") { Text = "c" }]).CatalogueHash);
    }

    [Fact]
    public void A_part_of_the_catalogue_has_its_own_hash_and_finds_only_its_own()
    {
        var whole = new ToolCatalog([new Named("a"), new Named("b")]);
        var part = whole.Only(tool => tool.Name == "a");
        Assert.Null(part.Find("b"));
        Assert.Equal(new ToolCatalog([new Named("a")]).CatalogueHash, part.CatalogueHash);
    }

    [Fact]
    public void The_hash_is_not_worked_out_before_it_is_asked_for()
    {
        var catalog = new ToolCatalog([new Named("a") { Schema = "not json" }]);
        Assert.ThrowsAny<JsonException>(() => catalog.CatalogueHash);
    }

    sealed class Named(string name, params string[] aliases) : Tool
    {
        public string Text { get; init; } = "Text.";
        public string Schema { get; init; } = """{"type":"object"}""";
        public override string Name => name;
        public override string Description => Text;
        public override IReadOnlyList<string> Aliases => aliases;
        public override JsonElement InputSchema => JsonDocument.Parse(Schema).RootElement;
        public override IReadOnlySet<string> SensitiveFields { get; } = new HashSet<string>();
        public override ToolCall Parse(ReadOnlyMemory<byte> inputJson) => throw new NotSupportedException();
    }
}
