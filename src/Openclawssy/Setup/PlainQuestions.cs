using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Openclawssy.Cli;

namespace Openclawssy.Setup;

/// <summary>Numbered choices and lines: for pipes, for terminals that can do no more, and for people who prefer it.</summary>
sealed class PlainQuestions(Surroundings surroundings) : IQuestions, IDisposable
{
    const int MaxLine = 64 * 1024;

    readonly Lazy<Stream> input = new(surroundings.OpenInput);

    public void Say(string text)
    {
        foreach (var line in text.Split('\n')) surroundings.Error.WriteLine(TerminalText.Line(line));
    }

    public async Task<int> ChooseAsync(string question, IReadOnlyList<Choice> choices, int preset, CancellationToken cancellationToken)
    {
        Say(question);
        for (var i = 0; i < choices.Count; i++) Say($"  {i + 1}) {choices[i].Label}{(choices[i].Explanation.Length == 0 ? "" : $": {choices[i].Explanation}")}");
        var answer = await TextAsync("number", (preset + 1).ToString(CultureInfo.InvariantCulture), text => Number(text, choices.Count) is null ? $"choose 1 to {choices.Count}" : null, cancellationToken);
        return Number(answer, choices.Count)!.Value - 1;
    }

    static int? Number(string text, int most) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;

    public async Task<string> TextAsync(string question, string preset, Func<string, string?> complaint, CancellationToken cancellationToken)
    {
        while (true)
        {
            surroundings.Error.Write(TerminalText.Line(preset.Length == 0 ? $"{question}: " : $"{question} [{preset}]: "));
            var line = Encoding.UTF8.GetString(await LineAsync(question, cancellationToken)).Trim();
            var answer = line.Length == 0 ? preset : line;
            if (complaint(answer) is not { } problem) return answer;
            Say($"  {problem}");
        }
    }

    public async Task<byte[]> HiddenAsync(string question, Func<byte[], string?> complaint, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!surroundings.InputIsTerminal) surroundings.Error.Write($"{question}: ");
            var answer = surroundings.InputIsTerminal ? surroundings.AskHidden($"{question}: ") ?? throw Ended(question) : await LineAsync(question, cancellationToken);
            if (complaint(answer) is not { } problem) return answer;
            CryptographicOperations.ZeroMemory(answer);
            Say($"  {problem}");
        }
    }

    public void Dispose()
    {
        if (input.IsValueCreated) input.Value.Dispose();
    }

    // A read of a terminal cannot be interrupted, so it is left behind when the person presses Ctrl-C.
    Task<byte[]> LineAsync(string question, CancellationToken cancellationToken) => Task.Run(() => ReadLine(question), cancellationToken).WaitAsync(cancellationToken);

    // Byte by byte: what follows the line belongs to the next question, which may be a hidden one with its own way of reading.
    byte[] ReadLine(string question)
    {
        var line = GC.AllocateArray<byte>(MaxLine, pinned: true);
        try
        {
            for (var length = 0; ;)
            {
                var next = input.Value.ReadByte();
                if (next < 0 && length == 0) throw Ended(question);
                if (next is '\n' or < 0) return [.. line.AsSpan(0, length > 0 && line[length - 1] == '\r' ? length - 1 : length)];
                if (length == line.Length) throw CliException.Usage($"the answer to \"{question}\" is longer than {MaxLine} bytes; nothing was written", null);
                line[length++] = (byte)next;
            }
        }
        finally { CryptographicOperations.ZeroMemory(line); }
    }

    static CliException Ended(string question) => CliException.Usage(
        $"the answers ended at \"{question}\"; nothing was written", "answer every question, or give the answers as options with --yes: `openclawssy setup --help`");
}
