using System.Runtime.InteropServices;
using Openclawssy.Cli;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class SignalsTests
{
    [Theory]
    [InlineData(PosixSignal.SIGINT, ExitCodes.Interrupted)]
    [InlineData(PosixSignal.SIGTERM, ExitCodes.Terminated)]
    public async Task The_first_signal_asks_and_the_second_takes_the_default_way(PosixSignal signal, int code)
    {
        using var signals = Signals.Deaf();
        var asked = new TaskCompletionSource();
        signals.Token.Register(asked.SetResult);

        var first = new PosixSignalContext(signal);
        signals.Arrived(first);
        await asked.Task;
        Assert.True(first.Cancel);
        Assert.Equal(code, signals.ExitCode);

        var second = new PosixSignalContext(PosixSignal.SIGINT);
        signals.Arrived(second);
        Assert.False(second.Cancel);
        Assert.Equal(code, signals.ExitCode);
    }

    [Fact]
    public void Without_a_signal_there_is_no_code()
    {
        using var signals = Signals.Deaf();
        Assert.Null(signals.ExitCode);
        Assert.False(signals.Token.IsCancellationRequested);
    }
}
