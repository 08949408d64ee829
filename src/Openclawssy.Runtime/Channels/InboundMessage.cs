using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>
/// What somebody wrote on a channel. User and room are labels the channel or the caller gave: they pass the filter or not, and say
/// which conversation goes on. They are never authority.
/// </summary>
/// <param name="Channel">One of <see cref="Sessions.ChannelNames"/>.</param>
/// <param name="Credential">Which token, or which bot, the message came in under; its senders are counted apart from those of others.</param>
/// <param name="Room">Blank means the channel's one room, which is called like it.</param>
/// <param name="Agent">Null or blank means the place's agent.</param>
/// <param name="Thinking">Null goes by the configuration.</param>
/// <param name="Session">The conversation it belongs to; null means the one that goes on in its place.</param>
/// <param name="Run">What the run will be called, for a channel that wrote it down before; null leaves it to the run.</param>
public sealed record InboundMessage(
    string Channel, string User, string Room, string Text, string Credential, string? Agent = null, ThinkingMode? Thinking = null, SessionId? Session = null, RunId? Run = null);
