using System.Text;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Tests.Workspaces;

/// <summary>
/// A workspace, a state folder beside it and a place outside with canaries. In memory where there is a memory file system, so
/// that long campaigns do not wait for a disk.
/// </summary>
sealed class Playground : IDisposable
{
    public const string Secret = "CANARY-SECRET";

    public static readonly string[] Protected =
        [".git/config", ".git/hooks", ".openclawssy", ".vscode", ".envrc", "SOUL.md", "RULES.md", "TOOLS.md", "SPECPLAN.md", "DEVPLAN.md", "HANDOFF.md"];

    readonly string top;

    public Playground(bool fallback = false, bool onDisk = false)
    {
        top = Path.Combine(!onDisk && Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "openclawssy-test-" + Path.GetRandomFileName());
        (Root, State, Outside) = (Path.Combine(top, "ws"), Path.Combine(top, "inst", ".openclawssy"), Path.Combine(top, "outside"));
        foreach (var folder in new[] { Root, State, Outside }) Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(Outside, "canary.txt"), Secret);
        Fallback = fallback;
        Workspace = Open();
    }

    public string Root { get; }
    public string State { get; }
    public string Outside { get; }
    public bool Fallback { get; }
    public Workspace Workspace { get; private set; }
    public IWorkspaceFiles Files => Workspace.Files;
    public IWorkspaceEdits Edits => Workspace.EditsFor(Permit());

    public string this[string relative] => Path.Combine(Root, relative);

    public static Permit Permit(Reach reach = Reach.WritesFiles) => new(AgentId.Parse("ada"), RunId.Parse("run_1_a"), "call_1", "fs.write", reach);

    public static WorkspacePath At(string path) => WorkspacePath.Parse(path);

    public Workspace Open() => Workspace.Open(Root, State, new(Protected, RequireKernelContainment: false), Fallback);

    public void Reopen()
    {
        Workspace.Dispose();
        Workspace = Open();
    }

    public string Put(string relative, string content = "inside")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative])!);
        File.WriteAllText(this[relative], content);
        return this[relative];
    }

    /// <summary>Names, kinds and contents of everything outside the workspace.</summary>
    public string SnapshotOutside() => Snapshot(Outside);

    /// <summary>The same of the workspace, unfinished things and all.</summary>
    public string SnapshotInside() => Snapshot(Root);

    public string[] Unfinished() => Directory.GetFileSystemEntries(Root, ".openclawssy-tmp-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });

    static string Snapshot(string folder)
    {
        var text = new StringBuilder();
        foreach (var entry in new DirectoryInfo(folder).GetFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            text.Append(entry.FullName).Append(' ').Append(entry.Attributes.HasFlag(FileAttributes.Directory)).Append(' ').Append(entry.LinkTarget);
            if (entry.LinkTarget is null && entry is FileInfo { Length: < 1 << 20 } file && !file.Attributes.HasFlag(FileAttributes.Device) && file.UnixFileMode != UnixFileMode.None) text.Append(' ').Append(file.Length).Append(' ').Append(Content(file));
            text.Append('\n');
            if (entry is DirectoryInfo && entry.LinkTarget is null) text.Append(Snapshot(entry.FullName));
        }
        return text.ToString();
    }

    // A pipe has length 0 and must not be opened.
    static string Content(FileInfo file) => file.Length == 0 ? "" : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.FullName)));

    public void Dispose()
    {
        Workspace.Dispose();
        Directory.Delete(top, recursive: true);
    }
}
