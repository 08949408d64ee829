using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>Wishes the end of runs that go on or wait, and says which ones it reached.</summary>
/// <param name="which">Is asked about every run that has not ended.</param>
/// <param name="by">Who wishes it, for people.</param>
public delegate IReadOnlyList<RunId> StopRuns(Predicate<RunRequest> which, string by);

/// <summary>What the desk is handed.</summary>
/// <param name="Agents">The agents there are, in order.</param>
/// <param name="Rules">What a channel goes by now, read again for each message.</param>
/// <param name="Report">Where the operator hears about unexpected failures.</param>
public sealed record ChatParts(
    SessionStore Sessions, Func<IReadOnlyList<AgentId>> Agents, IRunIntake Intake, StopRuns Stop, Func<string, ChatRules> Rules, TimeProvider Clock, Action<string, Exception> Report);
