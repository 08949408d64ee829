namespace Openclawssy.Launcher;

/// <summary>A step towards the command failed, so the command does not run.</summary>
sealed class StageException(string step, int error) : Exception
{
    /// <summary>A word of the launcher's, such as <c>landlock</c> or <c>execve</c>.</summary>
    public string Step { get; } = step;

    /// <summary>The kernel's error number.</summary>
    public int Error { get; } = error;
}
