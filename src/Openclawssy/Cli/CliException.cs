namespace Openclawssy.Cli;

/// <summary>Something a person at the command line can act on: one sentence, and what to do next.</summary>
sealed class CliException(string message, string? nextStep, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public string? NextStep { get; } = nextStep;
    public int ExitCode { get; } = exitCode;

    public static CliException Usage(string message, string? nextStep) => new(message, nextStep, ExitCodes.Usage);
}
