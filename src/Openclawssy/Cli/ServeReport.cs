using Openclawssy.Discord;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary>What <c>serve</c> says when it is ready: where, with which token, what is on, and what a new user will miss.</summary>
static class ServeReport
{
    public static void Print(CommandContext context, Installation installation, Uri address, TokenSource token, IReadOnlyList<(RunId Run, IReadOnlyList<string> OutcomeUnknown)> closed)
    {
        var (config, output) = (installation.Config, context.Out);
        foreach (var (run, unknown) in closed)
            context.Error.WriteLine($"note:  {run} was interrupted when its process ended{(unknown.Count == 0 ? "" : $"; it is not known whether {string.Join(", ", unknown)} took effect")}");
        if (installation.Secrets.Problem is { } locked)
        {
            context.Error.WriteLine($"warning: no stored secret is used: {TerminalText.Line(locked.Message)}");
            context.Error.WriteLine($"next:  {TerminalText.Line(locked.NextStep)}");
        }
        if (token.IsWeak) context.Error.WriteLine($"warning: the token from {token.Where} could be guessed; it is taken because only this machine can connect. `openclawssy token new` makes a strong one");

        output.WriteLine($"listening on {Shown(address)}");
        if (config.Server.DashboardEnabled) output.WriteLine($"dashboard  {Shown(address)}/dashboard");
        output.WriteLine($"token      {token.Shown ?? $"from {token.Where}"}");
        if (token.Shown is not null) context.Error.WriteLine("note:  this token is shown once; clients send it as Authorization: Bearer TOKEN. `openclawssy token new` makes another");
        output.WriteLine($"model      {config.Model.Provider} {config.Model.Name}");
        output.WriteLine($"on         {string.Join(", ", Switches(config).Where(one => one.IsOn).Select(one => one.Name))}");
        output.WriteLine($"off        {string.Join(", ", Switches(config).Where(one => !one.IsOn).Select(one => one.Name))}");
        if (config.Chat is { Enabled: true, AllowUsers.Count: 0 }) context.Error.WriteLine("note:  nobody may chat yet; `openclawssy config set chat.allow_users '[\"NAME\"]'` lets somebody");
    }

    /// <summary>Says it when the Discord channel has stopped and a person has to do something; the rest goes on.</summary>
    public static void Print(CommandContext context, DiscordStatus discord)
    {
        if (discord is not { Phase: DiscordPhase.Stopped, LastError: { } why }) return;
        context.Error.WriteLine($"warning: the Discord channel is off: {TerminalText.Line(why)}");
        context.Error.WriteLine("next:  correct it and start the gateway again");
    }

    static string Shown(Uri address) => address.GetLeftPart(UriPartial.Authority);

    static (string Name, bool IsOn)[] Switches(OpenclawssyConfig config) =>
    [
        ("http api", true), (config.Chat.AllowUsers.Count == 0 ? "chat (nobody allowed)" : $"chat ({config.Chat.AllowUsers.Count} allowed)", config.Chat.Enabled && config.Chat.AllowUsers.Count > 0),
        ("jobs", true), ("dashboard", config.Server.DashboardEnabled), ("https", config.Server.TlsEnabled), ("discord", config.Discord.Enabled), ("network", config.Network.Enabled), ("commands", config.Shell.EnableExec && config.Sandbox.Active),
    ];
}
