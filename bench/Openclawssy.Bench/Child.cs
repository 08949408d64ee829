using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Openclawssy.Bench;

/// <summary>Runs a program to its end and says how long the whole process took, from start to reaped, and its peak memory.</summary>
static partial class Child
{
    public static TimeSpan Time(string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["HOME"] = folder;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var took = Stopwatch.GetElapsedTime(began);
        return process.ExitCode == 0 ? took : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited {process.ExitCode}: {errors.Result}");
    }

    public static TimeSpan Median(int times, Func<TimeSpan> measure)
    {
        measure();
        var taken = Enumerable.Range(0, times).Select(_ => measure()).Order().ToArray();
        return taken[times / 2];
    }

    /// <summary>Peak resident memory in MiB, told by the small parent in bench/Floor.</summary>
    public static double PeakMiB(string floor, string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(floor) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["HOME"] = folder;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        var said = process.StandardError.ReadToEnd();
        var at = said.IndexOf("peak-kib: ", StringComparison.Ordinal);
        return at < 0 ? double.NaN : long.Parse(said[(at + 10)..].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture) / 1024.0;
    }

    /// <summary>
    /// The six syncs a file write needs (verdict in journal and audit, new file, its folder, result in journal and audit), in plain
    /// system calls: the floor of <c>fs.write</c>.
    /// </summary>
    public static TimeSpan SixSyncs(string folder)
    {
        using var journal = File.OpenHandle(Path.Combine(folder, "floor-journal"), FileMode.Create, FileAccess.Write);
        using var audit = File.OpenHandle(Path.Combine(folder, "floor-audit"), FileMode.Create, FileAccess.Write);
        var handle = open(folder, 0x10000 | 0x80000); // O_DIRECTORY | O_CLOEXEC
        using var place = new Microsoft.Win32.SafeHandles.SafeFileHandle(handle, ownsHandle: true);
        var (offset, round) = (0L, 0);
        void Record()
        {
            RandomAccess.Write(journal, new byte[400], offset);
            RandomAccess.Write(audit, new byte[500], offset);
            offset += 500;
            Demand(fsync(journal));
            Demand(fsync(audit));
        }
        return Median(100, () =>
        {
            var began = Stopwatch.GetTimestamp();
            Record();
            var temp = Path.Combine(folder, "floor-temp");
            using (var file = File.OpenHandle(temp, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, new byte[10], 0);
                Demand(fsync(file));
            }
            File.Move(temp, Path.Combine(folder, $"floor-file-{round++ % 10}"), overwrite: true);
            Demand(fsync(place));
            Record();
            return Stopwatch.GetElapsedTime(began);
        });
    }

    static void Demand(int result)
    {
        if (result != 0) throw new IOException("fsync failed");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    /// <summary>One checked <c>fsync</c> of a small appended write, the floor of anything durable.</summary>
    public static TimeSpan Fsync(string folder)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "fsync-floor"), FileMode.Create, FileAccess.Write);
        var offset = 0L;
        return Median(200, () =>
        {
            RandomAccess.Write(file, new byte[400], offset);
            offset += 400;
            var began = Stopwatch.GetTimestamp();
            if (fsync(file) != 0) throw new IOException("fsync failed");
            return Stopwatch.GetElapsedTime(began);
        });
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(Microsoft.Win32.SafeHandles.SafeFileHandle file);
}
