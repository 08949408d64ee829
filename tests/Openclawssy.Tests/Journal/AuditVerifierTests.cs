using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Journal;

public sealed class AuditVerifierTests : IDisposable
{
    readonly Stories stories = new();
    public void Dispose() => stories.Dispose();

    async Task TwoAgentsOnThreeDaysAsync()
    {
        for (var day = 0; day < 3; day++)
        {
            await stories.RunAsync($"run_{day}a", 4);
            await stories.RunAsync($"run_{day}b", 3, "other");
            stories.Installation.Record("operator uid=0", "policy.granted", ("agent", "default"), ("capability", "fs.write"));
            stories.Close();
            stories.Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    List<string> Segments() => [.. Directory.GetFiles(stories.State, "*.jsonl", SearchOption.AllDirectories).Where(path => path.Contains("/audit/", StringComparison.Ordinal)).Order()];

    [Fact]
    public async Task An_untouched_audit_is_intact_and_without_an_anchor_only_consistent()
    {
        await TwoAgentsOnThreeDaysAsync();
        var verdict = stories.Verify("run_1a");
        Assert.Equal((0, "intact", true), (verdict.ExitCode, verdict.Summary, verdict.Anchored));
        Assert.Equal(9, verdict.Segments);
        var unanchored = AuditVerifier.Verify(stories.State);
        Assert.Equal((0, "consistent, unanchored", false), (unanchored.ExitCode, unanchored.Summary, unanchored.Anchored));
    }

    [Fact]
    public void An_empty_installation_has_nothing_to_say() => Assert.Equal((0, 0L), (stories.Verify().ExitCode, stories.Verify().Records));

    // S35. The controls are what one would write first: parse each line; follow the links.
    [Fact]
    public async Task Every_tampering_is_detected_with_its_position()
    {
        await TwoAgentsOnThreeDaysAsync();
        var random = new Random(Campaign.Seed);
        var segments = Segments();
        var (parsingMissed, linksMissed) = (0, 0);
        var saved = segments.ToDictionary(path => path, File.ReadAllBytes);
        var tamperings = Campaign.Scale(250, 5000);
        for (var i = 0; i < tamperings; i++)
        {
            var what = Tampering.Apply(random, segments, stories.State);
            if (what is not null)
            {
                var verdict = stories.Verify();
                Assert.True(verdict.ExitCode is AuditVerdict.Torn or AuditVerdict.Altered or AuditVerdict.Truncated, $"tampering {i} was not detected: {what}");
                Assert.NotEmpty(verdict.Findings);
                Assert.All(verdict.Findings, finding => Assert.True(finding.Seq is not null || finding.What.Contains("two segments", StringComparison.Ordinal), $"{what}: {finding}"));
                if (what.Line is { } line) Assert.Contains(verdict.Findings, f => f.Line == line && what.File.EndsWith(f.File, StringComparison.Ordinal));
                if (Naive.EveryLineParses(stories.State)) parsingMissed++;
                if (Naive.EveryLinkHolds(stories.State)) linksMissed++;
            }
            foreach (var (path, content) in saved)
                if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) File.WriteAllBytes(path, content);
        }
        Assert.Equal(0, stories.Verify().ExitCode);
        Assert.True(parsingMissed > tamperings / 10, "the first control was not caught");
        Assert.True(linksMissed > tamperings / 50, "the second control was not caught");
    }

    [Fact]
    public async Task A_cut_tail_is_missed_by_nobody_who_remembers()
    {
        await TwoAgentsOnThreeDaysAsync();
        var newest = Segments().Last(path => path.Contains("/agents/default/", StringComparison.Ordinal));
        var lines = File.ReadAllLines(newest);
        File.WriteAllLines(newest, lines[..^1]);
        var finding = Assert.Single(stories.Verify().Findings);
        Assert.Equal((AuditVerdict.Truncated, "agents/default/audit/000003-2026-03-03.jsonl", (long?)lines.Length), (finding.Code, finding.File, finding.Line));
    }

    [Fact]
    public async Task The_installations_own_tail_is_remembered_by_the_anchor_alone()
    {
        await TwoAgentsOnThreeDaysAsync();
        var newest = Segments().Last(path => path.StartsWith(Path.Combine(stories.State, "audit"), StringComparison.Ordinal));
        File.WriteAllLines(newest, File.ReadAllLines(newest)[..^1]);
        Assert.Equal(AuditVerdict.Truncated, stories.Verify().ExitCode);
        Assert.Equal(0, AuditVerifier.Verify(stories.State).ExitCode);
        // Nor is the loss papered over by going on.
        var refused = Assert.ThrowsAny<IOException>(() => stories.Installation.Record("operator", "login.failed"));
        Assert.Contains("anchor", refused.Message);
        Assert.Equal(AuditVerdict.Truncated, stories.Verify().ExitCode);
    }

    [Fact]
    public async Task An_installation_that_was_wiped_and_made_again_does_not_pass_for_the_old_one()
    {
        await TwoAgentsOnThreeDaysAsync();
        Directory.Delete(stories.State, recursive: true);
        Assert.Equal(AuditVerdict.Truncated, stories.Verify().ExitCode);
        Directory.CreateDirectory(stories.State);
        stories.Close();
        stories.Installation.Record("operator", "login.failed");
        Assert.Contains("\"replaces\"", File.ReadAllText(Segments().Single()));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(stories.Anchor.Place)!).Length);
        Assert.Equal("intact", stories.Verify().Summary);
    }

    [Fact]
    public async Task A_deleted_installation_audit_is_missed_even_without_an_anchor()
    {
        await TwoAgentsOnThreeDaysAsync();
        Directory.Delete(Path.Combine(stories.State, "audit"), recursive: true);
        Assert.Equal(AuditVerdict.Truncated, AuditVerifier.Verify(stories.State).ExitCode);
    }

    [Fact]
    public async Task A_runs_journal_is_compared_with_the_audit()
    {
        await TwoAgentsOnThreeDaysAsync();
        var journal = Path.Combine(stories.RunFolder("run_1a"), "events.jsonl");
        var lines = File.ReadAllLines(journal);

        File.WriteAllLines(journal, lines[..^1]);
        Assert.Equal(AuditVerdict.Truncated, stories.Verify("run_1a").ExitCode);
        Assert.Equal(0, stories.Verify().ExitCode);

        // Chained anew by somebody who knows the format: the audit remembers the hashes.
        var events = JournalReader.Read(Rewritten(journal, lines)).ToList();
        var writer = new ChainedLineWriter();
        File.WriteAllBytes(journal, [.. events.SelectMany(e =>
        {
            var changed = e.Event is ToolAnswered answer ? answer with { Summary = "nothing happened" } : e.Event;
            var line = writer.Compose(e.Ts, JsonSerializer.SerializeToUtf8Bytes(changed, RunEventJson.Default.RunEvent)).ToArray();
            writer.Commit();
            return line;
        })]);
        var finding = Assert.Single(stories.Verify("run_1a").Findings);
        Assert.Equal(AuditVerdict.Altered, finding.Code);
        Assert.Equal(5, finding.Line);

        File.Delete(journal);
        Assert.Equal(AuditVerdict.Truncated, stories.Verify("run_1a").ExitCode);
        Assert.Equal(AuditVerdict.Truncated, stories.Verify("run_none").ExitCode);
    }

    static string Rewritten(string path, string[] lines)
    {
        File.WriteAllLines(path, lines);
        return path;
    }

    [Fact]
    public async Task Verifying_changes_nothing()
    {
        await TwoAgentsOnThreeDaysAsync();
        File.AppendAllText(Segments()[0], "torn");
        var before = Directory.GetFiles(stories.State, "*", SearchOption.AllDirectories).Order().Select(path => (path, File.GetLastWriteTimeUtc(path), new FileInfo(path).Length)).ToList();
        stories.Verify("run_1a");
        Assert.Equal(before, Directory.GetFiles(stories.State, "*", SearchOption.AllDirectories).Order().Select(path => (path, File.GetLastWriteTimeUtc(path), new FileInfo(path).Length)));
    }

    static class Naive
    {
        static IEnumerable<string[]> Chains(string state) =>
            Directory.GetDirectories(state, "audit", SearchOption.AllDirectories).Select(folder => Directory.GetFiles(folder, "*.jsonl").Order().SelectMany(File.ReadAllLines).ToArray());

        public static bool EveryLineParses(string state)
        {
            try
            {
                foreach (var line in Chains(state).SelectMany(lines => lines)) using (JsonDocument.Parse(line)) { }
                return true;
            }
            catch (JsonException) { return false; }
        }

        public static bool EveryLinkHolds(string state)
        {
            foreach (var lines in Chains(state))
            {
                var (prev, seq) = (Encoding.ASCII.GetBytes(ChainedLine.Genesis), 0L);
                foreach (var line in lines)
                {
                    if (ChainedLine.Parse(Encoding.UTF8.GetBytes(line), out var parsed) is not null || parsed.Seq != ++seq || !parsed.Prev.SequenceEqual(prev)) return false;
                    prev = parsed.Hash.ToArray();
                }
            }
            return true;
        }
    }
}
