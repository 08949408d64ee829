using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

/// <summary>S03: a folder and a link to the outside change places as fast as they can while a path through the folder is used.</summary>
public sealed class SwapRaceTests
{
    public static TheoryData<string, bool> Operations()
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in Race.Names)
        {
            data.Add(name, false);
            data.Add(name, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void No_operation_leaves_the_workspace_while_folders_are_swapped(string operation, bool fallback)
    {
        using var race = new Race(fallback);
        race.Run(operation, new GuardedOperations(race.Ground), fallback ? Campaign.Scale(1_000, 50_000) : Campaign.Scale(3_000, 200_000), untilFirstEscape: false);
        Assert.Equal(0, race.Escapes);
        Assert.True(race.Succeeded > 0 && race.Refused > 0, $"{race.Succeeded} went through, {race.Refused} were refused: the race was no race");
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("search")]
    public void Resolving_first_and_opening_afterwards_leaves_it(string operation)
    {
        using var race = new Race(fallback: false);
        race.Run(operation, new NaiveOperations(race.Ground.Root, NaiveOperations.Check.Resolved), 500_000, untilFirstEscape: true);
        Assert.True(race.Escapes > 0);
    }

    [Fact]
    public void Deleting_a_tree_never_follows_what_is_swapped_into_it()
    {
        using var ground = new Playground();
        var before = ground.SnapshotOutside();
        var stop = false;
        var swapper = new Thread(() => { while (!Volatile.Read(ref stop)) Posix.Exchange(ground["tree/a"], ground["tree/b"]); }) { IsBackground = true };
        swapper.Start();
        for (var i = 0; i < Campaign.Scale(300, 20_000); i++)
        {
            ground.Put("tree/a/one/canary.txt");
            File.CreateSymbolicLink(ground["tree/b"], ground.Outside);
            // A swap at the wrong moment ends a deletion half-way; the rest is there under its name and can be deleted again.
            for (var attempt = 0; Path.Exists(ground["tree"]); attempt++)
            {
                Assert.True(attempt < 1000);
                try { ground.Edits.Delete(Playground.At("tree"), true, default); }
                catch (ToolException) { }
            }
        }
        Volatile.Write(ref stop, true);
        swapper.Join();
        Assert.Equal(before, ground.SnapshotOutside());
        Assert.Empty(ground.Unfinished());
    }

    sealed class Race : IDisposable
    {
        public static readonly string[] Names = ["read", "write", "append", "edit", "delete", "move from", "move to", "list", "search"];

        const string Inside = "inside";
        readonly string real;
        readonly Microsoft.Win32.SafeHandles.SafeFileHandle handle;

        public Race(bool fallback)
        {
            Ground = new(fallback);
            Ground.Put("d/f.txt", Inside);
            Ground.Put("plain.txt", Inside);
            File.WriteAllText(Ground.Outside + "/f.txt", Playground.Secret);
            File.CreateSymbolicLink(Ground["l"], Ground.Outside);
            handle = Runtime.Workspaces.Kernel.OpenAddress(Ground["d"], Runtime.Workspaces.Flag.PathOnly, out _)!;
            // The folder itself, whatever it is called at the moment.
            real = $"/proc/self/fd/{handle.DangerousGetHandle()}";
        }

        public Playground Ground { get; }
        public int Escapes { get; private set; }
        public int Succeeded { get; private set; }
        public int Refused { get; private set; }

        public void Run(string operation, IOperations operations, int turns, bool untilFirstEscape)
        {
            var stop = false;
            var swapper = new Thread(() => { while (!Volatile.Read(ref stop)) Posix.Exchange(Ground["d"], Ground["l"]); }) { IsBackground = true };
            swapper.Start();
            // In the short form too, each race is one: it goes on until both answers were seen.
            for (var turn = 0; turn < turns || (!untilFirstEscape && (Succeeded == 0 || Refused == 0) && turn < turns * 20); turn++)
            {
                try
                {
                    if (Act(operation, operations)) Escapes++;
                    Succeeded++;
                }
                catch (ToolException) { Refused++; }
                catch (IOException) when (operations is NaiveOperations) { Refused++; }
                catch (UnauthorizedAccessException) when (operations is NaiveOperations) { Refused++; }
                if (OutsideChanged()) Escapes++;
                Repair();
                if (untilFirstEscape && Escapes > 0) break;
            }
            Volatile.Write(ref stop, true);
            swapper.Join();
        }

        /// <summary>True when something from outside was seen.</summary>
        static bool Act(string operation, IOperations operations)
        {
            switch (operation)
            {
                case "read": return operations.Read("d/f.txt") == Playground.Secret;
                case "list": return operations.List("d").Contains("canary.txt");
                case "search": return operations.Search("d").Contains(Playground.Secret);
                case "write": operations.Write("d/f.txt", "changed"); return false;
                case "append": operations.Append("d/f.txt", "more"); return false;
                case "edit": var seen = ""; operations.Edit("d/f.txt", old => seen = old); return seen == Playground.Secret;
                case "delete": operations.Delete("d/f.txt"); return false;
                case "move from": operations.Move("d/f.txt", "moved.txt"); return false;
                default: operations.Move("plain.txt", "d/new.txt"); return false;
            }
        }

        bool OutsideChanged() =>
            !File.Exists(Ground.Outside + "/f.txt") || new FileInfo(Ground.Outside + "/f.txt").Length != Playground.Secret.Length
            || File.Exists(Ground.Outside + "/new.txt") || (File.Exists(Ground["moved.txt"]) && File.ReadAllText(Ground["moved.txt"]) == Playground.Secret);

        void Repair()
        {
            if (new FileInfo(real + "/f.txt") is not { Exists: true, Length: 6 }) Write(real + "/f.txt", Inside);
            if (!File.Exists(Ground["plain.txt"])) File.WriteAllText(Ground["plain.txt"], Inside);
            File.Delete(real + "/new.txt");
            File.Delete(Ground["moved.txt"]);
            if (!OutsideChanged()) return;
            Write(Ground.Outside + "/f.txt", Playground.Secret);
            File.Delete(Ground.Outside + "/new.txt");
        }

        // A process another test starts holds copies of all descriptors, and their locks, until it becomes its program.
        static void Write(string path, string content)
        {
            for (var attempt = 1; ; attempt++)
                try
                {
                    File.WriteAllText(path, content);
                    return;
                }
                catch (IOException) when (attempt < 1000) { Thread.Sleep(1); }
        }

        public void Dispose()
        {
            handle.Dispose();
            Ground.Dispose();
        }
    }
}
