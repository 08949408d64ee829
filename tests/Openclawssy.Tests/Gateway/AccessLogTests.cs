using System.Text;
using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Doors;
using Xunit;

namespace Openclawssy.Tests.Gateway;

public sealed class AccessLogTests
{
    [Fact]
    public async Task A_line_has_route_and_answer_and_nothing_the_client_wrote()
    {
        await using var house = await GatewayHouse.OpenAsync();
        await house.GetAsync("/v1/runs?status=planted-query");
        await house.GetAsync("/v1/runs/planted-path");
        await house.GetAsync("/planted-nowhere");
        await house.PostAsync("/v1/runs", """{"agent_id":"default","message":"planted-body","x":1}""", ("X-Planted", "planted-header"), ("Idempotency-Key", "planted-key"));
        await RawHttp.AskAsync(house.Serving.Address.Port, $"PLANTED /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:{house.Serving.Address.Port}\r\nAuthorization: Bearer planted-token\r\n\r\n");
        await house.RestartAsync();
        var log = house.Log.ToString();
        Assert.DoesNotContain("planted", log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(GatewayHouse.Token, log, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^\S+Z 127\.0\.0\.1 GET /v1/runs 200 [0-9.]+ms token:[0-9a-f]{8}$", log);
        Assert.Matches(@"(?m)^\S+Z 127\.0\.0\.1 GET /v1/runs/\{id\} 400 [0-9.]+ms token:[0-9a-f]{8}$", log);
        Assert.Matches(@"(?m)^\S+Z 127\.0\.0\.1 GET \(none\) 404 [0-9.]+ms token:[0-9a-f]{8}$", log);
        Assert.Matches(@"(?m)^\S+Z 127\.0\.0\.1 OTHER \(none\) 401 [0-9.]+ms -$", log);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_holds_nobody_up_and_what_is_lost_is_counted()
    {
        var into = new HeldWriter();
        const int Lines = 5000;
        await using (var log = new AccessLog(into, TimeProvider.System))
        {
            log.Write(new DefaultHttpContext(), TimeSpan.Zero);
            await into.Asked.Task;
            // From here on nothing is taken, and everybody goes on.
            for (var i = 1; i < Lines; i++) log.Write(new DefaultHttpContext(), TimeSpan.Zero);
            into.Hold.SetResult();
        }
        var (lost, written) = (0, 0);
        foreach (var line in into.Lines)
            if (line.Contains(" lines of this log were lost", StringComparison.Ordinal)) lost += int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
            else written++;
        Assert.Equal(Lines, lost + written);
        Assert.InRange(written, AccessLog.MaxWaiting, AccessLog.MaxWaiting + 1);
    }

    [Fact]
    public async Task A_writer_that_is_gone_ends_nothing()
    {
        var log = new AccessLog(new GoneWriter(), TimeProvider.System);
        log.Write(new DefaultHttpContext(), TimeSpan.Zero);
        log.Write(new DefaultHttpContext(), TimeSpan.Zero);
        await log.DisposeAsync();
    }

    sealed class GoneWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
        public override Task WriteLineAsync(string? value) => throw new ObjectDisposedException("it");
    }

    sealed class HeldWriter : TextWriter
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Hold { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public List<string> Lines { get; } = [];
        public override Encoding Encoding => Encoding.UTF8;

        public override async Task WriteLineAsync(string? value)
        {
            Asked.TrySetResult();
            await Hold.Task;
            Lines.Add(value!);
        }
    }
}
