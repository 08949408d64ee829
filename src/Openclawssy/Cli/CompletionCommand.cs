namespace Openclawssy.Cli;

/// <summary><c>completion bash|zsh|fish</c>: a script to source. All knowledge stays in the hidden <c>complete</c> command.</summary>
sealed class CompletionCommand() : CommandGroup("completion", "print a completion script for your shell")
{
    public override IReadOnlyList<CliCommand> Subcommands { get; } =
    [
        new CompletionScriptCommand("bash", "for bash: eval \"$(openclawssy completion bash)\" in ~/.bashrc", """
            _openclawssy() {
                local line
                COMPREPLY=()
                while IFS= read -r line; do COMPREPLY+=("$line"); done \
                    < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
            }
            complete -o default -F _openclawssy openclawssy
            """),
        new CompletionScriptCommand("zsh", "for zsh: eval \"$(openclawssy completion zsh)\" in ~/.zshrc, after compinit", """
            #compdef openclawssy
            _openclawssy() {
                local -a found
                found=("${(@f)$(${words[1]} complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
                if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
            }
            compdef _openclawssy openclawssy
            """),
        new CompletionScriptCommand("fish", "for fish: openclawssy completion fish | source, in config.fish", """
            function __openclawssy_complete
                set -l before (commandline -opc)
                set -l current (commandline -ct)
                $before[1] complete -- $before[2..-1] "$current" 2>/dev/null
            end
            complete -c openclawssy -a '(__openclawssy_complete)'
            """),
    ];
}

sealed class CompletionScriptCommand(string shell, string summary, string script) : CliCommand(shell, summary)
{
    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        context.Out.WriteLine(script);
        return Task.FromResult(ExitCodes.Ok);
    }
}
