using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary>Tells a person the run's id and where its record lies as soon as it exists, so that a long run can be followed.</summary>
sealed class RunHeader(CommandContext context, string stateFolder) : IJournalListener
{
    public void Hear(RunCreated run, JournalEntry entry)
    {
        if (entry.Event is not RunCreated) return;
        context.Error.WriteLine($"run {run.RunId}");
        context.Error.WriteLine($"bundle: {new AgentFolder(stateFolder, AgentId.Parse(run.AgentId)).Run(RunId.Parse(run.RunId))}");
    }
}
