using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>
/// <c>scheduler/jobs.json</c>, the truth about jobs. Any number of processes read and change it; a change is one read, one
/// decision, one durable replace, alone, so that no editor loses what another wrote. What cannot be understood is never overwritten.
/// </summary>
/// <param name="path">Absolute path of the file.</param>
public sealed class JobsFile(string path)
{
    /// <summary>How the file is named to people, from the installation's root.</summary>
    public const string WrittenAt = ".openclawssy/scheduler/jobs.json";

    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Where it is in a state folder.</summary>
    public static JobsFile In(StateFolder state) => new(state.Of("scheduler", "jobs.json"));

    /// <summary>What tells one content from the next without reading it; null when there is no file.</summary>
    public FileStamp? Stamp => DurableFile.StampOf(path);

    /// <summary>No file means no jobs.</summary>
    /// <exception cref="InvalidDataException">It is not valid; says where.</exception>
    public JobBook Read() => JobsJson.Read(DurableFile.ReadOrNull(path, MaxBytes));

    /// <summary>Returns what the file holds afterwards; on disk when this returns.</summary>
    /// <param name="change">What it shall hold; null leaves it as it is.</param>
    /// <exception cref="InvalidDataException">It is not valid, or would grow too large: nothing is written.</exception>
    public JobBook Change(Func<JobBook, JobBook?> change)
    {
        DurableFile.EnsureFolder(Path.GetDirectoryName(path)!);
        using var alone = FileLock.Acquire(path + ".lock");
        var before = Read();
        if (change(before) is not { } after) return before;
        var bytes = JobsJson.Write(after);
        if (bytes.Length > MaxBytes) throw new InvalidDataException($"{WrittenAt} would have {bytes.Length} bytes; at most {MaxBytes} are kept. Remove a job first");
        DurableFile.Replace(path, bytes);
        return after;
    }
}
