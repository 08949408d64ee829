using System.Text.Json;
using System.Text.Json.Serialization;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>
/// A path an agent named, checked lexically once. It says nothing about what is on disk: only the workspace guard opens it,
/// beneath a directory handle, so holding one grants nothing.
/// </summary>
[JsonConverter(typeof(WorkspacePathJson))]
public sealed record WorkspacePath
{
    /// <summary>Longest path the kernel takes, in UTF-8 bytes including the final NUL (Linux PATH_MAX).</summary>
    public const int MaxBytes = 4096;

    WorkspacePath(string given, IReadOnlyList<string> parts, bool isAbsolute) => (Given, Parts, IsAbsolute) = (given, parts, isAbsolute);

    /// <summary>The text as the agent wrote it; errors, results and the audit repeat it.</summary>
    public string Given { get; }

    /// <summary>Its components without empty ones and <c>.</c>; empty means the workspace itself.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>True for a path that began with <c>/</c>; the guard accepts it only below the workspace's own address.</summary>
    public bool IsAbsolute { get; }

    /// <exception cref="ToolException"><c>tool.input_invalid</c> for what is no path at all, <c>policy.denied</c> for a path that tries to leave.</exception>
    public static WorkspacePath Parse(string text)
    {
        if (text.Length == 0) throw ToolException.InvalidInput("the path is empty; use \".\" for the workspace itself");
        if (text.Contains('\0')) throw ToolException.InvalidInput("a path cannot contain a NUL character");
        if (!IsWellFormed(text)) throw ToolException.InvalidInput("the path is not valid Unicode");
        if (System.Text.Encoding.UTF8.GetByteCount(text) >= MaxBytes) throw ToolException.InvalidInput($"the path is longer than {MaxBytes - 1} bytes");
        if (text.Contains('\\')) throw ToolException.Denied("a backslash is not allowed in a workspace path; use '/'", text);
        if (text.Length >= 2 && text[1] == ':' && char.IsAsciiLetter(text[0])) throw ToolException.Denied("drive letters are not allowed in a workspace path", text);

        var parts = new List<string>();
        foreach (var part in text.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part == "..") throw ToolException.Denied("\"..\" is not allowed in a workspace path; name the file from the workspace's root", text);
            parts.Add(part);
        }
        return new(text, parts, text[0] == '/');
    }

    static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }
        return true;
    }

    public bool Equals(WorkspacePath? other) => other is not null && Given == other.Given;
    public override int GetHashCode() => Given.GetHashCode(StringComparison.Ordinal);
    public override string ToString() => Given;
}

/// <summary>Lets an input record say <see cref="WorkspacePath"/>: parsing the call parses the path.</summary>
public sealed class WorkspacePathJson : JsonConverter<WorkspacePath>
{
    public override WorkspacePath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? WorkspacePath.Parse(reader.GetString()!) : throw new JsonException("expected a string");

    public override void Write(Utf8JsonWriter writer, WorkspacePath value, JsonSerializerOptions options) => writer.WriteStringValue(value.Given);
}
