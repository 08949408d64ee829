namespace Openclawssy.Tests.WallTests;

/// <summary>Which part of an assembly a type belongs to, told from its full name.</summary>
static class WallParts
{
    const string Runtime = "Openclawssy.Runtime.";

    /// <summary>The room of a runtime type; empty for what the compiler put beside the rooms.</summary>
    public static string Room(string type)
    {
        if (!type.StartsWith(Runtime, StringComparison.Ordinal)) return "";
        var rest = type[Runtime.Length..];
        return rest.IndexOf('.') is var dot and > 0 ? rest[..dot] : "";
    }

    /// <summary>The key into <see cref="Walls.Generated"/>; no person can write a type with one of these names into C#, or review sees the namespace.</summary>
    public static string GeneratedPart(string type) =>
        type.StartsWith("System.Text.RegularExpressions.Generated.", StringComparison.Ordinal) ? "System.Text.RegularExpressions.Generated" : type;
}
