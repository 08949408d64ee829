using System.Reflection;
using Microsoft.Extensions.AI;
using Openclawssy.Providers;
using Xunit;

namespace Openclawssy.Tests.WallTests;

/// <summary>
/// Every model call is metered: shown on the compiled program. A wire is a client that stands around no other; whoever makes one
/// must hand it out as a ledger, and only <see cref="ModelClients"/> makes one at all.
/// </summary>
public sealed class OnePathToAModelTests
{
    static readonly Assembly program = typeof(ModelClients).Assembly;
    static readonly IReadOnlyCollection<Reference> references = References.Of(program.Location);

    [Fact]
    public void A_wire_is_made_in_one_place_and_leaves_it_inside_a_ledger() => Assert.Empty(Unmetered(program, references));

    [Fact]
    public void Every_wire_is_known_here() =>
        Assert.Equal(["Openclawssy.Providers.ChatCompletionsClient", "Openclawssy.Providers.Rehearsal"], Wires(program).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_wire_is_really_made_there()
    {
        foreach (var wire in Wires(program)) Assert.Contains(references, reference => IsMaking(reference, wire));
    }

    // The parts of a wire are no way around it either.
    [Theory]
    [InlineData("Openclawssy.Providers.WireAnswer::.ctor", "Openclawssy.Providers.ChatCompletionsClient")]
    [InlineData("Openclawssy.Providers.ModelDoor::SendAsync", "Openclawssy.Providers.WireAnswer")]
    [InlineData("Openclawssy.Providers.ApiKey::Authorize", "Openclawssy.Providers.ModelDoor")]
    public void The_parts_of_a_wire_are_used_by_it_alone(string symbol, string user) =>
        Assert.Equal([user], references.Where(reference => reference.Symbol.StartsWith(symbol, StringComparison.Ordinal)).Select(reference => reference.Type).Distinct());

    // The negative control: three ways to forget the ledger.
    [Fact]
    public void A_place_that_forgets_the_ledger_is_seen()
    {
        var own = typeof(OnePathToAModelTests).Assembly;
        var naughty = References.Of(own.Location, type => type.StartsWith("Openclawssy.Tests.WallTests.Naughty.Wires.", StringComparison.Ordinal));
        var seen = Unmetered(own, naughty, typeof(Naughty.Wires.MakesWires)).ToList();
        Assert.Contains("MakesWires.Bare makes Openclawssy.Providers.ChatCompletionsClient and does not hand out a ledger", seen);
        Assert.Contains("MakesWires.Beside makes Openclawssy.Providers.Rehearsal and does not hand out a ledger", seen);
        Assert.Contains("Openclawssy.Tests.WallTests.Naughty.Wires.MakesAnother makes Openclawssy.Providers.ChatCompletionsClient", seen);
        Assert.DoesNotContain(seen, line => line.Contains("Metered", StringComparison.Ordinal));
    }

    static IEnumerable<string> Unmetered(Assembly assembly, IReadOnlyCollection<Reference> references, Type? maker = null)
    {
        maker ??= typeof(ModelClients);
        foreach (var wire in Wires(program))
            foreach (var reference in references.Where(reference => IsMaking(reference, wire)))
            {
                if (reference.Type != maker.FullName) yield return $"{reference.Type} makes {wire}";
                else if (!HandsOutALedger(assembly, maker, reference.Member)) yield return $"{maker.Name}.{reference.Member} makes {wire} and does not hand out a ledger";
            }
    }

    /// <summary>Clients that implement the seam themselves and are handed no other client to stand around.</summary>
    static IEnumerable<string> Wires(Assembly assembly) => assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IChatClient).IsAssignableFrom(type) && !typeof(DelegatingChatClient).IsAssignableFrom(type) && type != typeof(FallbackClient))
        .Select(type => type.FullName!);

    static bool IsMaking(Reference reference, string wire) => reference.Symbol.StartsWith($"{wire}::.ctor", StringComparison.Ordinal);

    // By the method's own name: a wire made in a lambda or an iterator has a compiler's name around it, and is not found.
    static bool HandsOutALedger(Assembly assembly, Type maker, string member) =>
        assembly == maker.Assembly && maker.GetMethod(member, BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)?.ReturnType == typeof(LedgerClient);
}
