using System.Text;

namespace Openclawssy.Cli;

/// <summary>What the program finds around itself when it starts; a test hands over its own.</summary>
/// <param name="OpenInput">Standard input, opened only when somebody wants to read it.</param>
/// <param name="Variable">Reads one environment variable.</param>
/// <param name="AskHidden">Asks the person at the terminal something that is not shown while it is typed; null when standard input is no terminal.</param>
sealed record Surroundings(
    TextWriter Out, TextWriter Error, Func<Stream> OpenInput, bool InputIsTerminal, bool OutputIsTerminal, bool ErrorIsTerminal,
    string CurrentFolder, Func<string, string?> Variable, Func<string, byte[]?> AskHidden)
{
    public static Surroundings OfProcess() => new(
        Writer(Console.OpenStandardOutput()), Writer(Console.OpenStandardError()), Console.OpenStandardInput,
        !Console.IsInputRedirected, !Console.IsOutputRedirected, !Console.IsErrorRedirected,
        Environment.CurrentDirectory, Environment.GetEnvironmentVariable, HiddenInput.Ask);

    // Console.Out would look at the terminal's encoding and start-up would pay for it; we always write UTF-8. One line at a time:
    // a gateway's log, its reports and its last words come from different threads.
    static TextWriter Writer(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" });
}
