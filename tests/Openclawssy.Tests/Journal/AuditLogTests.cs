using System.Text.Json;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Openclawssy.Tests.Storage;
using Xunit;

namespace Openclawssy.Tests.Journal;

public sealed class AuditLogTests : IDisposable
{
    readonly Stories stories = new();
    public void Dispose() => stories.Dispose();

    static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;

    string[] Names(string agent = "default") => [.. stories.AuditLines(agent).Select(line => Json(line).GetProperty("event").GetString()!)];

    [Fact]
    public async Task A_run_is_told_in_the_documented_records_and_fields()
    {
        using (var journal = stories.NewJournal("run_1"))
        {
            await journal.WriteAsync(Stories.Created("run_1"), default);
            await journal.WriteAsync(new PromptAssembled("long"), default);
            await journal.WriteAsync(Stories.Said(), default);
            await journal.WriteAsync(new ModelFailed(1, 2, "wire", "broken", true, 9), default);
            await journal.WriteAsync(Stories.Call("c1"), default);
            await journal.WriteAsync(Stories.Verdict("c1"), default);
            await journal.WriteAsync(stories.Answer("c1", "{\"a\":1}"), default);
            await journal.WriteAsync(Stories.Verdict("c2", "deny"), default);
            await journal.WriteAsync(Stories.Verdict("c3", "ask"), default);
            await journal.WriteAsync(stories.Ended(), default);
        }
        Assert.Equal(["run.start", "model.answer", "model.failed", "tool.call", "policy.allowed", "tool.result", "policy.denied", "policy.denied", "run.end"], Names());
        var lines = stories.AuditLines();
        Assert.All(lines, line => Assert.Equal(
            ["v", "seq", "ts", "actor", "run_id", "agent_id", "event", "payload", "redactions", "event_hash", "prev", "hash"], Json(line).EnumerateObject().Select(p => p.Name)));
        Assert.All(lines, line => Assert.Equal(("operator > agent:x", "run_1", "default"),
            (Json(line).GetProperty("actor").GetString(), Json(line).GetProperty("run_id").GetString(), Json(line).GetProperty("agent_id").GetString())));
        Assert.DoesNotContain("text nobody needs", string.Concat(lines));
        var result = Json(lines[5]).GetProperty("payload");
        Assert.Equal(7, result.GetProperty("output_bytes").GetInt32());
        Assert.False(result.TryGetProperty("output", out _));
        var end = Json(lines[^1]);
        var last = JournalReader.Read(Path.Combine(stories.RunFolder("run_1"), "events.jsonl")).Last();
        Assert.Equal((last.Seq, last.Hash), (end.GetProperty("payload").GetProperty("journal_seq").GetInt64(), end.GetProperty("payload").GetProperty("journal_hash").GetString()));
        Assert.Equal(last.Hash, end.GetProperty("event_hash").GetString());
    }

