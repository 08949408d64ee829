using System.Text;

namespace Openclawssy.Launcher;

/// <summary>
/// The first stage, which lives as long as the command: starts it, carries its output, and ends everything that came of it when
/// time is up, the program says so or dies (the end of standard input is both), a limit is passed, or the command itself is done.
/// </summary>
static unsafe class Supervisor
{
    const int SetSubreaper = 36;

    public static int Run()
    {
        try
        {
            if (Libc.syscall(SystemCall.CloseRange, 3, -1, 4, 0, 0) != 0) throw new StageException("close_range", Libc.LastError);
            if (Libc.prctl(SetSubreaper, 1, 0, 0, 0) != 0) throw new StageException("subreaper", Libc.LastError);
            var bytes = ReadRequest();
            Supervise(LaunchForm.Read(bytes), bytes);
            return 0;
        }
        catch (FormatException)
        {
            Report.Finish(("failed", "request"), ("error", 0));
        }
        catch (StageException failed)
        {
            Report.Finish(("failed", failed.Step), ("error", failed.Error));
        }
        return 2;
    }

    static byte[] ReadRequest()
    {
        var header = new byte[LaunchForm.HeaderBytes];
        if (Libc.ReadAll(0, header) < header.Length) throw new FormatException("no request");
        var whole = new byte[header.Length + LaunchForm.BodyLength(header)];
        header.CopyTo(whole, 0);
        if (Libc.ReadAll(0, whole.AsSpan(header.Length)) < whole.Length - header.Length) throw new FormatException("a cut request");
        return whole;
    }

    static void Supervise(LaunchRequest request, byte[] bytes)
    {
        var group = CommandGroup.Create(request.Limits);
        int? status = null;
        var main = 0;
        try
        {
            var pipes = new Pipes();
            main = Start(request, bytes, group, pipes);
            pipes.CloseOtherEnds();
            var watch = new Watch(request.Limits, main, pipes, group);
            var cause = watch.Run(ref status);
            group.Stop();
            Tree.KillAll(main, ref status);
            watch.Drain();
            Tell(request, cause, status, watch.Said, group);
        }
        finally
        {
            if (main == 0) group.Stop();
            group.Remove();
        }
    }

    static int Start(LaunchRequest request, byte[] bytes, CommandGroup group, Pipes pipes)
    {
        var descriptors = new List<(int From, int To)>
        {
            (Memory(request.Input.Span, readOnly: true), 0), (pipes.OutputEnd, 1), (pipes.ErrorEnd, 2), (Memory(bytes, readOnly: false), Inner.RequestAt), (pipes.StatusEnd, Inner.StatusAt),
        };
        if (group.OpenProcesses() is var list and >= 0) descriptors.Add((Spawn.Aside(list), Inner.GroupAt));
        if (!group.IsOne && group.OpenMemory() is var weighed and >= 0) descriptors.Add((Spawn.Aside(weighed), Inner.MemoryAt));
        if (request.Door.Length > 0) descriptors.Add((Spawn.Aside(Doorway.Knock(request.Door)), Inner.DoorAt));
        if (request.Tier == LaunchTier.Landlock) return Spawn.Start("/proc/self/exe", ["openclawssy-launcher", "--inner"], descriptors);

        var self = Libc.Open("/proc/self/exe", Libc.PathOnly);
        var line = Bubblewrap.For(request, self);
        descriptors.AddRange(line.Descriptors);
        // As root for somebody else: the launcher becomes that user first, then bubblewrap.
        return request.User == 0
            ? Spawn.Start(request.Bubblewrap, line.Words, descriptors)
            : Spawn.Start("/proc/self/exe", ["openclawssy-launcher", "--become", $"{request.User}", $"{request.Group}", .. line.Words], descriptors);
    }

    /// <summary>A file in memory that holds these bytes, standing at its beginning.</summary>
    static int Memory(ReadOnlySpan<byte> bytes, bool readOnly)
    {
        var file = (int)Libc.syscall(SystemCall.MemfdCreate, (nint)Libc.Text("openclawssy"), 1, 0, 0, 0);
        if (file < 0 || !Libc.WriteAll(file, bytes)) throw new StageException("memfd", Libc.LastError);
        Libc.lseek(file, 0, 0);
        if (!readOnly) return Spawn.Aside(file);
        var again = Libc.Open($"/proc/self/fd/{file}", 0);
        Libc.close(file);
        return again >= 0 ? Spawn.Aside(again) : throw new StageException("memfd", -again);
    }

    static void Tell(LaunchRequest request, string cause, int? status, string said, CommandGroup group)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var uncounted = lines.Contains("uncounted 0");
        var processes = !uncounted ? "group" : Libc.getuid() != 0 || request.User != 0 ? "user" : "none";
        var memory = group.HoldsMemory && !lines.Contains(group.IsOne ? "uncounted 0" : "unweighed 0") ? "group" : "looks";
        var failure = Array.Find(lines, line => line != Inner.Ready && line is not ("uncounted 0" or "unweighed 0"));
        if (failure is null && !lines.Contains(Inner.Ready) && cause == Watch.Exit) failure = request.Tier == LaunchTier.Bubblewrap ? "bubblewrap 0" : "inner 0";
        var words = failure?.Split(' ');
        var how = status ?? 0;
        var signal = how & 0x7f;
        // user time, system time (seconds, microseconds each), peak resident KiB; of all that were waited for.
        var usage = stackalloc long[18];
        Libc.getrusage(-1, usage);
        Report.Finish(
            ("failed", words?[0]), ("error", words is [_, var error, ..] && int.TryParse(error, out var number) ? number : null),
            ("exit_code", signal != 0 ? 128 + signal : (how >> 8) & 0xff), ("signal", signal != 0 ? signal : null), ("ended_by", cause), ("landlock_abi", Landlock.FindAbi()),
            ("processes", processes), ("processes_full", group.WasFull() ? true : null), ("memory", memory), ("memory_full", group.RanOutOfMemory() ? true : null),
            ("user_ms", usage[0] * 1000 + usage[1] / 1000), ("system_ms", usage[2] * 1000 + usage[3] / 1000), ("peak_kib", usage[4]));
    }
}
