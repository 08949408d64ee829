using System.Text.Json;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tests.Policy;

/// <summary>A tool that is only a name: all that policy looks at.</summary>
sealed class NamedTool(string name) : Tool
{
    public override string Name => name;
    public override string Description => "";
    public override JsonElement InputSchema => default;
    public override IReadOnlySet<string> SensitiveFields => new HashSet<string>();
    public override ToolCall Parse(ReadOnlyMemory<byte> inputJson) => throw new NotSupportedException();
}
