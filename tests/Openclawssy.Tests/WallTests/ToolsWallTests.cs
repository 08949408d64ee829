using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.WallTests;

/// <summary>The house of tools cannot touch the world: shown on the compiled assembly, not on the source.</summary>
public sealed class ToolsWallTests
{
    static readonly string tools = typeof(Toolbox).Assembly.Location;

    [Fact]
    public void Tools_refer_to_nothing_that_touches_the_world() =>
        Assert.Empty(WallCheck.Breaches(References.Of(tools), Wall(References.Of(tools))));

    [Fact]
    public void Tools_are_compiled_against_the_framework_and_the_runtime_only() =>
        Assert.DoesNotContain(References.AssembliesOf(tools), name => name != "Openclawssy.Runtime" && !name.StartsWith("System.", StringComparison.Ordinal));

    internal static Func<string, AllowList> Wall(IReadOnlyCollection<Reference> references)
    {
        var contexts = WallCheck.JsonContextsIn(references);
        var plain = Walls.Of(Walls.Tools);
        var json = Walls.Of(Walls.Tools, Walls.JsonContexts);
        var generated = Walls.Generated.ToDictionary(part => part.Key, part => Walls.Of(Walls.Tools, part.Value));
        return type => contexts.Contains(type) ? json : generated.GetValueOrDefault(WallParts.GeneratedPart(type)) ?? plain;
    }
}
