using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>A message that wants an answer, and who stands behind it.</summary>
/// <param name="Source">The way in: <c>cli.ask</c>, <c>cli.run</c>.</param>
/// <param name="Authority">Whose rights the run has.</param>
/// <param name="Session">The conversation it belongs to, or null. The run waits for its turn in it.</param>
/// <param name="Operator">The person at the command line, recorded; null elsewhere.</param>
/// <param name="Thinking">When its thinking is shown; null goes by the configuration.</param>
/// <param name="Key">The client's own name for the request, so that a repeated one makes no second run.</param>
/// <param name="Id">What the run is called, for who has to know before it exists; must be new. Null makes one.</param>
public sealed record RunRequest(
    AgentId Agent, string Message, string Source, Authority Authority, Provenance Origin, OperatorAtTerminal? Operator = null, SessionId? Session = null, ThinkingMode? Thinking = null, RequestKey? Key = null,
    RunId? Id = null);
