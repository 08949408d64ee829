using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>A run whose story has begun and that waits to go on. It is gone on with once, by the <see cref="Runner"/> that opened it.</summary>
public sealed class OpenRun : IDisposable
{
    internal OpenRun(RunId id, string folder, RunRequest request, RunSettings settings, RunJournal journal, Story story, TrackedRun tracked, SessionRecorder? recorder, byte[] digestKey,
        SlashTool? typed, CapturedCall? typedCall) =>
        (Id, Folder, Request, Settings, Journal, Story, Tracked, Recorder, DigestKey, Typed, TypedCall) =
        (id, folder, request, settings, journal, story, tracked, recorder, digestKey, typed, typedCall);

    public RunId Id { get; }
    public RunRequest Request { get; }

    /// <summary>Cancelled when somebody wishes the run's end, also while it waits.</summary>
    public CancellationToken Wished => Tracked.Token;

    internal string Folder { get; }
    internal RunSettings Settings { get; }
    internal RunJournal Journal { get; }
    internal Story Story { get; }
    internal TrackedRun Tracked { get; }
    internal SessionRecorder? Recorder { get; }
    internal byte[] DigestKey { get; }
    internal SlashTool? Typed { get; }
    internal CapturedCall? TypedCall { get; }

    /// <summary>Null while the run waits for its turn in a conversation, and where there is none.</summary>
    internal SessionTurn? Turn { get; set; }
    internal IReadOnlyList<ReplayedMessage> History { get; set; } = [];

    public void Dispose()
    {
        Journal.Dispose();
        Tracked.Dispose();
        Turn?.Dispose();
    }
}
