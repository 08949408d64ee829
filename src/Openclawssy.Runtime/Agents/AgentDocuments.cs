using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Agents;

/// <param name="Name">File name, for example <c>SOUL.md</c>.</param>
/// <param name="Cut">True when the file is longer than what is shown.</param>
public sealed record AgentDocument(string Name, string Content, bool Cut = false);

/// <summary>The six texts a person writes for an agent. The agent reads them with every run and cannot write them.</summary>
public static class AgentDocuments
{
    /// <summary>Most bytes of one document that a prompt shows.</summary>
    public const int MaxShownBytes = 16 * 1024;

    /// <summary>Largest document that is read at all, in bytes; a larger one stops the run rather than being half obeyed.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>In the order a prompt has them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["SOUL.md", "RULES.md", "TOOLS.md", "SPECPLAN.md", "DEVPLAN.md", "HANDOFF.md"];

    /// <summary>Writes the default texts. Returns the names written; what is there is kept unless <paramref name="force"/>.</summary>
    /// <param name="tools">Names of the tools a new agent has, for <c>TOOLS.md</c>.</param>
    public static IReadOnlyList<string> Create(AgentFolder folder, IEnumerable<string> tools, bool force)
    {
        folder.Ensure();
        var written = new List<string>();
        foreach (var (name, text) in DefaultTexts.All(tools))
        {
            var content = Encoding.UTF8.GetBytes(text);
            if (force) DurableFile.Replace(folder.Document(name), content);
            else if (!DurableFile.CreateNew(folder.Document(name), content)) continue;
            written.Add(name);
        }
        return written;
    }

    /// <summary>The documents for a prompt, in order; a missing one is left out.</summary>
    /// <exception cref="IOException">One is there and cannot be read: an agent without its rules must not run.</exception>
    public static IReadOnlyList<AgentDocument> Read(AgentFolder folder)
    {
        var documents = new List<AgentDocument>();
        foreach (var name in Names)
            if (DurableFile.ReadOrNull(folder.Document(name), MaxFileBytes) is { } content) documents.Add(Shown(name, content));
        return documents;
    }

    /// <summary>A whole document, or null when it is missing.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public static byte[]? ReadWhole(AgentFolder folder, string name) => DurableFile.ReadOrNull(folder.Document(name), MaxFileBytes);

    /// <summary>Replaces a document; on disk when this returns. For people only: no tool comes here.</summary>
    public static void Write(AgentFolder folder, string name, ReadOnlySpan<byte> content) => DurableFile.Replace(folder.Document(name), content);

    static AgentDocument Shown(string name, ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
        var end = Math.Min(content.Length, MaxShownBytes);
        // Never cut inside a character: step back over continuation bytes to where one begins.
        if (end < content.Length)
            for (var steps = 0; steps < 3 && (content[end] & 0xC0) == 0x80; steps++) end--;
        return new(name, Encoding.UTF8.GetString(content[..end]), end < content.Length);
    }
}
