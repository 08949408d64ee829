using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>Stopping runs the caller may see, in whatever process they go on. Made by the gate for one permitted call.</summary>
public interface IRunControl
{
    /// <summary>Asks the run's process to cancel it, which it notices within 250 ms. Returns at once.</summary>
    CancelAnswer Cancel(RunId run);
}

/// <param name="Status">The run's state when it was asked; null when there is no such run the caller may see.</param>
/// <param name="Requested">True when its process was asked.</param>
/// <param name="ProcessIsGone">True when nobody is there to ask; the next start ends the run.</param>
public sealed record CancelAnswer(string? Status, bool Requested, bool ProcessIsGone = false);
