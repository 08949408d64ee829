using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>Which agents there are. Their names only, so it is the same for everybody who was granted the question.</summary>
public interface IAgentRecords
{
    /// <summary>In ordinal order.</summary>
    IReadOnlyList<AgentId> All();
}
