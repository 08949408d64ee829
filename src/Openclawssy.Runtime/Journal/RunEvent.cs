using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>Everything that can happen in a run. Closed: a reader may switch over all of them.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunCreated), "run.created")]
[JsonDerivedType(typeof(RunRequeued), "run.requeued")]
[JsonDerivedType(typeof(RunStarted), "run.started")]
[JsonDerivedType(typeof(PromptAssembled), "prompt.assembled")]
[JsonDerivedType(typeof(ToolsOffered), "tools.offered")]
[JsonDerivedType(typeof(ModelRequested), "model.requested")]
[JsonDerivedType(typeof(ModelText), "model.text")]
[JsonDerivedType(typeof(ModelAnswered), "model.answered")]
[JsonDerivedType(typeof(ModelFailed), "model.failed")]
[JsonDerivedType(typeof(HistoryReplayed), "history.replayed")]
[JsonDerivedType(typeof(GuidanceGiven), "guidance.given")]
[JsonDerivedType(typeof(ContextCompacted), "context.compacted")]
[JsonDerivedType(typeof(ToolRequested), "tool.call")]
[JsonDerivedType(typeof(PolicyVerdict), "policy.verdict")]
[JsonDerivedType(typeof(ToolAnswered), "tool.result")]
[JsonDerivedType(typeof(RunEnded), "run.ended")]
public abstract record RunEvent
{
    /// <summary>How durable this event must be before the next step.</summary>
    [JsonIgnore]
    public virtual Durability Durability => Durability.Written;
}

/// <summary>The three durabilities of the architecture.</summary>
public enum Durability
{
    /// <summary>Shown to listeners, never stored.</summary>
    Live,

    /// <summary>One <c>write(2)</c> before the next step.</summary>
    Written,

    /// <summary>On disk (checked <c>fsync</c>) before the next step.</summary>
    Synced,
}

/// <summary>Who wrote a text: information-flow rules will read it.</summary>
/// <param name="Kind"><c>operator</c>, <c>user</c>, <c>agent</c>, <c>model</c> or <c>tool</c>.</param>
/// <param name="Source">Channel and sender, model, or tool with its path or host.</param>
public sealed record Provenance(string Kind, string? Source = null);

/// <param name="Principals">Who caused the run, outermost first; rights are the intersection along the chain.</param>
/// <param name="Source">The way in: <c>cli.ask</c>, <c>cli.run</c>, later <c>http</c>, <c>discord</c>, <c>scheduler</c>.</param>
/// <param name="Message">The person's text, sensitive fields of a typed <c>/tool</c> already taken out.</param>
/// <param name="NotCaptured">Names of fields whose values were taken out of <paramref name="Message"/>.</param>
/// <param name="Process">Name of the lock file the creating process holds for its life.</param>
/// <param name="Operator">Uid and terminal of the person at the command line; null for other channels.</param>
/// <param name="ThinkingMode">When its thinking is shown, as asked with the message: <c>never</c>, <c>on_error</c> or <c>always</c>; null goes by the configuration.</param>
/// <param name="Key">The client's own name for the request, so that a repeated one makes no second run.</param>
/// <param name="Redaction"><c>full</c>, or <c>patterns_only</c> when the secret store could not be unlocked.</param>
public sealed record RunCreated(
    string RunId, string AgentId, IReadOnlyList<string> Principals, string Source, Provenance Origin, string Message,
    IReadOnlyList<string>? NotCaptured, string? SessionId, string Process, OperatorAtTerminal? Operator, string Redaction, string Version,
    string? ThinkingMode = null, RequestKey? Key = null) : RunEvent
{
    [JsonIgnore]
    public override Durability Durability => Durability.Synced;
}

public sealed record OperatorAtTerminal(uint Uid, string? Terminal);

/// <summary>The name a client gave its request, and what the request said. Hashes of both (64 hex digits): a client's text is not kept twice.</summary>
/// <param name="Name">Over whose client it is and the name it gave.</param>
/// <param name="Request">Over the request's body.</param>
public sealed record RequestKey(string Name, string Request);