    [Fact]
    public async Task Texts_are_masked_before_they_are_cut_and_the_record_says_where()
    {
        var message = $"{new string('x', AuditFields.MaxTextBytes - 4)}hunter22 and hunter22";
        var endless = string.Concat(Enumerable.Repeat("hunter22", 5000));
        using (var journal = stories.NewJournal("run_1"))
        {
            await journal.WriteAsync(Stories.Created("run_1", message: message), default);
            await journal.WriteAsync(Stories.Call("c1", input: $"{new string('y', 32 * 1024 - 4)}hunter22{endless}"), default);
            await journal.WriteAsync(stories.Answer("c1", null, new("internal.error", "hunter22", false)), default);
        }
        var lines = stories.AuditLines();
        Assert.DoesNotContain("hunter", string.Concat(lines));
        Assert.Equal(["payload.message"], Json(lines[0]).GetProperty("redactions").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(["payload.error.message"], Json(lines[2]).GetProperty("redactions").EnumerateArray().Select(e => e.GetString()));
        Assert.All(lines, line => Assert.True(line.Length < 8000));
        Assert.EndsWith($"[{message.Length} bytes in all]", Json(lines[0]).GetProperty("payload").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_new_day_begins_a_new_segment_and_the_chain_goes_on()
    {
        await stories.RunAsync("run_1", 1);
        stories.Clock.Advance(TimeSpan.FromDays(1));
        await stories.RunAsync("run_2", 1);
        // The clock went back; a record still goes to the highest number.
        stories.Clock.AdjustTime(stories.Clock.GetUtcNow().AddDays(-1));
        await stories.RunAsync("run_3", 1);
        Assert.Equal(["000001-2026-03-01.jsonl", "000002-2026-03-02.jsonl", "000003-2026-03-01.jsonl"],
            Directory.GetFiles(stories.AuditFolder(), "*.jsonl").Select(Path.GetFileName).Order());
        Assert.Equal(Enumerable.Range(1, 18).Select(i => (long)i), stories.AuditLines().Select(line => Json(line).GetProperty("seq").GetInt64()));
        stories.Close();
        Assert.Equal((0, "intact"), (stories.Verify().ExitCode, stories.Verify().Summary));
    }

    [Fact]
    public async Task Two_holders_of_one_audit_take_turns_across_a_new_day()
    {
        using var other = stories.NewAudit();
        using (var one = stories.NewJournal("run_1"))
        using (var two = RunJournal.Create(stories.RunFolder("run_2"), stories.Clock, [other], []))
        {
            await one.WriteAsync(Stories.Created("run_1"), default);
            await two.WriteAsync(Stories.Created("run_2"), default);
            for (var i = 0; i < 30; i++)
            {
                await (i % 3 == 0 ? one : two).WriteAsync(Stories.Call($"c{i}"), default);
                if (i % 10 == 9) stories.Clock.Advance(TimeSpan.FromDays(1));
            }
            await two.WriteAsync(stories.Ended(), default);
            await one.WriteAsync(stories.Ended(), default);
        }
        other.Dispose();
        stories.Close();
        Assert.Equal(34, stories.AuditLines().Length);
        Assert.Equal([], stories.Verify("run_1").Findings);
        Assert.Equal([], stories.Verify("run_2").Findings);
    }

    [Fact]
    public async Task Several_processes_and_threads_make_one_valid_chain()
    {
        var (processes, calls) = (3, Campaign.Scale(8, 500));
        var anchor = stories.Anchor.Place;
        var children = Enumerable.Range(1, processes).Select(i => Dummy.Start("audit", stories.State, anchor, $"run_{i}", $"{calls}")).ToList();
        foreach (var child in children)
        {
            var (code, error) = Dummy.Finish(child);
            Assert.Equal((0, ""), (code, error));
        }
        Assert.Equal(processes * (2 + 3 * calls), stories.AuditLines().Length);
        for (var i = 1; i <= processes; i++) Assert.Equal([], stories.Verify($"run_{i}").Findings);
        await Task.WhenAll(Enumerable.Range(10, 4).Select(i => Task.Run(() => stories.RunAsync($"run_{i}", 10))));
        stories.Close();
        Assert.Equal("intact", stories.Verify("run_10").Summary);
    }

    [Fact]
    public async Task A_torn_tail_goes_to_quarantine_and_a_record_says_so()
    {
        await stories.RunAsync("run_1", 1);
        stories.Close();
        var segment = Directory.GetFiles(stories.AuditFolder(), "*.jsonl").Single();
        File.AppendAllText(segment, "{\"v\":1,\"se");
        Assert.Equal(AuditVerdict.Torn, stories.Verify().ExitCode);
        await stories.RunAsync("run_2", 1);
        stories.Close();
        Assert.Equal("{\"v\":1,\"se", File.ReadAllText(segment + ".quarantine"));
        var notice = Json(stories.AuditLines()[6]);
        Assert.Equal("audit.tail_quarantined", notice.GetProperty("event").GetString());
        Assert.Equal(10, notice.GetProperty("payload").GetProperty("bytes").GetInt32());
        Assert.Equal([], stories.Verify("run_2").Findings);
    }

    [Fact]
    public async Task An_altered_last_record_is_not_built_upon()
    {
        await stories.RunAsync("run_1", 1);
        stories.Close();
        var segment = Directory.GetFiles(stories.AuditFolder(), "*.jsonl").Single();
        File.WriteAllText(segment, File.ReadAllText(segment).Replace("the output", "an output").Replace("completed", "cancelled"));
        using var journal = stories.NewJournal("run_2");
        var lost = await Assert.ThrowsAsync<AuditLostException>(async () => await journal.WriteAsync(Stories.Created("run_2"), default));
        Assert.IsType<ChainBrokenException>(lost.InnerException);
        Assert.NotNull(stories.Audit().Lost);
    }

    // S36: no audit, no action.
    [Fact]
    public async Task Without_its_audit_a_run_does_not_even_begin()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(stories.AuditFolder())!);
        File.WriteAllText(stories.AuditFolder(), "in the way");
        using (var journal = stories.NewJournal("run_1"))
            await Assert.ThrowsAsync<AuditLostException>(async () => await journal.WriteAsync(Stories.Created("run_1"), default));
        Assert.NotNull(stories.Audit().Lost);
        File.Delete(stories.AuditFolder());
        await stories.RunAsync("run_2", 1);
        Assert.Null(stories.Audit().Lost);
    }

    // S36 on a disk that fills up, and killed at any moment: every effect has its verdict in the audit, and after the repair
    // the audit has exactly the journal's verdicts. The effect is the line the child prints.
    [Fact]
    public async Task Every_effect_has_its_verdict_on_a_full_disk_and_after_a_kill()
    {
        var random = new Random(Campaign.Seed);
        for (var round = 0; round < Campaign.Scale(2, 100); round++)
        {
            using var fresh = new Stories();
            string output;
            if (round % 2 == 0)
            {
                var (code, printed, error) = Dummy.UnderFileSizeLimit(random.Next(20, 60), "audit", fresh.State, fresh.Anchor.Place, "run_1", "100000");
                Assert.True(code == 9, error);
                output = printed;
            }
            else
            {
                using var child = Dummy.Start("audit", fresh.State, fresh.Anchor.Place, "run_1", "100000");
                output = "";
                for (var lines = random.Next(1, 60); lines > 0; lines--) output = child.StandardOutput.ReadLine() + "\n";
                Thread.SpinWait(random.Next(1, 100_000));
                child.Kill();
                child.WaitForExit();
                // Only the last number counts.
                output += child.StandardOutput.ReadToEnd();
            }
            var effects = output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? int.Parse(last) : 0;
            Assert.True(Allowed(fresh) >= effects, $"{effects} effects, {Allowed(fresh)} verdicts in the audit");

            var reopened = await RunJournal.ReopenAsync(fresh.RunFolder("run_1"), fresh.Clock, [fresh.Audit()], [], default);
            using (reopened.Journal)
            {
                Assert.Equal(reopened.Story.Count(e => e.Event is PolicyVerdict), Allowed(fresh));
                await reopened.Journal.WriteAsync(fresh.Ended("failed", "interrupted"), default);
            }
            fresh.Close();
            Assert.Equal([], fresh.Verify("run_1").Findings);
        }
    }

    static int Allowed(Stories of) => of.AuditLines().Count(line => line.EndsWith('}') && line.Contains("\"policy.allowed\"", StringComparison.Ordinal));

    [Fact]
    public async Task Checkpoints_come_first_then_after_a_minute_a_thousand_records_and_at_the_end()
    {
        var audit = stories.Audit();
        using var journal = stories.NewJournal("run_1");
        await journal.WriteAsync(Stories.Created("run_1"), default);
        await audit.CheckpointsDone();
        Assert.Equal([1], Checkpointed());
        await journal.WriteAsync(Stories.Call("c1"), default);
        stories.Clock.Advance(TimeSpan.FromSeconds(60));
        await audit.CheckpointsDone();
        Assert.Equal([1, 2], Checkpointed());
        for (var i = 0; i < 1000; i++) await journal.WriteAsync(Stories.Call($"c{i}"), default);
        await audit.CheckpointsDone();
        Assert.Equal([1, 2, 1002], Checkpointed());
        await journal.WriteAsync(Stories.Call("last"), default);
        stories.Close();
        Assert.Equal([1, 2, 1002, 1003], Checkpointed());
        // The next process finds the end where the last one left it, and needs no checkpoint to begin.
        await journal.TryWriteLastAsync(stories.Ended());
        await stories.RunAsync("run_2", 1);
        await stories.Audit().CheckpointsDone();
        Assert.Equal([1, 2, 1002, 1003], Checkpointed());
    }

    long[] Checkpointed() => [.. Directory.GetFiles(Path.Combine(stories.State, "audit"), "*.jsonl").Order().SelectMany(File.ReadAllLines)
        .Select(Json).Where(line => line.GetProperty("event").GetString() == "audit.checkpoint").Select(line => line.GetProperty("payload").GetProperty("seq").GetInt64())];
}
