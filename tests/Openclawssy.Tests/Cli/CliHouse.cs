using System.Text;
using Openclawssy.Cli;

namespace Openclawssy.Tests.Cli;

/// <summary>The command line without a process: what was typed in, what was printed out.</summary>
sealed class CliHouse
{
    readonly StringBuilder printed = new();
    readonly StringBuilder complained = new();
    readonly Dictionary<string, string> variables = [];

    public string Out => printed.ToString();
    public string Error => complained.ToString();
    public byte[] Input { get; set; } = [];
    public bool AtTerminal { get; set; }

    public CliHouse With(string name, string value) { variables[name] = value; return this; }

    public CliHouse Typing(string text) { Input = Encoding.UTF8.GetBytes(text); return this; }

    public Surroundings Surroundings => new(
        new StringWriter(printed) { NewLine = "\n" }, new StringWriter(complained) { NewLine = "\n" }, () => new MemoryStream(Input), AtTerminal, AtTerminal, AtTerminal,
        "/nowhere", name => variables.GetValueOrDefault(name), Ask);

    /// <summary>What the person types unseen, answer by answer; asked for more, they are not there.</summary>
    public Queue<string> Unseen { get; } = [];

    public List<string> Prompts { get; } = [];

    byte[]? Ask(string prompt)
    {
        Prompts.Add(prompt);
        return Unseen.TryDequeue(out var answer) ? Encoding.UTF8.GetBytes(answer) : null;
    }

    public Task<int> RunAsync(params string[] argv) => CommandLine.RunAsync(argv, Surroundings, Signals.Deaf());

    public static CommandContext ContextOf(CliHouse house, params string[] argv)
    {
        var invocation = Args.Read(argv);
        return new(house.Surroundings, "/nowhere", CommandLine.Parse(invocation, invocation.Command!), Signals.Deaf());
    }
}
