using System.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tests.Workspaces;

/// <summary>All ways to touch a file by a path an agent gave, so that one test can be turned on the guard and on a naive rival.</summary>
interface IOperations
{
    string Read(string path);
    void Write(string path, string content);
    void Append(string path, string content);
    void Edit(string path, Func<string, string> change);
    void Delete(string path);
    void Move(string source, string destination);
    IReadOnlyList<string> List(string path);

    /// <summary>The contents of all files below a path.</summary>
    IReadOnlyList<string> Search(string path);
}

sealed class GuardedOperations(Playground ground) : IOperations
{
    public string Read(string path) => Encoding.UTF8.GetString(ground.Files.Read(WorkspacePath.Parse(path), 0, 1 << 20, default).Bytes.Span);
    public void Write(string path, string content) => ground.Edits.Write(WorkspacePath.Parse(path), Encoding.UTF8.GetBytes(content), default);
    public void Append(string path, string content) => ground.Edits.Append(WorkspacePath.Parse(path), Encoding.UTF8.GetBytes(content), default);
    public void Edit(string path, Func<string, string> change) =>
        ground.Edits.Rewrite(WorkspacePath.Parse(path), 1 << 20, old => Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(old.Span))), default);
    public void Delete(string path) => ground.Edits.Delete(WorkspacePath.Parse(path), recursive: true, default);
    public void Move(string source, string destination) => ground.Edits.Move(WorkspacePath.Parse(source), WorkspacePath.Parse(destination), overwrite: true, default);
    public IReadOnlyList<string> List(string path) => [.. ground.Files.List(WorkspacePath.Parse(path), 1000, default).Entries.Select(entry => entry.Name)];
    public IReadOnlyList<string> Search(string path) =>
        [.. ground.Files.Walk(WorkspacePath.Parse(path), new(1000, 10_000, new HashSet<string>()), default).Select(file => Read(file.Path.Given))];
}

/// <summary>
/// The negative control: a check of the path's text, or of what it resolves to just now, and then the framework's calls on the
/// path. Three guards that were really shipped by somebody.
/// </summary>
sealed class NaiveOperations(string root, NaiveOperations.Check check) : IOperations
{
    public enum Check
    {
        /// <summary>The joined text begins with the root.</summary>
        Prefix,

        /// <summary>The same after taking out <c>..</c>.</summary>
        Normalised,

        /// <summary>The same after resolving links, and then the path is used again.</summary>
        Resolved,
    }

    public string Read(string path) => File.ReadAllText(Guard(path));
    public void Write(string path, string content) => File.WriteAllText(Guard(path), content);
    public void Append(string path, string content) => File.AppendAllText(Guard(path), content);
    public void Edit(string path, Func<string, string> change)
    {
        var full = Guard(path);
        File.WriteAllText(full, change(File.ReadAllText(full)));
    }

    public void Delete(string path) => File.Delete(Guard(path));
    public void Move(string source, string destination) => File.Move(Guard(source), Guard(destination), overwrite: true);
    public IReadOnlyList<string> List(string path) => [.. Directory.EnumerateFileSystemEntries(Guard(path)).Select(entry => Path.GetFileName(entry)!)];
    public IReadOnlyList<string> Search(string path) => [.. Directory.EnumerateFiles(Guard(path), "*", SearchOption.AllDirectories).Select(File.ReadAllText)];

    string Guard(string path)
    {
        var joined = root + "/" + path;
        var judged = check switch
        {
            Check.Prefix => joined,
            Check.Normalised => Path.GetFullPath(joined),
            _ => Resolve(Path.GetFullPath(joined)),
        };
        return judged.StartsWith(root, StringComparison.Ordinal) ? joined : throw ToolException.Denied("outside");
    }

    static string Resolve(string path)
    {
        var at = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).ResolveLinkTarget(returnFinalTarget: true) is { } target) at = target.FullName;
        }
        return at;
    }
}
