using Openclawssy.Egress;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Setup;

/// <summary>The part of the wizard about what the agent may do: rights, the hosts it may reach, the commands it may run.</summary>
sealed class RightsQuestions(IQuestions questions, SetupGiven given, Surveyed found)
{
    /// <summary>Offered where nothing is configured: commands that only look.</summary>
    public const string UsualCommands = "ls, git status, git diff, git log";

    public async Task<(RightsPreset? Rights, IReadOnlyList<string>? Hosts, IReadOnlyList<string>? Commands)> AskAsync(CancellationToken cancellationToken)
    {
        var rights = given.Rights ?? await RightsAsync(cancellationToken);
        var hosts = given.Hosts ?? (rights is null ? null : rights.ReachesHosts ? await HostsAsync(cancellationToken) : []);
        var commands = given.Commands ?? (rights is null ? null : rights.RunsCommands ? await CommandsAsync(cancellationToken) : []);
        return (rights, hosts, commands);
    }

    async Task<RightsPreset?> RightsAsync(CancellationToken cancellationToken)
    {
        var choices = RightsPreset.All.Select(preset => new Choice(preset.Name, preset.Says)).ToList();
        if (found.HasAgent) choices.Insert(0, new("keep", "leave the agent's rights, the network and commands as they are"));
        var chosen = await questions.ChooseAsync("What may the agent do?", choices, 0, cancellationToken) - (found.HasAgent ? 1 : 0);
        return chosen < 0 ? null : RightsPreset.All[chosen];
    }

    async Task<IReadOnlyList<string>> HostsAsync(CancellationToken cancellationToken)
    {
        var present = found.Present?.Network is { Enabled: true } network ? string.Join(", ", network.AllowedDomains) : "";
        return List(await questions.TextAsync("Hosts it may reach, with commas between (example.com, *.example.org); none keeps the network off", present, HostComplaint, cancellationToken));
    }

    async Task<IReadOnlyList<string>> CommandsAsync(CancellationToken cancellationToken)
    {
        var present = found.Present?.Shell is { AllowedCommands.Count: > 0 } shell ? string.Join(", ", shell.AllowedCommands) : UsualCommands;
        return List(await questions.TextAsync("Commands it may run, with commas between (a program and its first words; * is every one; none keeps commands off)", present, CommandComplaint, cancellationToken));
    }

    /// <summary>What is wrong with a list of hosts, or null.</summary>
    public static string? HostComplaint(string text) => List(text).FirstOrDefault(host => HostRule.Parse(host) is null) is { } wrong ? $"\"{wrong}\" is no host: write example.com, or *.example.com for all below it" : null;

    /// <summary>What is wrong with a list of commands, or null.</summary>
    public static string? CommandComplaint(string text) =>
        List(text).FirstOrDefault(command => command != "*" && !CommandWords.TrySplit(command, out _, out _)) is { } wrong ? $"\"{wrong}\" is no command: check its quotes" : null;

    /// <summary>Parts between commas; "none" and nothing are an empty list.</summary>
    public static IReadOnlyList<string> List(string text) =>
        text.Trim() is "" or "none" ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
}
