using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>Leaves cancel requests for one viewer.</summary>
/// <param name="permitted">Called before the effect; throws when the viewer's permission is gone.</param>
public sealed class RunControl(RunArchive archive, Viewer viewer, Action permitted) : IRunControl
{
    public CancelAnswer Cancel(RunId run)
    {
        // From the journal and not from the index: this has to be true now.
        if (archive.Find(run) is not { } place || !viewer.Sees(place.Agent) || archive.Read(place) is not { Line: var line }) return new(null, false);
        if (line.HasEnded) return new(line.Status, false);
        if (!archive.IsAlive(line)) return new(line.Status, false, ProcessIsGone: true);
        permitted();
        CancelRequest.Leave(archive.FolderOf(place), viewer.Name);
        return new(line.Status, true);
    }
}
