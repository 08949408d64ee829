using Openclawssy.Cli;

namespace Openclawssy.Setup;

/// <param name="Explanation">What choosing it means; may be empty.</param>
sealed record Choice(string Label, string Explanation = "");

/// <summary>How the wizard talks to a person. Every question has an answer that Enter gives.</summary>
interface IQuestions
{
    /// <summary>A line or more that asks nothing.</summary>
    void Say(string text);

    /// <returns>The place of the chosen one.</returns>
    Task<int> ChooseAsync(string question, IReadOnlyList<Choice> choices, int preset, CancellationToken cancellationToken);

    /// <param name="complaint">What is wrong with an answer, or null; asked again until nothing is.</param>
    Task<string> TextAsync(string question, string preset, Func<string, string?> complaint, CancellationToken cancellationToken);

    /// <summary>Not shown while it is typed. The caller overwrites the answer, which may be empty.</summary>
    Task<byte[]> HiddenAsync(string question, Func<byte[], string?> complaint, CancellationToken cancellationToken);
}

/// <summary>Nobody is asked: each question gets what Enter would give. What has no such answer must be an option.</summary>
sealed class UnaskedQuestions : IQuestions
{
    public void Say(string text) { }

    public Task<int> ChooseAsync(string question, IReadOnlyList<Choice> choices, int preset, CancellationToken cancellationToken) => Task.FromResult(preset);

    public Task<string> TextAsync(string question, string preset, Func<string, string?> complaint, CancellationToken cancellationToken) => complaint(preset) is { } problem
        ? throw CliException.Usage($"{question}: {problem}; nothing was written", "give it as an option: `openclawssy setup --help` lists them")
        : Task.FromResult(preset);

    public Task<byte[]> HiddenAsync(string question, Func<byte[], string?> complaint, CancellationToken cancellationToken) => Task.FromResult<byte[]>([]);
}
