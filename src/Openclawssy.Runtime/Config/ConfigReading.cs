using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Openclawssy.Runtime.Config;

/// <summary>The reading of one file: collects what is wrong with it and remembers where each key stood.</summary>
sealed class ConfigReading(string file, ReadOnlyMemory<byte> text)
{
    /// <summary>More than a person will read at once; a hostile file gets no more work out of us.</summary>
    const int MaxProblems = 50;

    readonly List<ConfigProblem> problems = [];
    readonly List<ConfigProblem> warnings = [];
    readonly HashSet<string> faulty = [];
    readonly Dictionary<string, int> places = [];
    readonly List<(string Path, int Offset, FeatureStatus Status)> idle = [];
    int dropped;

    public bool IsUsable => problems.Count == 0;

    public void Place(string path, int offset) => places[path] = offset;

    public void Problem(string path, int offset, ConfigFault fault, string message)
    {
        if (problems.Count == MaxProblems)
        {
            dropped++;
            return;
        }
        faulty.Add(path);
        problems.Add(new(file, LineAt(offset), path, fault, Shown.Sentence(message)));
    }

    /// <summary>A key nobody knows. The guess at what was meant is not made for the ten-thousandth.</summary>
    public void Unknown(string name, string section, int offset, IEnumerable<string> known)
    {
        if (problems.Count == MaxProblems) dropped++;
        else Problem(ConfigPath.Join(section, name), offset, ConfigFault.UnknownKey, UnknownKey.Describe(name, section, known));
    }

    /// <summary>A problem between keys. Said only when the keys it is about were read without fault.</summary>
    public void Refuse(string path, ConfigFault fault, string message, params ReadOnlySpan<string> alsoAbout)
    {
        if (faulty.Contains(path)) return;
        foreach (var other in alsoAbout)
            if (faulty.Contains(other)) return;
        Problem(path, PlaceOf(path), fault, message);
    }

    public void Warn(string path, string message, ConfigFault fault = ConfigFault.Rule)
    {
        if (warnings.Count < MaxProblems) warnings.Add(new(file, LineAt(PlaceOf(path)), path, fault, Shown.Sentence(message)));
    }

    /// <summary>Notes a key that nothing reads in this version.</summary>
    public void Idle(string path, FeatureStatus status)
    {
        if (idle.Count < MaxProblems) idle.Add((path, PlaceOf(path), status));
    }

    /// <summary>The text the reader stands on. A lone half of a surrogate pair is no text.</summary>
    public bool TryText(ref Utf8JsonReader reader, string path, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            Problem(path, (int)reader.TokenStartIndex, ConfigFault.Value, $"{(path.Length == 0 ? "a key" : path)} is not valid Unicode");
            text = null;
            return false;
        }
    }

    public ConfigLoad Finish(OpenclawssyConfig config, bool exists)
    {
        foreach (var section in idle.GroupBy(key => (Section: key.Path.Split('.', '[')[0], key.Status)))
        {
            var keys = string.Join(", ", section.Select(key => key.Path));
            warnings.Add(new(file, LineAt(section.First().Offset), section.First().Path, ConfigFault.NotBuilt,
                Shown.Sentence($"{keys} {(section.Count() == 1 ? "has" : "have")} no effect: this version does not have that feature yet")));
        }
        // The faults of the text come in its order; rules between keys are sorted in among them.
        var sorted = problems.OrderBy(problem => problem.Line == 0 ? int.MaxValue : problem.Line).ToList();
        if (dropped > 0) sorted.Add(new(file, 0, "", ConfigFault.Value, $"and {dropped} more problems"));
        return new(file, IsUsable ? config : null, exists, sorted, [.. warnings.OrderBy(warning => warning.Line)]);
    }

    /// <summary>Where a key stands, or the section around it; -1 when the file does not speak of either.</summary>
    int PlaceOf(string path)
    {
        for (; ; )
        {
            if (places.TryGetValue(path, out var offset)) return offset;
            var cut = path.LastIndexOfAny(['.', '[']);
            if (cut <= 0) return -1;
            path = path[..cut];
        }
    }

    int LineAt(int offset) => offset < 0 ? 0 : 1 + text.Span[..Math.Min(offset, text.Length)].Count((byte)'\n');
}
