using Openclawssy.Cli;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class SurroundingsTests
{
    // The log of a gateway writes while the gateway says that it stops.
    [Fact]
    public async Task Several_threads_may_write_to_what_a_process_prints_to()
    {
        var surroundings = Surroundings.OfProcess();
        foreach (var writer in new[] { surroundings.Out, surroundings.Error }) Assert.True(await SurvivesAsync(writer));
    }

    // The control: a writer without turns refuses the second while the first is under way.
    [Fact]
    public async Task A_writer_without_turns_refuses_the_second_of_two()
    {
        var flushed = new TaskCompletionSource();
        await using var plain = new StreamWriter(new WaitingStream(flushed.Task));
        await plain.WriteAsync("first");
        var first = plain.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Throws<InvalidOperationException>(() => plain.WriteLine("second"));
        flushed.SetResult();
        await first;
    }

    static async Task<bool> SurvivesAsync(TextWriter writer)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++) await writer.WriteAsync("");
                for (var i = 0; i < 50; i++) await writer.FlushAsync();
            })));
            return true;
        }
        catch (InvalidOperationException) { return false; }
    }

    sealed class WaitingStream(Task signal) : MemoryStream
    {
        public override Task FlushAsync(CancellationToken cancellationToken) => signal;
    }
}
