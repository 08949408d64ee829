using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>A set of tools by name. Two tools that claim one name, or a name the wire cannot carry, are refused when it is made.</summary>
public sealed class ToolCatalog
{
    readonly FrozenDictionary<string, Tool> byName;
    readonly Lazy<string> hash;
    readonly Func<string, string?> publishedSchema;

    /// <param name="publishedSchema">The schema of a tool as the build wrote it down, by name; deriving one costs about a millisecond.</param>
    public ToolCatalog(IEnumerable<Tool> tools, Func<string, string?>? publishedSchema = null)
    {
        this.publishedSchema = publishedSchema ?? (_ => null);
        All = [.. tools.OrderBy(tool => tool.Name, StringComparer.Ordinal)];
        var names = new Dictionary<string, Tool>(StringComparer.Ordinal);
        foreach (var tool in All)
            foreach (var name in tool.Aliases.Prepend(tool.Name))
            {
                if (!IsName(name)) throw new ArgumentException($"\"{name}\" is no tool name: lower-case words of letters, digits and '_', joined by dots", nameof(tools));
                if (!names.TryAdd(name, tool)) throw new ArgumentException($"the tools {names[name].Name} and {tool.Name} both claim the name \"{name}\"", nameof(tools));
            }
        byName = names.ToFrozenDictionary(StringComparer.Ordinal);
        hash = new(Hash);
    }

    /// <summary>All of them in ordinal order of their names.</summary>
    public IReadOnlyList<Tool> All { get; }

    /// <summary>
    /// SHA-256, in lower-case hex, over name, description and schema of every tool in order: what a model was offered.
    /// Worked out when first asked for.
    /// </summary>
    public string CatalogueHash => hash.Value;

    /// <summary>The tool with this name or alias, or null.</summary>
    public Tool? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The part of the catalogue an agent is shown.</summary>
    public ToolCatalog Only(Func<Tool, bool> offered) => new(All.Where(offered), publishedSchema);

    /// <summary>The schema a model is shown, as JSON text.</summary>
    public string SchemaOf(Tool tool) => publishedSchema(tool.Name) ?? tool.InputSchema.GetRawText();

    static bool IsName(string name) => name.Length is > 0 and <= 64 && name.Split('.').All(word =>
        word.Length > 0 && char.IsAsciiLetterLower(word[0]) && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'));

    string Hash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var tool in All)
            foreach (var text in new[] { tool.Name, tool.Description, SchemaOf(tool) })
            {
                // Lengths first, so that no two catalogues give the same bytes.
                var bytes = Encoding.UTF8.GetBytes(text);
                BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
                sha.AppendData(length);
                sha.AppendData(bytes);
            }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
