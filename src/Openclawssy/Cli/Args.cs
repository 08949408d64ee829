using System.CommandLine;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary>What was typed, in one spelling.</summary>
/// <param name="Command">Null when no command was named.</param>
/// <param name="Path">The command's words, for example <c>tools show</c>.</param>
/// <param name="Root">The value of <c>--root</c>, or null.</param>
/// <param name="Words">The rest as <c>--name=value</c> words, then <c>--</c>, then the positional words: nothing in it can be mistaken.</param>
sealed record Invocation(CliCommand? Command, string Path, bool Help, string? Root, IReadOnlyList<string> Words);

/// <summary>
/// Reads a command line the way Go programs do: <c>-name v</c>, <c>--name v</c>, <c>-name=v</c> and <c>--name=v</c> are the same,
/// a value is whatever stands there (even <c>-x</c>, <c>@file</c> or nothing after <c>=</c>), options may stand before or after
/// positional words, <c>--</c> ends them. Nothing is dropped or guessed: what is not understood is refused.
/// </summary>
static class Args
{
    public static Invocation Read(IReadOnlyList<string> argv)
    {
        var reader = new Reader(argv);
        reader.Globals();
        if (reader.Ended) return new(null, "", reader.Help, reader.Root, []);

        var name = reader.Take();
        var command = Commands.Find(name)?.Make() ?? throw Unknown("command", name, NearestName.Find(name, Commands.Names), "openclawssy help");
        var path = name;
        while (command is CommandGroup group && Step(group, reader) is { } next)
        {
            path += $" {next.Name}";
            command = next;
        }
        reader.Rest(command, path);
        return new(command, path, reader.Help, reader.Root, reader.Words);
    }

    // The next command inside a group, or null when the group itself was meant (for its help, or to be told what is missing).
    static CliCommand? Step(CommandGroup group, Reader reader)
    {
        reader.Globals();
        if (reader.Ended) return reader.Help ? null : group.Default;
        if (reader.AtOption) return group.Default;
        var name = reader.Take();
        return group.Subcommands.FirstOrDefault(sub => sub.Name == name) ?? throw Unknown(
            $"{group.Name} command", name, NearestName.Find(name, group.Subcommands.Select(sub => sub.Name)), $"openclawssy {group.Name} --help");
    }

    public static CliException Unknown(string what, string name, string? nearest, string help) => CliException.Usage(
        $"unknown {what} \"{name}\"", nearest is null ? $"see \"{help}\"" : $"did you mean \"{nearest}\"? see \"{help}\"");

    sealed class Reader(IReadOnlyList<string> argv)
    {
        readonly List<string> options = [];
        readonly List<string> positional = [];
        readonly HashSet<string> seen = new(StringComparer.Ordinal);
        int at;

        public bool Help { get; private set; }
        public string? Root { get; private set; }
        public bool Ended => at == argv.Count;
        public bool AtOption => argv[at] == "--" || OptionWord.TryRead(argv[at], out _);
        public IReadOnlyList<string> Words => [.. options, "--", .. positional];

        public string Take() => argv[at++];

        /// <summary>Takes the options that every command knows, as far as they stand here.</summary>
        public void Globals()
        {
            while (!Ended && OptionWord.TryRead(argv[at], out var word) && IsGlobal(word.Name))
            {
                at++;
                Global(word);
            }
        }

        /// <summary>Takes everything that is left as the command's own.</summary>
        public void Rest(CliCommand command, string path)
        {
            var known = new Dictionary<string, Option>(StringComparer.Ordinal);
            foreach (var option in command.Options)
                foreach (var name in option.Aliases.Prepend(option.Name)) known[name.TrimStart('-')] = option;

            var room = command.Arguments.Sum(argument => (long)argument.Arity.MaximumNumberOfValues);
            var onlyPositional = false;
            while (!Ended)
            {
                var text = Take();
                if (!onlyPositional && text == "--") onlyPositional = true;
                else if (!onlyPositional && OptionWord.TryRead(text, out var word)) Option(word, known, path);
                else if (positional.Count < room) positional.Add(text);
                else throw Surplus(text, path, room);
            }
        }

        void Option(OptionWord word, Dictionary<string, Option> known, string path)
        {
            if (!known.TryGetValue(word.Name, out var option))
            {
                if (IsGlobal(word.Name)) { Global(word); return; }
                var nearest = NearestName.Find(word.Name, known.Keys.Append("root").Append("help"));
                throw Unknown("option", OptionWord.Spell(word.Name), nearest is null ? null : OptionWord.Spell(nearest), $"openclawssy {path} --help");
            }

            var name = option.Name.TrimStart('-');
            if (option.Arity.MaximumNumberOfValues <= 1) Once(name);
            var value = option.ValueType == typeof(bool) ? (Truth(word) ? "true" : "false") : Value(word);
            options.Add($"--{name}{(value.Length == 0 ? "" : "=")}{value}");
            // The parser takes nothing after '=' for no value at all; an empty word of its own is an empty value.
            if (value.Length == 0) options.Add("");
        }

        static bool IsGlobal(string name) => name is "help" or "h" or "root";

        void Global(OptionWord word)
        {
            if (word.Name != "root") { Help |= Truth(word); return; }
            Once("root");
            Root = Value(word);
        }

        void Once(string name)
        {
            if (!seen.Add(name)) throw CliException.Usage($"option {OptionWord.Spell(name)} is given twice", "give it once");
        }

        string Value(OptionWord word) => word.Value ?? (Ended
            ? throw CliException.Usage($"option {OptionWord.Spell(word.Name)} needs a value", $"write {OptionWord.Spell(word.Name)} VALUE or {OptionWord.Spell(word.Name)}=VALUE")
            : Take());

        static bool Truth(OptionWord word) => word.Value?.ToLowerInvariant() switch
        {
            null or "true" or "t" or "1" => true,
            "false" or "f" or "0" => false,
            _ => throw CliException.Usage($"option {OptionWord.Spell(word.Name)} is a switch and cannot be \"{word.Value}\"", $"write {OptionWord.Spell(word.Name)} or {OptionWord.Spell(word.Name)}=false"),
        };

        static CliException Surplus(string text, string path, long room) => CliException.Usage(
            room == 0 ? $"\"{path}\" takes no word \"{text}\"" : $"\"{path}\" does not know what to do with \"{text}\"",
            room == 0 ? $"see \"openclawssy {path} --help\"" : "put quotes around a text that has spaces");
    }
}
