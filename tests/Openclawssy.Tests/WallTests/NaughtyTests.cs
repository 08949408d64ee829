using System.Reflection;
using Openclawssy.Tests.WallTests.Naughty;
using Xunit;

namespace Openclawssy.Tests.WallTests;

/// <summary>The negative control: the same checker, on code that tries every door we know of.</summary>
public sealed class NaughtyTests
{
    static readonly string own = typeof(NaughtyTests).Assembly.Location;
    static readonly IReadOnlyCollection<Reference> references = References.Of(own, type => type.StartsWith("Openclawssy.Tests.WallTests.Naughty.", StringComparison.Ordinal));

    public static TheoryData<string, string> Doors => [.. typeof(DoorAttribute).Assembly.GetTypes()
        .Select(type => (type, door: type.GetCustomAttribute<DoorAttribute>())).Where(found => found.door is not null)
        .Select(found => (found.type.FullName!, found.door!.Symbol))];

    [Theory, MemberData(nameof(Doors))]
    public void Every_way_out_is_seen(string type, string symbol)
    {
        // Seen from a room without doors, and from the house of tools.
        foreach (var wall in new[] { Walls.Of(), Walls.Of(Walls.Tools) })
            Assert.Contains(WallCheck.Breaches(references, _ => wall), breach => breach.Type == type && breach.Symbol.StartsWith(symbol, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_naughty_hides_behind_the_looser_wall_of_a_json_context()
    {
        var breaches = WallCheck.Breaches(references, _ => Walls.Of(Walls.JsonContexts)).Select(breach => breach.Type).ToHashSet();
        Assert.DoesNotContain(Doors.Select(row => row.Data.Item1), type => !breaches.Contains(type));
    }

    [Fact]
    public void There_are_many_doors() => Assert.True(Doors.Count >= 60, $"{Doors.Count}");

    [Fact]
    public void A_native_method_outside_the_doors_is_seen() => Assert.NotEmpty(RuntimeWallTests.NativeMethods(references));

    [Fact]
    public void A_second_maker_of_permits_is_seen() =>
        Assert.Equal(["Openclawssy.Tests.WallTests.Naughty.MintsAPermit"], RuntimeWallTests.Minters(references));

    [Fact]
    public void Honest_code_passes()
    {
        var harmless = References.Of(own, type => type.StartsWith("Openclawssy.Tests.WallTests.Harmless.", StringComparison.Ordinal));
        Assert.NotEmpty(harmless);
        // Seen from here the toolkit is another assembly, as it is for a tool.
        Assert.Empty(WallCheck.Breaches(harmless, ToolsWallTests.Wall(harmless)));
    }
}
