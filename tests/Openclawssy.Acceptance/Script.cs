namespace Openclawssy.Acceptance;

/// <param name="Line">Counted from 1.</param>
/// <param name="Negated">The statement began with <c>!</c>.</param>
/// <param name="Rest">What follows the verb, as it stands.</param>
sealed record Statement(int Line, bool Negated, string Verb, string Rest)
{
    public override string ToString() => $"line {Line}: {(Negated ? "! " : "")}{Verb} {Rest}";
}

/// <summary>One story: a file of statements, one a line; README.md beside the scripts explains the words.</summary>
sealed record Script(string Name, IReadOnlyList<Statement> Statements)
{
    static readonly string folder = Path.Combine(AppContext.BaseDirectory, "Scripts");

    public bool NeedsModel => Statements.Any(statement => statement is { Verb: "model", Rest: not "silent" });

    /// <summary>Programs the story cannot be told without.</summary>
    public IEnumerable<string> Needs => Statements.Where(statement => statement.Verb == "needs").Select(statement => statement.Rest);

    public static IEnumerable<string> Names => Directory.EnumerateFiles(folder, "*.script").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static Script Load(string name) => Parse(name, File.ReadAllLines(Path.Combine(folder, $"{name}.script")));

    public static Script Parse(string name, IReadOnlyList<string> lines)
    {
        var statements = new List<Statement>();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            var negated = line.StartsWith("! ", StringComparison.Ordinal);
            if (negated) line = line[2..].TrimStart();
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            statements.Add(new(i + 1, negated, space < 0 ? line : line[..space], space < 0 ? "" : line[(space + 1)..].TrimStart()));
        }
        return new(name, statements);
    }
}
