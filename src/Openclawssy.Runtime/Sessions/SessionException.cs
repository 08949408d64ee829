namespace Openclawssy.Runtime.Sessions;

/// <summary>The closed set of codes the conversation store refuses with.</summary>
public static class SessionErrorCodes
{
    public const string NotFound = "session.not_found";
    public const string Closed = "session.closed";

    /// <summary>Another run holds the conversation.</summary>
    public const string Busy = "session.busy";

    /// <summary>A file of the conversation is not what this program writes.</summary>
    public const string Damaged = "session.damaged";

    public const string MessageInvalid = "session.message_invalid";
    public const string PlaceInvalid = "session.place_invalid";
}

/// <summary>The conversation store refused something: a code for programs, a sentence for people.</summary>
public sealed class SessionException : Exception
{
    SessionException(string code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    /// <summary>One of <see cref="SessionErrorCodes"/>.</summary>
    public string Code { get; }

    internal static SessionException NotFound(object id) =>
        new(SessionErrorCodes.NotFound, $"there is no conversation {id}; name one that exists, or begin a new one");

    internal static SessionException Closed(object id) =>
        new(SessionErrorCodes.Closed, $"the conversation {id} is closed; begin a new one");

    internal static SessionException Busy(object id, TimeSpan waited) =>
        new(SessionErrorCodes.Busy, $"another run has held the conversation {id} for {waited.TotalSeconds:0} s; wait for its end, cancel it, or begin a new conversation");

    internal static SessionException Damaged(string path, string what, Exception? inner = null) =>
        new(SessionErrorCodes.Damaged, $"{path} {what}; put it back from a backup, or move it away", inner);

    internal static SessionException MessageInvalid(string what) => new(SessionErrorCodes.MessageInvalid, what);

    internal static SessionException PlaceInvalid(string what) => new(SessionErrorCodes.PlaceInvalid, what);
}
