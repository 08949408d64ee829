using Openclawssy.Cli;
using Openclawssy.Providers;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Setup;

/// <summary>The order of the questions. It writes nothing: what it learned is handed back, or an exception says that it ended early.</summary>
/// <param name="planned">The configuration that answers lead to, checked.</param>
/// <param name="call">One real call with that configuration and key.</param>
sealed class Wizard(IQuestions questions, SetupGiven given, Surveyed found, Func<SetupAnswers, SetupPlan> planned, Func<OpenclawssyConfig, SetupKey, CancellationToken, Task> call)
{
    public async Task<SetupAnswers> AskAsync(CancellationToken cancellationToken)
    {
        questions.Say("Openclawssy setup. Enter takes what is offered; nothing is written until the end, and Ctrl-C leaves no trace.\n");
        var answers = await ModelAsync(cancellationToken);
        try
        {
            var (rights, hosts, commands) = await new RightsQuestions(questions, given, found).AskAsync(cancellationToken);
            var (users, https, discord) = await new GatewayQuestions(questions, given, found).AskAsync(cancellationToken);
            answers = answers with { Rights = rights, Hosts = hosts, Commands = commands, ChatUsers = users, Https = https, Discord = discord };
            _ = planned(answers);
            questions.Say(Summary(answers));
            return await questions.ChooseAsync("Write this?", [new("yes"), new("no", "nothing is written")], 0, cancellationToken) == 0 ? answers : throw new CliException("stopped; nothing was written", null);
        }
        catch
        {
            answers.Key.Dispose();
            answers.Discord?.Token.Dispose();
            throw;
        }
    }

    async Task<SetupAnswers> ModelAsync(CancellationToken cancellationToken)
    {
        var ask = new ModelQuestions(questions, given, found);
        var (provider, address, model, _) = await ask.WhoAsync(cancellationToken);
        var answers = new SetupAnswers(provider, address, model, SetupKey.None, null, null, null);
        var home = new Uri(planned(answers).Config.Providers[provider].BaseUrl);
        while (true)
        {
            var (key, keyless) = await ask.KeyAsync(provider, home, cancellationToken);
            try
            {
                answers = answers with { Keyless = keyless };
                var config = planned(answers).Config;
                if (!await CheckAsync(config, provider, key, keyless, cancellationToken)) return answers with { Key = key };
                await call(config, key, cancellationToken);
                questions.Say($"{provider}/{model} answered.");
                return answers with { Key = key };
            }
            catch (ModelException failed)
            {
                questions.Say(failed.Message);
                var next = given.Check ? 2 : await questions.ChooseAsync("The model did not answer. What now?", [new("give the key again"), new("go on all the same"), new("stop", "nothing is written")], 0, cancellationToken);
                if (next == 1) return answers with { Key = key };
                key.Dispose();
                if (next == 2) throw new CliException($"{failed.Message}; nothing was written", "correct that, or leave --check out");
            }
            catch
            {
                key.Dispose();
                throw;
            }
        }
    }

    async Task<bool> CheckAsync(OpenclawssyConfig config, string provider, SetupKey key, bool keyless, CancellationToken cancellationToken)
    {
        if (given.Check) return true;
        // Nobody is asked: then nothing is sent that nobody asked for.
        if (questions is UnaskedQuestions || (!key.IsThere && !keyless && !found.HasKey(provider))) return false;
        return await questions.ChooseAsync($"Try it now, with one short question to {config.Model.Provider}/{config.Model.Name}?", [new("yes"), new("no")], 0, cancellationToken) == 0;
    }

    static string Summary(SetupAnswers answers)
    {
        static string Listed(IReadOnlyList<string>? list, string whenEmpty) => list switch { null => "as it is", [] => whenEmpty, _ => string.Join(", ", list) };
        return $"""

            model     {answers.Provider}/{answers.Model}{(answers.BaseUrl is { } address ? $" at {address}" : "")}
            key       {(answers.Key.IsThere ? "stored encrypted" : answers.Keyless ? "none is sent" : "none is stored")}
            rights    {answers.Rights?.Name ?? "as they are"}
            network   {Listed(answers.Hosts, "off for tools")}
            commands  {Listed(answers.Commands, "off")}
            chat      {Listed(answers.ChatUsers, "nobody over HTTP")}
            https     {(answers.Https ? "on, with a certificate of its own" : "as it is")}
            discord   {(answers.Discord is { } discord ? $"on, {(discord.Users.Count == 0 ? "nobody may write" : string.Join(", ", discord.Users))}{(discord.Token.IsThere ? ", token stored encrypted" : "")}" : "as it is")}

            """;
    }
}
