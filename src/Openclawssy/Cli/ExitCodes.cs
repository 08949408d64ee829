namespace Openclawssy.Cli;

/// <summary>What the program tells the shell. The table in docs/specs/CONTRACTS.md is the contract.</summary>
static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;

    /// <summary>Wrong usage, or a configuration that is refused: no run was made.</summary>
    public const int Usage = 2;

    /// <summary>The run stopped because a person must decide.</summary>
    public const int NeedsInput = 3;

    public const int AuditTornTail = 10;
    public const int AuditAltered = 11;
    public const int AuditTruncated = 12;

    public const int TimedOut = 124;

    /// <summary>128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;
}
