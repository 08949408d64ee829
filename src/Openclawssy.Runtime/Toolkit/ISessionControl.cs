using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>Closing conversations the caller may see. Made by the gate for one permitted call.</summary>
public interface ISessionControl
{
    /// <summary>Closes for good; on disk when this returns. Null when there is no such conversation the caller may see.</summary>
    CloseAnswer? Close(SessionId session);
}

/// <param name="Already">True when it was closed before.</param>
public sealed record CloseAnswer(DateTimeOffset ClosedAt, bool Already);
