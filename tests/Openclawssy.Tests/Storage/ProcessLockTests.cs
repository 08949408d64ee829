using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Storage;

public sealed class ProcessLockTests : IDisposable
{
    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_living_process_is_not_abandoned_and_a_clean_end_leaves_nothing()
    {
        using (var alive = ProcessLock.Create(folder.Path, "aa"))
        {
            alive.Record("default", "run_1");
            Assert.True(ProcessLock.IsHeld(folder.Path, "aa"));
            Assert.Empty(ProcessLock.FindAbandoned(folder.Path));
        }
        Assert.False(ProcessLock.IsHeld(folder.Path, "aa"));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_killed_process_is_found_once_with_its_runs()
    {
        using (var process = Dummy.Start("hold", folder.Path, "bb"))
        {
            Assert.Equal("held", process.StandardOutput.ReadLine());
            Assert.True(ProcessLock.IsHeld(folder.Path, "bb"));
            Assert.Empty(ProcessLock.FindAbandoned(folder.Path));
            process.Kill();
            process.WaitForExit();
        }
        Assert.False(ProcessLock.IsHeld(folder.Path, "bb"));
        // A record that was being written when the process died is no run.
        File.AppendAllText(folder["bb.lock"], "default run_3");
        foreach (var abandoned in ProcessLock.FindAbandoned(folder.Path))
        {
            using (abandoned)
            {
                Assert.Equal("bb", abandoned.Name);
                Assert.Equal([new("default", "run_1"), new("default", "run_2")], abandoned.Runs);
                Assert.Empty(ProcessLock.FindAbandoned(folder.Path));
                abandoned.Forget();
            }
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_run_that_ended_is_not_looked_at_again()
    {
        using (var process = ProcessLock.Create(folder.Path, "cc"))
        {
            process.Record("default", "run_1");
            process.Record("default", "run_2");
            process.Ended("default", "run_1");
            // Said twice, or of a run that is not its own, it changes nothing.
            process.Ended("default", "run_1");
            process.Ended("other", "run_2");
            process.LeaveForNextStart();
        }
        Assert.Equal([new("default", "run_2")], Left());
    }

    [Fact]
    public void A_process_that_lives_long_keeps_a_short_list_that_is_right_at_every_moment()
    {
        var random = new Random(Campaign.Seed);
        List<string> open = [];
        using (var process = ProcessLock.Create(folder.Path, "dd"))
        {
            for (var i = 0; i < ProcessLock.MaxLines * 3; i++)
            {
                process.Record("default", $"run_{i}");
                open.Add($"run_{i}");
                if (open.Count > 50)
                {
                    var ended = open[random.Next(open.Count)];
                    open.Remove(ended);
                    process.Ended("default", ended);
                }
                // A scanner sees a living process under its one name, also right after the list was written anew.
                if (i % 512 > 2) continue;
                Assert.True(ProcessLock.IsHeld(folder.Path, "dd"));
                Assert.Empty(ProcessLock.FindAbandoned(folder.Path));
            }
            Assert.Single(Directory.GetFileSystemEntries(folder.Path));
            process.LeaveForNextStart();
        }
        Assert.InRange(File.ReadAllLines(folder["dd.lock"]).Length, open.Count, ProcessLock.MaxLines + 50);
        Assert.Equal(open.Order(StringComparer.Ordinal), Left().Select(run => run.RunId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_at_once_lose_no_run_while_the_list_is_written_anew()
    {
        var open = new System.Collections.Concurrent.ConcurrentBag<string>();
        using (var process = ProcessLock.Create(folder.Path, "ee"))
        {
            var taken = 0;
            var stop = false;
            var scanner = Task.Run(() =>
            {
                while (!Volatile.Read(ref stop))
                    foreach (var found in ProcessLock.FindAbandoned(folder.Path))
                        using (found) Interlocked.Increment(ref taken);
            });
            await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
            {
                for (var i = 0; i < Campaign.Scale(1500, 20_000); i++)
                {
                    await process.RecordAsync("default", $"run_{worker}_{i}");
                    if (i % 100 == 0) open.Add($"run_{worker}_{i}");
                    else process.Ended("default", $"run_{worker}_{i}");
                }
            })));
            Volatile.Write(ref stop, true);
            await scanner;
            Assert.Equal(0, taken);
            process.LeaveForNextStart();
        }
        Assert.Equal(open.Order(StringComparer.Ordinal), Left().Select(run => run.RunId).Order(StringComparer.Ordinal));
    }

    List<AbandonedRun> Left()
    {
        List<AbandonedRun> left = [];
        foreach (var abandoned in ProcessLock.FindAbandoned(folder.Path))
            using (abandoned)
            {
                left.AddRange(abandoned.Runs);
                abandoned.Forget();
            }
        return left;
    }

    // The control makes the lock file under its final name and locks it afterwards: a scanner takes it in between.
    [Fact]
    public async Task No_scanner_takes_a_lock_that_is_being_made()
    {
        Assert.Equal(0, await TakenWhileMade(name => ProcessLock.Create(folder.Path, name)));
        Assert.True(await TakenWhileMade(name =>
        {
            var made = new FileStream(folder[name + ".lock"], FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return FileLock.TryAcquire(folder[name + ".lock"]) is { } held ? new Both(held, made) : made;
        }) > 0, "the control was not caught");
    }

    async Task<int> TakenWhileMade(Func<string, IDisposable> make)
    {
        var (taken, stop) = (0, false);
        var scanner = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop))
                foreach (var found in ProcessLock.FindAbandoned(folder.Path))
                    using (found) taken++;
        });
        for (var i = 0; i < Campaign.Scale(2000, 50_000) && Volatile.Read(ref taken) == 0; i++)
            make($"{i:x}").Dispose();
        Volatile.Write(ref stop, true);
        await scanner;
        foreach (var left in Directory.GetFiles(folder.Path)) File.Delete(left);
        return taken;
    }

    sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose() { first.Dispose(); second.Dispose(); }
    }
}