/// <summary>A run that waited when its process died waits again, in another process.</summary>
/// <param name="Process">Name of the lock file that process holds.</param>
public sealed record RunRequeued(string Process) : RunEvent
{
    [JsonIgnore]
    public override Durability Durability => Durability.Synced;
}

/// <summary>The settings snapshot the run goes by.</summary>
public sealed record RunStarted(string Provider, string Model, int MaxIterations, long ToolTimeoutMs, long RunTimeoutMs, string Containment) : RunEvent;

/// <summary>The system prompt, stored once.</summary>
public sealed record PromptAssembled(string Text) : RunEvent;

/// <summary>What the model was offered, stored once; requests name it by hash.</summary>
public sealed record ToolsOffered(string CatalogueHash, IReadOnlyList<OfferedTool> Tools) : RunEvent;

public sealed record OfferedTool(string Name, string Description, string Schema);

/// <param name="Attempt">Counted within the turn, from 1, over all models that were tried.</param>
/// <param name="Parts">Sequence numbers of the events whose texts the request is made of, in order.</param>
/// <param name="Options">What this attempt asked for; provider and model are those it really went to.</param>
/// <param name="BodySha256">Hash of the bytes sent; null when nothing was sent, or not over our wire.</param>
/// <param name="Protocol">How tools were spoken of: <c>text</c>, or null for native calls.</param>
/// <param name="Purpose">Null for a turn of the run; <c>summary</c> for a question of the runtime's own.</param>
public sealed record ModelRequested(
    int Turn, int Attempt, IReadOnlyList<long> Parts, ModelOptions Options, string? CatalogueHash, string? BodySha256, long? BodyBytes, string? Protocol = null,
    string? Purpose = null) : RunEvent;

/// <param name="ToolChoice"><c>none</c> when no tool may be called in the answer, else null.</param>
public sealed record ModelOptions(string Provider, string Model, int MaxTokens, double? Temperature, bool Stream, string? ToolChoice = null);

/// <summary>A batch of text as it arrived: 250 ms or 1 KiB, whichever comes first.</summary>
/// <param name="Purpose">As in the request; text that is not null here is not for people to follow.</param>
public sealed record ModelText(int Turn, string Text, string? Purpose = null) : RunEvent;

/// <param name="TextFrom">Sequence numbers of the <c>model.text</c> events that hold the text; empty when the answer has none.</param>
/// <param name="Extra">Fields of the answer that the server wants back verbatim, as a JSON object.</param>
/// <param name="CostUsd">What the call cost by the configured prices, else by the server's word; null when unknown.</param>
public sealed record ModelAnswered(
    int Turn, IReadOnlyList<long> TextFrom, string? Thinking, IReadOnlyList<ModelCall> Calls, string? FinishReason, ModelUsage? Usage,
    string? AnsweredBy, string? Extra, long DurationMs, Provenance Origin, decimal? CostUsd = null, string? Purpose = null) : RunEvent;

/// <param name="Next">What follows: <c>retry</c>, <c>fallback PROVIDER/MODEL</c> or <c>protocol text</c>; null when nothing does.</param>
/// <param name="WaitMs">How long is waited before that.</param>
/// <param name="Usage">What the server counted before it failed.</param>
/// <param name="CostUsd">Zero when no model worked for it; null when unknown.</param>
public sealed record ModelFailed(
    int Turn, int Attempt, string Code, string Message, bool Retryable, long DurationMs, string? Next = null, long? WaitMs = null, ModelUsage? Usage = null, decimal? CostUsd = null) : RunEvent;

/// <summary>Earlier messages of the session, as the model is told them again. Stored once in each run, so that a run can be rebuilt from its journal alone.</summary>
public sealed record HistoryReplayed(string SessionId, IReadOnlyList<HistoryMessage> Messages) : RunEvent;

/// <param name="Role"><c>user</c>, <c>assistant</c> or <c>tool</c>; a tool's message is a call and its result.</param>
public sealed record HistoryMessage(string Role, string Text, string? CallId = null, string? Tool = null, string? Arguments = null);

