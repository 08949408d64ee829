using Microsoft.Extensions.AI;

namespace Openclawssy.Runtime.Models;

/// <summary>
/// Tool names on the wire, where only letters, digits, <c>_</c> and <c>-</c> are legal. A tool's name never holds a hyphen,
/// so dot to hyphen can be undone exactly.
/// </summary>
public static class ToolNames
{
    /// <summary>Longest function name servers take, in characters.</summary>
    public const int MaxWireLength = 64;

    /// <summary>A legal wire name for any text: a model may have made up a name, and the history must still be sendable.</summary>
    public static string ToWire(string name)
    {
        if (name.Length == 0) return "_";
        return string.Create(Math.Min(name.Length, MaxWireLength), name, static (wire, name) =>
        {
            for (var i = 0; i < wire.Length; i++)
                wire[i] = name[i] is '.' ? '-' : char.IsAsciiLetterOrDigit(name[i]) || name[i] is '_' or '-' ? name[i] : '_';
        });
    }

    /// <summary>The offered tool's (or alias's) own name; a name nobody offered stays as it came.</summary>
    public static string FromWire(string wireName, IEnumerable<AITool>? offered)
    {
        foreach (var tool in offered ?? [])
        {
            if (Means(wireName, tool.Name)) return tool.Name;
            if (tool is not ModelTool { Aliases: { Count: > 0 } aliases }) continue;
            foreach (var alias in aliases)
                if (Means(wireName, alias)) return alias;
        }
        return wireName;
    }

    static bool Means(string wireName, string name)
    {
        if (wireName.Length != name.Length) return false;
        for (var i = 0; i < name.Length; i++)
            if (wireName[i] != name[i] && !(name[i] == '.' && wireName[i] == '-')) return false;
        return true;
    }
}
