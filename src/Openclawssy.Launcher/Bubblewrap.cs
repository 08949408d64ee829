using System.Globalization;

namespace Openclawssy.Launcher;

/// <summary>The command line of bubblewrap for one request, and the descriptors its mounts are taken from.</summary>
sealed class Bubblewrap
{
    /// <summary>Where the launcher itself is found inside.</summary>
    public const string Self = "/.openclawssy-launcher";

    const string Nobody = "65534";
    const int FirstDescriptor = 20;

    /// <summary>More names than this are not held by mounts; the program looks at all of them afterwards.</summary>
    public const int MostMounts = 64;

    readonly List<string> words = [];
    readonly List<(int From, int To)> descriptors = [];

    public IReadOnlyList<string> Words => words;
    public IReadOnlyList<(int From, int To)> Descriptors => descriptors;

    /// <exception cref="StageException">The workspace cannot be opened.</exception>
    public static Bubblewrap For(LaunchRequest request, int self)
    {
        var line = new Bubblewrap();
        // A user namespace is asked for by name: bubblewrap leaves it out for root, who would keep capabilities inside.
        line.Add(request.Bubblewrap, "--unshare-all", "--unshare-user", "--uid", Nobody, "--gid", Nobody, "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--clearenv");
        line.Show(request.ReadOnly);
        line.Add("--proc", "/proc", "--dev", "/dev");
        line.Add("--size", (request.Limits.MemoryBytes / 4).ToString(CultureInfo.InvariantCulture), "--tmpfs", request.Temporary);
        line.Add("--bind", request.Workspace, request.Workspace);
        line.Hold(request);
        line.Add("--ro-bind", line.Give(self), Self, "--remount-ro", "/", "--", Self, "--inner");
        return line;
    }

    // Each mount costs a look at all others. What lies in a folder that is shown is there already, and a link into one (/bin on most systems) is made as a link.
    void Show(IReadOnlyList<string> addresses)
    {
        var links = addresses.Distinct(StringComparer.Ordinal).ToDictionary(address => address, Libc.LinkTarget, StringComparer.Ordinal);
        var folders = links.Keys.Where(address => links[address] is null).ToList();
        foreach (var (address, target) in links)
        {
            if (IsBelow(address, folders)) continue;
            if (target is not null && IsBelow(target.StartsWith('/') ? target : $"{address[..address.LastIndexOf('/')]}/{target}", folders)) Add("--symlink", target, address);
            else Add("--ro-bind-try", address, address);
        }
    }

    static bool IsBelow(string address, List<string> folders) =>
        Array.IndexOf(address.Split('/'), "..") < 0 && folders.Exists(folder => address.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal) && address.Length > folder.Length);

    void Hold(LaunchRequest request)
    {
        var workspace = Libc.Open(request.Workspace, Libc.PathOnly | Libc.Directory);
        if (workspace < 0) throw new StageException("workspace", -workspace);
        var left = MostMounts;
        foreach (var name in request.Held)
        {
            if (left-- <= 0) return;
            // Opened beneath the workspace without links, and bound by descriptor: a name swapped for a link cannot bring something from outside in.
            var opened = Libc.OpenBeneath(workspace, name, Libc.PathOnly);
            if (opened >= 0) Add("--ro-bind", Give(opened), $"{request.Workspace}/{name}");
        }
        foreach (var name in request.Masked)
        {
            if (left-- <= 0) return;
            // An empty folder nobody can write into. Where nothing stands yet, bubblewrap makes the place; the program takes an empty one away again.
            Add("--tmpfs", $"{request.Workspace}/{name}", "--remount-ro", $"{request.Workspace}/{name}");
        }
        Libc.close(workspace);
    }

    string Give(int descriptor)
    {
        var number = FirstDescriptor + descriptors.Count;
        descriptors.Add((Spawn.Aside(descriptor), number));
        return $"/proc/self/fd/{number}";
    }

    void Add(params ReadOnlySpan<string> more) => words.AddRange(more);
}