/// <summary>Something the runtime itself tells the model between turns.</summary>
/// <param name="Kind"><c>recovery</c>, <c>final_answer</c> or <c>empty_answer</c>.</param>
public sealed record GuidanceGiven(int Turn, string Kind, string Text) : RunEvent;

/// <summary>The conversation was made to fit the model's window. It holds from here on; the events it speaks of stay in the journal whole.</summary>
/// <param name="Covers">Events the model is no longer told, in order; <paramref name="Summary"/> stands in their place.</param>
/// <param name="SummaryBy"><c>model</c> or <c>digest</c>; null when nothing was covered.</param>
/// <param name="Shortened">Results the model is told in a shorter form.</param>
/// <param name="TokensBefore">Estimated.</param>
public sealed record ContextCompacted(
    int Turn, IReadOnlyList<long> Covers, string? Summary, string? SummaryBy, IReadOnlyList<ShortenedResult> Shortened, long TokensBefore, long TokensAfter) : RunEvent;

/// <param name="Seq">The event it shortens.</param>
public sealed record ShortenedResult(long Seq, string Text);

/// <summary>A request for a tool, written before anything about it is decided.</summary>
/// <param name="Tool">The tool's own name, or the asked name when there is none.</param>
/// <param name="Input">The input as JSON text, sensitive fields replaced by digests; null when <paramref name="InputFrom"/> holds it.</param>
/// <param name="InputFrom">The <c>model.answered</c> event that holds the input, in the call with this id.</param>
public sealed record ToolRequested(
    string CallId, string Tool, string AskedName, string? Input, long? InputFrom, IReadOnlyList<string>? NotCaptured, Provenance Origin) : RunEvent
{
    /// <summary>The input for witnesses that are told while it happens; on disk it stands once.</summary>
    [JsonIgnore]
    public string? Shown { get; init; } = Input;
}

/// <param name="Verdict"><c>allow</c>, <c>deny</c> or <c>ask</c>; until approvals exist, ask is answered with a denial that says so.</param>
/// <param name="Rule">Which rule decided, for example <c>grant</c>, <c>operator</c>, <c>workspace.guard</c>.</param>
/// <param name="WrittenAt">Where that rule is written, so that a person can change it.</param>
/// <param name="Sandbox">For a command: what would hold it, and what that does and does not stop on this kernel.</param>
public sealed record PolicyVerdict(
    string CallId, string Tool, string Verdict, string Effect, string Rule, string WrittenAt, string Reason, string? Path = null, string? Sandbox = null) : RunEvent
{
    // A verdict that allows an effect, and every denial, is on disk before anything follows from it. Allowing a pure read is only written.
    [JsonIgnore]
    public override Durability Durability => Verdict == "allow" && Effect == "pure_read" ? Durability.Written : Durability.Synced;
}

/// <param name="Output">JSON object the model reads; null on error.</param>
/// <param name="Effect">Effect class of the tool; <c>pure_read</c> also when nothing ran.</param>
/// <param name="OutputFrom">The earlier <c>tool.result</c> that holds the output, when an identical call was answered from it.</param>
public sealed record ToolAnswered(
    string CallId, string Tool, string? Output, string? Summary, ToolFault? Error, string Effect, DateTimeOffset StartedAt, DateTimeOffset CompletedAt,
    long DurationMs, Provenance Origin, long? OutputFrom = null) : RunEvent
{
    [JsonIgnore]
    public override Durability Durability => Effect == "pure_read" ? Durability.Written : Durability.Synced;
}

public sealed record ToolFault(string Code, string Message, bool Retryable, string? Path = null);

/// <param name="State"><c>completed</c>, <c>failed</c>, <c>cancelled</c>, <c>timed_out</c> or <c>needs_input</c>.</param>
/// <param name="Reason">Why, where the state alone does not say it.</param>
/// <param name="OutputFrom">The <c>model.answered</c> or <c>tool.result</c> event that holds the output.</param>
/// <param name="Output">The output when no event holds it: written by the runtime itself.</param>
/// <param name="Usage">Tokens of all model calls together, failed attempts too; a count one of them did not tell is null.</param>
/// <param name="CostUsd">What all model calls cost together; null when one of them is unknown.</param>
public sealed record RunEnded(
    string State, string? Reason, long? OutputFrom, string? Output, string? Error, string? Thinking, int ToolCalls, int Turns, ModelUsage? Usage, DateTimeOffset StartedAt, long DurationMs,
    IReadOnlyList<string>? OutcomeUnknown = null, decimal? CostUsd = null) : RunEvent
{
    [JsonIgnore]
    public override Durability Durability => Durability.Synced;
}

