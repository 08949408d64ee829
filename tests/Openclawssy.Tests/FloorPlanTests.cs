using System.Text.RegularExpressions;
using System.Xml.Linq;
using Openclawssy.Cli;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tests.WallTests;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests;

/// <summary>The houses stand as drawn.</summary>
public sealed partial class FloorPlanTests
{
    static readonly string source = Path.Combine(Repository.Root, "src");
    static readonly string runtime = Path.Combine(source, "Openclawssy.Runtime");

    [Fact]
    public void Every_folder_of_the_runtime_is_a_room_of_the_plan()
    {
        var rooms = Directory.EnumerateDirectories(runtime).Select(folder => Path.GetFileName(folder)).Where(name => name is not ("bin" or "obj"));
        Assert.DoesNotContain(rooms, room => !FloorPlan.Rooms.ContainsKey(room));
        Assert.DoesNotContain(Directory.EnumerateFiles(runtime, "*.cs"), _ => true);
    }

    [Fact]
    public void The_plan_has_no_circles_and_is_a_build_order()
    {
        var built = new HashSet<string>();
        foreach (var (room, uses) in FloorPlan.Rooms)
        {
            Assert.DoesNotContain(uses, use => !built.Contains(use));
            built.Add(room);
        }
    }

    [Fact]
    public void Rooms_name_only_the_rooms_the_plan_allows()
    {
        var strangers = from room in FloorPlan.Rooms.Keys
                        let folder = Path.Combine(runtime, room)
                        where Directory.Exists(folder)
                        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                        from other in RoomsNamedIn(File.ReadAllText(file))
                        where other != room && !FloorPlan.Rooms[room].Contains(other)
                        select $"{Path.GetRelativePath(runtime, file)} names {other}";
        Assert.Empty(strangers);
    }

    [Fact]
    public void Files_live_in_the_namespace_of_their_room()
    {
        var lost = from room in FloorPlan.Rooms.Keys
                   let folder = Path.Combine(runtime, room)
                   where Directory.Exists(folder)
                   from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                   where !File.ReadLines(file).Any(line => line == $"namespace Openclawssy.Runtime.{room};")
                   select Path.GetRelativePath(runtime, file);
        Assert.Empty(lost);
    }

    [Fact]
    public void Compiled_rooms_refer_only_to_the_rooms_the_plan_allows() =>
        Assert.Empty(Strangers(References.Of(typeof(Permit).Assembly.Location)));

    [Fact]
    public void A_room_that_looks_where_it_may_not_is_seen()
    {
        Assert.Contains("Journal", RoomsNamedIn("namespace X;\nusing Openclawssy.Runtime.Journal;"));
        Assert.Contains("Runs", RoomsNamedIn("var x = new Openclawssy.Runtime.Runs.Runner();"));
        Assert.NotEmpty(Strangers([new("Openclawssy.Runtime.Text.Ids", "Do", "Openclawssy.Runtime.Journal.RunEvent::get_Durability()", IsOwn: true)]));
    }

    static IEnumerable<string> RoomsNamedIn(string code) => RoomName().Matches(code).Select(match => match.Groups[1].Value).Where(FloorPlan.Rooms.ContainsKey).Distinct();

    static IEnumerable<string> Strangers(IEnumerable<Reference> references) =>
        from reference in references
        let room = WallParts.Room(reference.Type)
        let other = WallParts.Room(reference.Symbol)
        where reference.IsOwn && room.Length > 0 && other.Length > 0 && other != room && !FloorPlan.Rooms[room].Contains(other)
        select reference.ToString();

    [Fact]
    public void Houses_refer_only_to_the_houses_the_plan_allows()
    {
        Assert.Equal(FloorPlan.Houses.Keys.Order(), Directory.EnumerateDirectories(source).Select(folder => Path.GetFileName(folder)!).Order());
        foreach (var (house, uses) in FloorPlan.Houses)
        {
            var project = XDocument.Load(Path.Combine(source, house, $"{house}.csproj"));
            var given = project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            Assert.DoesNotContain(given, other => !uses.Contains(other));
        }
        foreach (var assembly in new[] { typeof(Permit).Assembly, typeof(Toolbox).Assembly, typeof(CliCommand).Assembly })
        {
            var uses = FloorPlan.Houses.GetValueOrDefault(assembly.GetName().Name!) ?? FloorPlan.Houses["Openclawssy"];
            Assert.DoesNotContain(References.AssembliesOf(assembly.Location), other =>
                other.StartsWith("openclawssy", StringComparison.OrdinalIgnoreCase) && !uses.Contains(other));
        }
    }

    [Fact]
    public void The_page_shows_the_plan()
    {
        var page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "FLOOR_PLAN.md"));
        var rows = page.Select(line => Row().Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(name => name != "nothing").Order().ToArray());
        Assert.Equal(FloorPlan.Rooms.Keys.Order(), rows.Keys.Order());
        foreach (var (room, uses) in FloorPlan.Rooms) Assert.Equal(uses.Order(), rows[room]);
    }

    [Fact]
    public void Every_tool_is_in_the_toolbox()
    {
        var written = typeof(Toolbox).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Tool)) && !type.IsAbstract).Select(type => type.Name);
        Assert.Equal(written.Order(), Toolbox.All.Select(tool => tool.GetType().Name).Order());
    }

    [Fact]
    public void Every_command_can_be_typed()
    {
        var written = typeof(CliCommand).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(CliCommand)) && !type.IsAbstract);
        var reached = Commands.All.Select(entry => entry.Make()).SelectMany(AndBelow).Select(command => command.GetType()).Distinct();
        Assert.Equal(written.Select(type => type.Name).Order(), reached.Select(type => type.Name).Order());
        Assert.All(Commands.All, entry => Assert.Equal(entry.Name, entry.Make().Name));
        Assert.All(Commands.All.Where(entry => !entry.Hidden), entry => Assert.Equal(entry.Summary, entry.Make().Summary));
    }

    static IEnumerable<CliCommand> AndBelow(CliCommand command) => command is CommandGroup group ? group.Subcommands.SelectMany(AndBelow).Prepend(command) : [command];

    [GeneratedRegex(@"\bOpenclawssy\.Runtime\.(\w+)")]
    private static partial Regex RoomName();

    [GeneratedRegex(@"^\| `(\w+)` \| ([\w ,]+) \|")]
    private static partial Regex Row();
}
