using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary>What the commands about secrets share: the instance's store, and the audit that hears of every change before it happens.</summary>
sealed class SecretsAtHand : IDisposable
{
    readonly CommandContext context;
    readonly StateFolder state;
    InstallationAudit? audit;

    SecretsAtHand(CommandContext context)
    {
        this.context = context;
        state = Opening.State(context);
        var load = Opening.Config(context);
        Config = load.Config ?? throw CliException.Usage("the configuration is refused, so nothing was changed", "`openclawssy config validate` lists every mistake");
        Keys = SecretPlaces.Keys(context.World, Config.Secrets, context.Root);
        Store = SecretPlaces.Store(context.World, Config.Secrets, state, context.Root, Keys, AuditedMark.Everything);
        if (!string.IsNullOrWhiteSpace(context.Surroundings.Variable(KeySources.VariableName)))
            context.Error.WriteLine($"warning: the master key is in the environment ({KeySources.VariableName}), where other programs of yours can read it; a systemd credential or a key file is safer");
    }

    public OpenclawssyConfig Config { get; }
    public KeySources Keys { get; }
    public SecretStore Store { get; }

    /// <summary>Every way the store can refuse becomes a sentence and an exit code here.</summary>
    public static Task<int> WithAsync(CommandContext context, Action<SecretsAtHand> act)
    {
        try
        {
            using var secrets = new SecretsAtHand(context);
            act(secrets);
            return Task.FromResult(ExitCodes.Ok);
        }
        catch (SecretException refused) { throw new CliException(refused.Message, refused.NextStep, refused.Code == SecretErrorCodes.Invalid ? ExitCodes.Usage : ExitCodes.Failed); }
        catch (NotPrivateException refused) { throw new CliException(refused.Message, refused.NextStep); }
        catch (IOException refused) when (refused is not DiskException) { throw new CliException(refused.Message, "nothing was changed unless the store says so: `openclawssy secrets list`, and `openclawssy doctor` looks at everything"); }
        catch (NotSupportedException refused) { throw CliException.Usage(refused.Message, null); }
    }

    public SecretName Name(string typed) => SecretPlaces.TryName(Config, typed, out var name) ? name : throw CliException.Usage(SecretName.Rule, "give the name alone; the value is asked for, or read from standard input");

    /// <summary>Writes down that a change is about to happen, and that it did: names and hosts, never a value.</summary>
    public void Witness(SecretChange change)
    {
        audit ??= new(state.Path, context.World.Clock, new(context.World.Clock, Installation.Chance), Anchors.ForWriting(Config.Audit, state, context.Surroundings.Variable), Installation.Masked);
        AuditedMark.Record(audit, Actors.Operator, change);
    }

    public void Dispose()
    {
        audit?.Dispose();
        Keys.Dispose();
    }
}
