using System.Globalization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>Says in words what an answer of the kernel means for the one who asked, and what to do next.</summary>
static class Refusal
{
    /// <param name="asked">The path the agent gave.</param>
    /// <param name="action">What was being done, as in "cannot read".</param>
    public static ToolException Of(int error, WorkspacePath asked, string action)
    {
        return error switch
        {
            Errno.NoEntry => Missing(asked),
            Errno.NotFolder => ToolException.InvalidInput($"cannot {action} {Quoted(asked)}: a part of the path is not a folder", asked.Given),
            Errno.NameTooLong => ToolException.InvalidInput($"cannot {action} {Quoted(asked)}: a name in it is longer than 255 bytes", asked.Given),
            Errno.BadBytes => ToolException.InvalidInput($"cannot {action} {Quoted(asked)}: the file system does not take this name", asked.Given),
            Errno.IsFolder => IsFolder(asked, action),
            Errno.Loop => ThroughLink(asked),
            Errno.CrossesDevice => ToolException.Denied($"{Quoted(asked)} leaves the workspace or its file system", asked.Given),
            Errno.Again => ToolException.Denied($"{Quoted(asked)} could not be kept inside the workspace while folders were being renamed; try again", asked.Given),
            Errno.NoAccess or Errno.NotPermitted => Failed("the operating system does not permit it", false),
            Errno.NoSpace => Failed("the disk is full; free some space", true),
            Errno.Quota => Failed("the disk quota is used up; free some space", true),
            Errno.FileTooLarge => Failed("the file would be larger than the system permits", false),
            Errno.ReadOnly => Failed("the file system is read-only", false),
            Errno.InputOutput => Failed("the disk reported an input/output error", false),
            Errno.TooManyOpen or Errno.TooManyOpenHere => Failed("too many files are open; try again later", true),
            Errno.Busy => Failed("something is mounted there or it is in use", true),
            _ => Failed(string.Create(CultureInfo.InvariantCulture, $"the operating system answered with error {error}"), false),
        };

        ToolException Failed(string why, bool retryable) => ToolException.Failed($"cannot {action} {Quoted(asked)}: {why}", retryable, asked.Given);
    }

    public static ToolException Missing(WorkspacePath asked) =>
        ToolException.InvalidInput($"{Quoted(asked)} does not exist in the workspace; list the folder to see what is there", asked.Given);

    public static ToolException MissingFolder(WorkspacePath asked, IReadOnlyList<string> folder) =>
        ToolException.InvalidInput($"the folder \"{string.Join('/', folder)}\" for {Quoted(asked)} does not exist in the workspace; name a folder that exists", asked.Given);

    public static ToolException IsFolder(WorkspacePath asked, string action) =>
        ToolException.InvalidInput($"cannot {action} {Quoted(asked)}: it is a folder; name a file", asked.Given);

    public static ToolException ThroughLink(WorkspacePath asked) =>
        ToolException.Denied($"{Quoted(asked)} is or goes through a symbolic link; links are not followed in a workspace, name the real file", asked.Given);

    /// <summary>A refusal for what is no plain file of this workspace, or null when it is one.</summary>
    public static ToolException? UnlessPlainFile(in EntryStat stat, in EntryStat root, WorkspacePath asked, string action) => stat.Kind switch
    {
        EntryKind.Directory => IsFolder(asked, action),
        EntryKind.Link => ThroughLink(asked),
        EntryKind.Other => ToolException.Denied($"{Quoted(asked)} is a special file (pipe, socket or device); only regular files are touched", asked.Given),
        _ when !stat.IsOnMountOf(root) => Of(Errno.CrossesDevice, asked, action),
        _ when stat.HasOtherNames => ToolException.Denied($"{Quoted(asked)} has more than one hard link, so it may belong to something outside the workspace; copy it to a file of its own", asked.Given),
        _ => null,
    };

    public static string Quoted(WorkspacePath asked) => $"\"{asked.Given}\"";
}
