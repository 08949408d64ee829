using System.Diagnostics;
using System.Text;

namespace Openclawssy.Launcher;

/// <summary>Waits for whatever ends the command, and carries its output meanwhile.</summary>
sealed unsafe class Watch(LaunchLimits limits, int main, Pipes pipes, CommandGroup group)
{
    /// <summary>What can end a command.</summary>
    public const string Exit = "exit", Timeout = "timeout", Cancelled = "cancelled", Memory = "memory", OutputLimit = "output";

    const short Readable = 1, Writable = 4;

    // Between looks at memory, and the longest the watch sleeps.
    const int SampleMs = 100;

    readonly long began = Stopwatch.GetTimestamp();
    readonly byte[] frame = new byte[Report.MaxFrame];
    readonly StringBuilder said = new();
    readonly bool[] open = [true, true, true];
    long carried;
    bool deaf;

    /// <summary>What the last stage wrote about itself.</summary>
    public string Said => said.ToString();

    /// <returns>What ended the command; its processes may still be there.</returns>
    public string Run(ref int? status)
    {
        var ended = (int)Libc.syscall(SystemCall.PidfdOpen, main, 0, 0, 0, 0);
        var sampled = 0L;
        while (true)
        {
            // The wake-up for the main process's end is a descriptor; where there is none, the look at children every sample does.
            Tree.Reap(main, ref status);
            if (status is not null) return Exit;
            var elapsed = Elapsed();
            if (elapsed >= limits.WallMs) return Timeout;
            if (elapsed - sampled >= SampleMs)
            {
                sampled = elapsed;
                if (group.RanOutOfMemory() || Tree.ResidentBytes(limits.MemoryBytes) > limits.MemoryBytes) return Memory;
            }
            Step((int)Math.Min(SampleMs, limits.WallMs - elapsed), ended, out var told);
            if (told) return Cancelled;
            if (carried > limits.OutputBytes) return OutputLimit;
        }
    }

    /// <summary>Carries what is still in the pipes. Nobody writes into them any more.</summary>
    public void Drain()
    {
        while ((open[0] || open[1] || open[2]) && carried <= limits.OutputBytes && Step(1000, -1, out _)) { }
    }

    /// <summary>One wait. Output is only taken while there is room to pass it on, so that this process never hangs on its reader.</summary>
    bool Step(int milliseconds, int ended, out bool told)
    {
        var entries = stackalloc Libc.PollEntry[6];
        var room = deaf || HasRoom(0);
        entries[0] = new() { Descriptor = ended < 0 ? -1 : 0, Wanted = Readable };
        entries[1] = new() { Descriptor = ended, Wanted = Readable };
        entries[2] = new() { Descriptor = open[2] ? pipes.Status : -1, Wanted = Readable };
        entries[3] = new() { Descriptor = open[0] && room ? pipes.Output : -1, Wanted = Readable };
        entries[4] = new() { Descriptor = open[1] && room ? pipes.Errors : -1, Wanted = Readable };
        entries[5] = new() { Descriptor = room ? -1 : 1, Wanted = Writable };
        var woke = Libc.poll(entries, 6, milliseconds);
        told = false;
        if (woke <= 0) return woke < 0;
        // A byte on standard input is a request to stop; its end is that, or the death of who started us.
        told = entries[0].Got != 0;
        if (entries[2].Got != 0) Listen();
        if (entries[3].Got != 0) Carry(0, pipes.Output, Frames.Output);
        if (entries[4].Got != 0) Carry(1, pipes.Errors, Frames.Errors);
        return true;
    }

    static bool HasRoom(int milliseconds)
    {
        var entry = new Libc.PollEntry { Descriptor = 1, Wanted = Writable };
        return Libc.poll(&entry, 1, milliseconds) > 0;
    }

    void Listen()
    {
        fixed (byte* into = frame)
        {
            var length = (int)Libc.read(pipes.Status, into, 512);
            if (length > 0) said.Append(Encoding.ASCII.GetString(frame, 0, length));
            else open[2] = false;
        }
    }

    void Carry(int index, int from, byte kind)
    {
        fixed (byte* into = frame)
        {
            var length = (int)Libc.read(from, into + Frames.Head, Report.MaxFrame - Frames.Head);
            if (length <= 0)
            {
                open[index] = false;
                return;
            }
            carried += length;
            if (deaf || HasRoom(1000) && Report.Send(kind, frame, length)) return;
            // Nobody reads any more; the end of standard input will say so too.
            deaf = true;
        }
    }

    long Elapsed() => (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
}
