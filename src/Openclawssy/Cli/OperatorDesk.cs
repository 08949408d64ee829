using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools;

namespace Openclawssy.Cli;

/// <summary>What a person at the command line changes the control plane with, without composing what runs agents.</summary>
sealed class OperatorDesk : IDisposable
{
    readonly Lazy<InstallationAudit> audit;

    /// <exception cref="CliException">There is no instance here, or its configuration is refused.</exception>
    public OperatorDesk(CommandContext context)
    {
        State = Opening.State(context);
        Store = ConfigStore.In(State);
        var load = Store.Load();
        Config = load.Config ?? throw CliException.Usage("the configuration has mistakes, so nothing was done", "`openclawssy config validate` lists every mistake");
        Catalog = new(Toolbox.All, PublishedSchemas.Of);
        GrantsFile = new(State.GrantsFile, Catalog.All.Select(tool => tool.Name));
        Person = new(StateFolder.EffectiveUser, StateFolder.Terminal);
        // Looking at something writes nothing: the audit is opened by the first change.
        audit = new(() => Installation.OpenAudit(context.World, State, Config.Audit, new(context.World.Clock, Installation.Chance), StoredSecrets.HeadKeysUnasked(context.World, Config, State, context.Root)));
        Grants = new GrantsDesk(Caller.AtTerminal(Person, new(GrantsFile)), GrantsFile, Catalog, () => AgentFolder.Existing(State.Path), Record);
    }

    public StateFolder State { get; }
    public OpenclawssyConfig Config { get; }
    public ConfigStore Store { get; }
    public ToolCatalog Catalog { get; }
    public GrantsFile GrantsFile { get; }
    public Principal.Person Person { get; }
    public IGrantsDesk Grants { get; }

    public void Record(string actor, string happened, params ReadOnlySpan<(string Name, string? Value)> payload) => audit.Value.Record(actor, happened, payload);

    /// <summary>Asks the desk; what it refuses becomes a sentence and an exit code.</summary>
    public static T Ask<T>(Func<T> ask)
    {
        try { return ask(); }
        catch (ToolException refused) when (refused.Code == ToolErrorCodes.InputInvalid) { throw CliException.Usage(refused.Message, null); }
        catch (ToolException refused) { throw new CliException(refused.Message, "`openclawssy doctor` looks at everything"); }
        // The audit refuses to go on, or somebody holds a lock for too long; a full disk has its own words.
        catch (IOException refused) when (refused is not DiskException) { throw new CliException($"nothing was changed: {refused.Message}", "`openclawssy audit verify` and `openclawssy doctor` look closer"); }
        catch (NotSupportedException refused) { throw CliException.Usage(refused.Message, null); }
    }

    public void Dispose()
    {
        if (audit.IsValueCreated) audit.Value.Dispose();
    }
}
