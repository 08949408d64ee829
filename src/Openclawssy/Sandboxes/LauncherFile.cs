namespace Openclawssy.Sandboxes;

/// <summary>The launcher beside the program, trusted only when nobody else could have put it there.</summary>
static class LauncherFile
{
    public const string Name = "openclawssy-launcher";

    public static string Address => Path.Combine(AppContext.BaseDirectory, Name);

    /// <summary>Why it cannot be used, or null.</summary>
    public static string? Complain(string address)
    {
        if (Native.Look(address) is not { } file) return $"the launcher {address} is missing; `make build` puts it beside the program";
        if (!file.IsFile || !file.IsExecutable) return $"the launcher {address} is no program";
        if ((file.User != 0 && file.User != Native.User) || (file.Mode & 0x12) != 0)
            return $"the launcher {address} can be changed by others; it must belong to root or to you and be writable by its owner alone (chmod go-w)";
        return null;
    }
}
