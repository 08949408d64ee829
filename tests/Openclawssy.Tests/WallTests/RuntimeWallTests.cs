using System.Text.RegularExpressions;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.WallTests;

/// <summary>Each room of the runtime refers to what its list allows and to nothing else.</summary>
public sealed partial class RuntimeWallTests
{
    static readonly string runtime = typeof(Permit).Assembly.Location;

    [Fact]
    public void Every_room_refers_only_to_what_its_wall_allows() =>
        Assert.Empty(WallCheck.Breaches(References.Of(runtime), Wall(References.Of(runtime))));

    [Fact]
    public void Native_methods_stand_only_in_the_two_rooms_with_doors() =>
        Assert.DoesNotContain(NativeMethods(References.Of(runtime)), reference => WallParts.Room(reference.Type) is not ("Storage" or "Workspaces"));

    [Fact]
    public void The_runtime_is_compiled_against_the_framework_the_chat_types_and_cron_only() =>
        Assert.DoesNotContain(References.AssembliesOf(runtime), name =>
            name is not ("Cronos" or "Microsoft.Extensions.AI.Abstractions" or "Microsoft.Win32.Primitives") && !name.StartsWith("System.", StringComparison.Ordinal));

    [Fact]
    public void Only_the_tool_gate_makes_a_permit() =>
        Assert.DoesNotContain(Minters(References.Of(runtime)), type => type != "Openclawssy.Runtime.Runs.ToolGate");

    // Reading memory through a number leaves no pointer in the compiled signature, but C# wants the word for it.
    [Fact]
    public void The_word_unsafe_stands_only_in_the_two_rooms_with_doors() =>
        Assert.DoesNotContain(UnsafeFiles(Path.Combine(Repository.Root, "src", "Openclawssy.Runtime")).Concat(UnsafeFiles(Path.Combine(Repository.Root, "src", "Openclawssy.Tools"))), file =>
            !file.StartsWith("Storage/", StringComparison.Ordinal) && !file.StartsWith("Workspaces/", StringComparison.Ordinal));

    [Fact]
    public void The_word_unsafe_is_seen_where_it_stands() =>
        Assert.Contains("Naughty/Doors.cs", UnsafeFiles(Path.Combine(Repository.Root, "tests", "Openclawssy.Tests", "WallTests")));

    static IEnumerable<string> UnsafeFiles(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        where File.ReadLines(file).Any(line => UnsafeCode().IsMatch(line))
        select Path.GetRelativePath(folder, file);

    [GeneratedRegex(@"^(?!\s*//).*\bunsafe\b(?!_)")]
    private static partial Regex UnsafeCode();

    internal static IEnumerable<Reference> NativeMethods(IEnumerable<Reference> references) =>
        references.Where(reference => reference.Symbol.StartsWith("(native method)", StringComparison.Ordinal));

    internal static IEnumerable<string> Minters(IEnumerable<Reference> references) =>
        references.Where(reference => reference.Symbol.StartsWith($"{typeof(Permit).FullName}::.ctor", StringComparison.Ordinal)).Select(reference => reference.Type).Distinct();

    static Func<string, AllowList> Wall(IReadOnlyCollection<Reference> references)
    {
        var contexts = WallCheck.JsonContextsIn(references);
        var plain = Walls.Of();
        var rooms = Walls.Rooms.ToDictionary(room => room.Key, room => (Plain: Walls.Of(room.Value), Json: Walls.Of(room.Value, Walls.JsonContexts)));
        var generated = Walls.Generated.ToDictionary(part => part.Key, part => Walls.Of(part.Value));
        return type => rooms.TryGetValue(WallParts.Room(type), out var room)
            ? contexts.Contains(type) ? room.Json : room.Plain
            : generated.GetValueOrDefault(WallParts.GeneratedPart(type)) ?? plain;
    }
}
