using Openclawssy.Cli;
using Openclawssy.Discord;
using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Tools;

namespace Openclawssy.Setup;

/// <summary>One setup: looks at what is there, lets the wizard ask, and only then writes, the agent's rights last but one and the key last.</summary>
sealed class SetupRun(CommandContext context, AgentId agent, string? workspace, bool force, SetupGiven given) : IDisposable
{
    readonly EgressClient egress = EgressClient.OfSystem(TimeProvider.System);

    public void Dispose() => egress.Dispose();

    /// <returns>What was made, for a person.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(bool unasked, CancellationToken cancellationToken)
    {
        var state = StateFolder.Exists(context.Root) ? StateFolder.Open(context.Root) : null;
        var written = state is null ? null : DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes);
        var before = force ? null : written;
        var file = state?.ConfigFile ?? Path.Combine(context.Root, StateFolder.Name, ConfigStore.FileName);
        var configured = workspace is null ? null : Path.GetFullPath(workspace, context.Surroundings.CurrentFolder);
        if (before is not null && configured is not null) throw CliException.Usage("there is a configuration already, and --workspace counts for a new one; nothing was written", "add --force, or set workspace.root yourself");
        var present = before is null ? null : ConfigFile.Load(before, file).Require();
        // A new file goes on with the secrets of the one it replaces, wherever they are.
        var secrets = present?.Secrets ?? ConfigFile.Load(written, file).Config?.Secrets;
        SetupPlan Planned(SetupAnswers answers) => SetupPlan.Of(before, configured, file, answers, secrets);

        var found = await SurveyAsync(state, present, secrets ?? new(), unasked, cancellationToken);
        var answers = await WithQuestionsAsync(unasked, questions => new Wizard(questions, given, found, Planned, CallAsync).AskAsync(cancellationToken));
        using var key = answers.Key;
        using var token = answers.Discord?.Token;
        cancellationToken.ThrowIfCancellationRequested();
        return await WriteAsync(Planned(answers), answers);
    }

    async Task<Surveyed> SurveyAsync(StateFolder? state, OpenclawssyConfig? present, SecretsConfig secrets, bool unasked, CancellationToken cancellationToken)
    {
        var grants = state is null ? null : new GrantsFile(state.GrantsFile, Toolbox.All.Select(tool => tool.Name)).Current();
        if (grants?.Problem is { } broken && File.Exists(state!.GrantsFile)) throw new CliException($"{broken}; nothing was written", $"correct {state.GrantsFile}, or remove it");
        var providers = Stored(state, secrets);
        var looks = !unasked && given is { Provider: null, BaseUrl: null };
        var servers = looks ? await new LocalServers(egress, TimeProvider.System).FindAsync(LocalServers.Usual, cancellationToken) : [];
        return new(present, grants?.Knows(agent) == true, servers, context.Surroundings.Variable, providers.Contains);
    }

    // A store that cannot be opened would refuse the key at the very end: it is tried now.
    HashSet<string> Stored(StateFolder? state, SecretsConfig secrets)
    {
        if (state is null) return [];
        using var keys = SecretPlaces.Keys(context.World, secrets, context.Root);
        try
        {
            using var vault = SecretPlaces.Store(context.World, secrets, state, context.Root, keys).Unlock();
            return [.. vault.Secrets.Select(secret => secret.Name.ProviderName).OfType<string>()];
        }
        catch (SecretException refused) { throw new CliException($"{refused.Message}; nothing was written", refused.NextStep); }
        catch (NotPrivateException refused) { throw new CliException($"{refused.Message}; nothing was written", refused.NextStep); }
    }

    async Task<SetupAnswers> WithQuestionsAsync(bool unasked, Func<IQuestions, Task<SetupAnswers>> ask)
    {
        if (unasked) return await ask(new UnaskedQuestions());
        using var plain = new PlainQuestions(context.Surroundings);
        return await ask(Capable ? new SpectreQuestions(context.Surroundings, plain) : plain);
    }

    // Both ends must be a person's: the questions go to standard error, so that standard output stays the answer.
    bool Capable => context.Surroundings is { InputIsTerminal: true, ErrorIsTerminal: true } && context.Surroundings.Variable("TERM") is not (null or "" or "dumb");

    async Task CallAsync(OpenclawssyConfig config, SetupKey key, CancellationToken cancellationToken)
    {
        using var stored = StateFolder.Exists(context.Root) ? new StoredSecrets(context.World, config, StateFolder.Open(context.Root), context.Root) : null;
        var models = new ModelClients(OneCall.Alone(config), context.World, context.Root, egress,
            (name, destination) => key.IsThere && name.ProviderName == config.Model.Provider ? key.Reveal() : stored?.Use(name, destination));
        await OneCall.AskAsync(models, new(config.Model.Provider, config.Model.Name), context.World.Clock, cancellationToken);
    }

    async Task<IReadOnlyList<string>> WriteAsync(SetupPlan plan, SetupAnswers answers)
    {
        var made = Initialization.Run(context.World, context.Root, workspace, agent, force, context.Surroundings.CurrentFolder, new(plan.Text, answers.Rights?.Capabilities, answers.Https ? plan.Config.Server : null));
        var lines = made.Lines.ToList();
        if (answers.Key.IsThere) lines.Add(await StoreAsync(SecretName.OfProvider(answers.Provider), answers.Key));
        if (answers.Discord is { Token: { IsThere: true } token }) lines.Add(await StoreAsync(DiscordToken.Secret, token));
        return lines;
    }

    async Task<string> StoreAsync(SecretName name, SetupKey key)
    {
        var line = "";
        await SecretsAtHand.WithAsync(context, secrets =>
        {
            using var value = SecretValue.Of(key.Bytes);
            var facts = secrets.Store.Set(name, value, binding => SecretPlaces.Bind(secrets.Config, name, binding), secrets.Witness);
            line = $"stored {facts.Name}, bound to {facts.Binding}";
        });
        return line;
    }
}
