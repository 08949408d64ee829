using Openclawssy.Cli;
using Spectre.Console;

namespace Openclawssy.Setup;

/// <summary>Choices with the arrow keys, on a terminal that can. Lines and hidden answers are read as everywhere else.</summary>
sealed class SpectreQuestions(Surroundings surroundings, PlainQuestions plain) : IQuestions
{
    const int PageSize = 12;

    readonly IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(surroundings.Error), Interactive = InteractionSupport.Yes });

    public void Say(string text)
    {
        foreach (var line in text.Split('\n')) console.MarkupLine($"[grey]{Safe(line)}[/]");
    }

    public async Task<int> ChooseAsync(string question, IReadOnlyList<Choice> choices, int preset, CancellationToken cancellationToken)
    {
        var prompt = new SelectionPrompt<int>
        {
            Title = $"[bold]{Safe(question)}[/]",
            PageSize = PageSize,
            MoreChoicesText = "[grey](more below)[/]",
            Converter = at => choices[at].Explanation.Length == 0 ? Safe(choices[at].Label) : $"{Safe(choices[at].Label)} [grey]{Safe(choices[at].Explanation)}[/]",
        };
        prompt.AddChoices(Enumerable.Range(0, choices.Count)).DefaultValue(preset);
        int chosen;
        try { chosen = await prompt.ShowAsync(console, cancellationToken); }
        catch
        {
            // The library hides it while one chooses, and leaves it so when the choosing is broken off.
            console.Cursor.Show(true);
            throw;
        }
        console.MarkupLine($"[bold]{Safe(question)}[/] [green]{Safe(choices[chosen].Label)}[/]");
        return chosen;
    }

    public Task<string> TextAsync(string question, string preset, Func<string, string?> complaint, CancellationToken cancellationToken) => plain.TextAsync(question, preset, complaint, cancellationToken);

    public Task<byte[]> HiddenAsync(string question, Func<byte[], string?> complaint, CancellationToken cancellationToken) => plain.HiddenAsync(question, complaint, cancellationToken);

    static string Safe(string text) => Markup.Escape(TerminalText.Line(text));
}
