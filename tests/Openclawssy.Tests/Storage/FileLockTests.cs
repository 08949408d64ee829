using Microsoft.Extensions.Time.Testing;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Storage;

public sealed class FileLockTests : IDisposable
{
    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_lock_has_one_holder_and_its_file_stays()
    {
        using (var first = FileLock.TryAcquire(folder["l"]))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryAcquire(folder["l"]));
        }
        using var second = FileLock.Acquire(folder["l"]);
        Assert.True(File.Exists(folder["l"]));
        Assert.Throws<DiskException>(() => FileLock.TryAcquire(folder["missing/l"]));
    }

    [Fact]
    public async Task Waiting_ends_with_the_lock_or_with_the_time_allowed()
    {
        var clock = new FakeTimeProvider();
        var held = FileLock.TryAcquire(folder["l"]);
        var patient = FileLock.AcquireAsync(folder["l"], TimeSpan.FromSeconds(30), clock, default).AsTask();
        var hasty = FileLock.AcquireAsync(folder["l"], TimeSpan.FromSeconds(1), clock, default).AsTask();
        while (!hasty.IsCompleted) { clock.Advance(TimeSpan.FromMilliseconds(250)); await Task.Yield(); }
        Assert.Null(await hasty);
        Assert.False(patient.IsCompleted && await patient is not null);
        held!.Dispose();
        while (!patient.IsCompleted) { clock.Advance(TimeSpan.FromMilliseconds(250)); await Task.Yield(); }
        using var taken = await patient;
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        using var held = FileLock.TryAcquire(folder["l"]);
        using var stop = new CancellationTokenSource();
        var waiting = FileLock.AcquireAsync(folder["l"], TimeSpan.FromSeconds(30), new FakeTimeProvider(), stop.Token).AsTask();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
