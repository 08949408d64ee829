using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>The runs on disk, as their journals tell them.</summary>
/// <param name="stateFolder">The installation's <c>.openclawssy</c>.</param>
public sealed class RunArchive(string stateFolder)
{
    /// <summary>Longest message and output that are shown, in UTF-16 units.</summary>
    public const int MaxMessage = 4 * 1024, MaxOutput = 32 * 1024;

    /// <summary>Every run folder there is, in no order that matters. One look at each agent's folder; no journal is read.</summary>
    public IEnumerable<RunPlace> All()
    {
        foreach (var agent in AgentFolder.Existing(stateFolder))
            foreach (var name in FolderNames.In(new AgentFolder(stateFolder, agent).Runs))
                if (RunId.TryParse(name, out var run)) yield return new(agent, run);
    }

    /// <summary>Where a run is, or null: one look for each agent.</summary>
    public RunPlace? Find(RunId run)
    {
        foreach (var agent in AgentFolder.Existing(stateFolder))
            if (Posix.Facts(JournalOf(new(agent, run))) is not null) return new(agent, run);
        return null;
    }

    public string FolderOf(RunPlace place) => new AgentFolder(stateFolder, place.Agent).Run(place.Run);

    /// <summary>Whether the process that made a run still lives.</summary>
    public bool IsAlive(RunSummary run) => ProcessLock.IsHeld(Path.Combine(stateFolder, "processes"), run.Process);

    /// <summary>The run's line and its calls. Null when its journal is gone, holds nothing yet, or was altered: <c>audit verify</c> speaks of that.</summary>
    public (RunSummary Line, IReadOnlyList<CallLine> Calls)? Read(RunPlace place)
    {
        RunSummary? line = null;
        var calls = new List<CallLine>();
        foreach (var entry in Entries(place))
        {
            line = RunFold.After(line, entry);
            if (RunFold.CallOf(entry) is { } call) calls.Add(call);
        }
        return line is null ? null : (line, calls);
    }

    /// <summary>The run with its message and output, or null as for <see cref="Read"/>.</summary>
    public RunDetail? Detail(RunPlace place)
    {
        var story = Story.Of(Entries(place));
        var line = story.Entries.Aggregate((RunSummary?)null, RunFold.After);
        if (line is null || story.First<RunCreated>() is not { } created) return null;
        var message = Redactor.Redact(created.Message).Text;
        var output = story.First<RunEnded>() is { } end ? Redactor.Redact(story.OutputOf(end)).Text : null;
        return new(line, Cut(message, MaxMessage), output is null ? null : Cut(output, MaxOutput), message.Length > MaxMessage || output?.Length > MaxOutput, created.ThinkingMode);
    }

    List<JournalEntry> Entries(RunPlace place)
    {
        var entries = new List<JournalEntry>();
        try
        {
            foreach (var entry in JournalReader.Read(JournalOf(place))) entries.Add(entry);
        }
        catch (FileNotFoundException) { }
        // What stands before the altered line is not shown either: nobody knows what it is worth.
        catch (ChainBrokenException) { entries.Clear(); }
        return entries;
    }

    string JournalOf(RunPlace place) => Path.Combine(FolderOf(place), JournalReader.FileName);

    static string Cut(string text, int max) => WellFormed.Of(Truncation.Chars(text, max));
}

public readonly record struct RunPlace(AgentId Agent, RunId Run);
