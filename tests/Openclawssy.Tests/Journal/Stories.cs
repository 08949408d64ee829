using Microsoft.Extensions.Time.Testing;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.Journal;

/// <summary>A state folder with its audit, and short runs to fill it with.</summary>
sealed class Stories : IDisposable
{
    static readonly Provenance User = new("user", "cli"), Model = new("model", "m");

    readonly TempFolder folder = new();
    readonly Dictionary<string, AuditLog> audits = [];
    int random;

    public Stories()
    {
        Anchor = new(folder["outside/anchor.json"]);
        Directory.CreateDirectory(State);
        Installation = NewInstallation();
    }

    public FakeTimeProvider Clock { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    public string State => folder["state"];
    public FileAnchor Anchor { get; }
    public InstallationAudit Installation { get; private set; }
    public Func<string, (string, int)> Redact { get; set; } = text => (text.Replace("hunter22", "[masked]"), text.Split("hunter22").Length - 1);

    /// <summary>What processes of this house can say about the MAC of heads.</summary>
    public HeadKeys Keys { get; set; } = HeadKeys.None;

    public InstallationAudit NewInstallation() =>
        new(State, Clock, new Ids(Clock, bytes => { bytes.Clear(); bytes[0] = (byte)++random; }), Anchor, text => Redact(text), () => Keys);

    public AuditLog NewAudit(string agent = "default") => new(State, AgentId.Parse(agent), Clock, text => Redact(text), Installation);

    public AuditLog Audit(string agent = "default") => audits.TryGetValue(agent, out var audit) ? audit : audits[agent] = NewAudit(agent);

    public string RunFolder(string run, string agent = "default") => Path.Combine(State, "agents", agent, "runs", run);

    public string AuditFolder(string agent = "default") => Path.Combine(State, "agents", agent, "audit");

    public RunJournal NewJournal(string run, string agent = "default", params IJournalListener[] listeners) =>
        RunJournal.Create(RunFolder(run, agent), Clock, [Audit(agent)], listeners);

    public static RunCreated Created(string run, string agent = "default", string message = "hello") =>
        new(run, agent, ["operator", "agent:x"], "cli.run", User, message, null, "s1", "lock", new(1000, "pts/1"), "full", "0.1");

    public static ToolRequested Call(string id, string input = "{}") => new(id, "fs.write", "fs.write", input, null, null, Model);

    public static PolicyVerdict Verdict(string id, string verdict = "allow", string effect = "workspace_write") => new(id, "fs.write", verdict, effect, "grant", "policy/capabilities.json", "granted");

    public ToolAnswered Answer(string id, string? output = "{}", ToolFault? fault = null, string effect = "workspace_write") =>
        new(id, "fs.write", output, "done", fault, effect, Clock.GetUtcNow(), Clock.GetUtcNow(), 3, new("tool", "fs.write"));

    public static ModelAnswered Said() => new(1, [], "thoughts", [new("c1", "fs.write", "{}")], "stop", new(10, 5, 15), "m-1", null, 20, Model);

    public RunEnded Ended(string state = "completed", string? reason = null) => new(state, reason, null, "the output", null, "thoughts", 1, 1, new(10, 5, 15), Clock.GetUtcNow(), 50);

    /// <summary>A whole run with some calls.</summary>
    public async Task RunAsync(string run, int calls, string agent = "default")
    {
        using var journal = NewJournal(run, agent);
        await journal.WriteAsync(Created(run, agent), default);
        for (var i = 1; i <= calls; i++)
        {
            await journal.WriteAsync(Said(), default);
            await journal.WriteAsync(Call($"c{i}"), default);
            await journal.WriteAsync(Verdict($"c{i}"), default);
            await journal.WriteAsync(Answer($"c{i}"), default);
            Clock.Advance(TimeSpan.FromMilliseconds(7));
        }
        await journal.WriteAsync(Ended(), default);
    }

    /// <summary>The processes end; the last checkpoints are made.</summary>
    public void Close()
    {
        foreach (var audit in audits.Values) audit.Dispose();
        audits.Clear();
        Installation.Dispose();
        Installation = NewInstallation();
    }

    public AuditVerdict Verify(string? run = null) => AuditVerifier.Verify(State, Anchor, run is null ? null : RunId.Parse(run));

    public string[] AuditLines(string agent = "default") => [.. Directory.GetFiles(AuditFolder(agent), "*.jsonl").Order().SelectMany(File.ReadAllLines)];

    public void Dispose()
    {
        Close();
        Installation.Dispose();
        folder.Dispose();
    }
}