/// <summary>One line of <c>events.jsonl</c>, its position in the run and its own hash.</summary>
public sealed record JournalEntry(long Seq, DateTimeOffset Ts, RunEvent Event, string Hash);

/// <summary>
/// The names on disk are a contract: snake case, nothing null. Reading is strict about nothing unknown, so that an older
/// program can still show a newer journal's known fields.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunEvent))]
sealed partial class RunEventJson : JsonSerializerContext
{
    /// <summary>
    /// The event as one JSON object with its name first. Written by its own type: letting the serializer find the type out
    /// costs 3 ms at every start. A test compares both ways for every event.
    /// </summary>
    public static byte[] Write(LineFields into, RunEvent happened)
    {
        switch (happened)
        {
            case RunCreated e: JsonSerializer.Serialize(into.Json, e, Default.RunCreated); return into.FinishAfter("\"event\":\"run.created\""u8);
            case RunRequeued e: JsonSerializer.Serialize(into.Json, e, Default.RunRequeued); return into.FinishAfter("\"event\":\"run.requeued\""u8);
            case RunStarted e: JsonSerializer.Serialize(into.Json, e, Default.RunStarted); return into.FinishAfter("\"event\":\"run.started\""u8);
            case PromptAssembled e: JsonSerializer.Serialize(into.Json, e, Default.PromptAssembled); return into.FinishAfter("\"event\":\"prompt.assembled\""u8);
            case ToolsOffered e: JsonSerializer.Serialize(into.Json, e, Default.ToolsOffered); return into.FinishAfter("\"event\":\"tools.offered\""u8);
            case ModelRequested e: JsonSerializer.Serialize(into.Json, e, Default.ModelRequested); return into.FinishAfter("\"event\":\"model.requested\""u8);
            case ModelText e: JsonSerializer.Serialize(into.Json, e, Default.ModelText); return into.FinishAfter("\"event\":\"model.text\""u8);
            case ModelAnswered e: JsonSerializer.Serialize(into.Json, e, Default.ModelAnswered); return into.FinishAfter("\"event\":\"model.answered\""u8);
            case ModelFailed e: JsonSerializer.Serialize(into.Json, e, Default.ModelFailed); return into.FinishAfter("\"event\":\"model.failed\""u8);
            case HistoryReplayed e: JsonSerializer.Serialize(into.Json, e, Default.HistoryReplayed); return into.FinishAfter("\"event\":\"history.replayed\""u8);
            case GuidanceGiven e: JsonSerializer.Serialize(into.Json, e, Default.GuidanceGiven); return into.FinishAfter("\"event\":\"guidance.given\""u8);
            case ContextCompacted e: JsonSerializer.Serialize(into.Json, e, Default.ContextCompacted); return into.FinishAfter("\"event\":\"context.compacted\""u8);
            case ToolRequested e: JsonSerializer.Serialize(into.Json, e, Default.ToolRequested); return into.FinishAfter("\"event\":\"tool.call\""u8);
            case PolicyVerdict e: JsonSerializer.Serialize(into.Json, e, Default.PolicyVerdict); return into.FinishAfter("\"event\":\"policy.verdict\""u8);
            case ToolAnswered e: JsonSerializer.Serialize(into.Json, e, Default.ToolAnswered); return into.FinishAfter("\"event\":\"tool.result\""u8);
            case RunEnded e: JsonSerializer.Serialize(into.Json, e, Default.RunEnded); return into.FinishAfter("\"event\":\"run.ended\""u8);
            default: throw new NotSupportedException("an event of another program is never written");
        }
    }
}
