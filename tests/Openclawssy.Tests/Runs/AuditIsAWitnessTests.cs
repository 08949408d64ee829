using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>No audit, no action: what happens to a run when its audit cannot be written.</summary>
public sealed class AuditIsAWitnessTests
{
    static string AuditFolder(TestHouse house) => house.State.Of("agents", "default", "audit");

    [Fact]
    public async Task Without_an_audit_no_run_begins()
    {
        await using var house = new TestHouse();
        Directory.CreateDirectory(Path.GetDirectoryName(AuditFolder(house))!);
        if (Directory.Exists(AuditFolder(house))) Directory.Delete(AuditFolder(house), recursive: true);
        File.WriteAllText(AuditFolder(house), "in the way");
        house.Model.Calls("fs.write", """{"path":"a.txt","content":"x"}""").Says("done");
        await Assert.ThrowsAnyAsync<IOException>(() => house.AskAsync("go"));
        Assert.Empty(house.Model.Heard);
        Assert.False(File.Exists(house.PathOf("a.txt")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_audit_lost_before_an_effect_stops_the_effect_and_ends_the_run(bool viaNaiveRecorder)
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        var witness = new FailingWitness(happened => happened is PolicyVerdict { Verdict: "allow" });
        house.Witnesses.Add(viaNaiveRecorder ? new Naive(witness) : witness);
        house.Model.Calls("fs.write", """{"path":"a.txt","content":"x"}""").Says("done");
        var run = await house.AskAsync("go");
        // The control: a recorder that logs and goes on, as most do, lets the file appear without a record.
        Assert.Equal(viaNaiveRecorder, File.Exists(house.PathOf("a.txt")));
        if (viaNaiveRecorder) return;
        Assert.Equal((RunStates.Failed, RunReasons.AuditLost), (run.State, run.Reason));
        Assert.Single(house.Model.Heard);
    }

    [Fact]
    public async Task An_audit_lost_after_an_effect_tells_the_model_nothing_more()
    {
        await using var house = new TestHouse { Authority = Authority.Operator(0, null) };
        house.Witnesses.Add(new FailingWitness(happened => happened is ToolAnswered));
        house.Model.Calls("fs.write", """{"path":"a.txt","content":"x"}""").Says("done");
        var run = await house.AskAsync("go");
        Assert.True(File.Exists(house.PathOf("a.txt")));
        Assert.Equal((RunStates.Failed, RunReasons.AuditLost), (run.State, run.Reason));
        Assert.Single(house.Model.Heard);
    }

    [Fact]
    public async Task An_audit_lost_at_the_very_end_is_no_completed_run_and_the_next_start_completes_the_record()
    {
        await using var house = new TestHouse();
        house.Witnesses.Add(new FailingWitness(happened => happened is RunEnded));
        house.Model.Says("done");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Failed, RunReasons.AuditLost), (run.State, run.Reason));
        house.Witnesses.Clear();
        await house.CloseOrphansAsync();
        Assert.Equal(AuditVerdict.Intact, house.VerifyAudit(run.Id).ExitCode);
        Assert.Empty(Directory.EnumerateFiles(house.State.ProcessesFolder, "*.lock"));
    }

    [Fact]
    public async Task Every_decision_has_its_record()
    {
        await using var house = new TestHouse();
        house.With(new ProbeTool(Reach.Nothing, (_, _) => Task.FromResult("x")));
        house.Model.Calls(("fs.write", """{"path":"a.txt","content":"x"}"""), ("probe.act", "{}"), ("fs.read", """{"path":"../x"}""")).Says("done");
        var run = await house.AskAsync("go");
        var verdicts = TestHouse.Read(run).Entries.Select(entry => entry.Event).OfType<PolicyVerdict>().Select(verdict => verdict.Verdict == "allow" ? "policy.allowed" : "policy.denied");
        var recorded = house.AuditLines().Select(line => line.Contains("\"event\":\"policy.allowed\"", StringComparison.Ordinal) ? "policy.allowed" : line.Contains("\"event\":\"policy.denied\"", StringComparison.Ordinal) ? "policy.denied" : null).OfType<string>();
        Assert.Equal(verdicts, recorded);
        Assert.Equal(3, verdicts.Count());
        Assert.Equal(AuditVerdict.Intact, house.VerifyAudit(run.Id).ExitCode);
    }

    sealed class FailingWitness(Func<RunEvent, bool> when) : IJournalWitness
    {
        public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken) =>
            when(entry.Event) ? throw new IOException("no space left") : new(1);

        public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => default;
        public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => default;
    }

    sealed class Naive(IJournalWitness inner) : IJournalWitness
    {
        public async ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken)
        {
            try { return await inner.AppendAsync(run, entry, cancellationToken); }
            catch (IOException) { return 0; }
        }

        public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => default;
        public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => default;
    }
}
