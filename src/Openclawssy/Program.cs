using Openclawssy.Cli;

// Asking for the version must stay instant: nothing else is loaded for it.
if (args is ["version" or "--version" or "-version"])
{
    using var output = Console.OpenStandardOutput();
    output.Write(System.Text.Encoding.UTF8.GetBytes(VersionText.Line + "\n"));
    return ExitCodes.Ok;
}
return await CommandLine.RunAsync(args, Surroundings.OfProcess());
