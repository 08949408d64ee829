namespace Openclawssy.Runtime.Journal;

/// <summary>
/// The journal or one of its witnesses could not write an event down. What the event announces must not happen; if it tells of
/// something that did happen, the run ends <c>failed : audit_lost</c>.
/// </summary>
public sealed class AuditLostException(Exception cause) : IOException($"the record of this run could not be kept, so it stops here: {cause.Message}", cause);
