using System.Globalization;
using Openclawssy.Runtime.Journal;

namespace Openclawssy.Cli;

/// <summary>
/// Shows a run while it happens: the answer's text on standard output as it arrives, tool activity dimly on standard error.
/// A reader of the journal: what it shows is already written.
/// </summary>
sealed class TerminalView(CommandContext context) : IJournalListener
{
    bool midLine;

    /// <summary>True when the answer's last turn was shown, whole, while it came in; it need not be printed again.</summary>
    public bool HasShownAnswer { get; private set; }

    public void Hear(RunCreated run, JournalEntry entry)
    {
        switch (entry.Event)
        {
            case ModelRequested { Purpose: null }:
                HasShownAnswer = false;
                break;
            case ModelText { Purpose: null } text:
                context.Out.Write(TerminalText.Block(text.Text));
                midLine = !text.Text.EndsWith('\n');
                HasShownAnswer = true;
                break;
            case ModelAnswered:
                EndLine();
                break;
            case ToolAnswered result:
                context.Dim($"  {result.Tool}: {result.Summary}");
                break;
            case ModelFailed failure:
                EndLine();
                context.Dim($"  model: {failure.Message}{(HasShownAnswer ? "; the text above is not the whole answer" : "")}{Following(failure)}");
                HasShownAnswer = false;
                break;
        }
    }

    static string Following(ModelFailed failure) => failure.Next switch
    {
        null => "",
        "retry" => string.Create(CultureInfo.InvariantCulture, $"; trying again in {(failure.WaitMs ?? 0) / 1000.0:0.0} s"),
        _ when failure.Next.StartsWith("fallback ", StringComparison.Ordinal) => $"; asking {failure.Next["fallback ".Length..]} instead",
        _ => $"; going on with {failure.Next}",
    };

    void EndLine()
    {
        if (midLine) context.Out.WriteLine();
        midLine = false;
    }
}
