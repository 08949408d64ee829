using System.Text.Json.Nodes;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Policy;

/// <summary>The configuration file, as one caller may see and change it through tools.</summary>
/// <param name="record">The installation's audit; written before the file is.</param>
public sealed class ConfigurationDesk(Caller caller, ConfigStore store, ActRecord record) : IConfigurationDesk
{
    // Where the secret store and its key are is nothing a model needs.
    const string Hidden = "secrets";

    public string Whole()
    {
        caller.Demand(Reach.Configuration);
        return Shown(InForce());
    }

    public string Value(string field)
    {
        caller.Demand(Reach.Configuration);
        var path = PathOf(field, "$.field");
        if (path.Segments[0] == Hidden || !ConfigSchema.Within(path).Any()) throw Unknown(field, "$.field");
        return ConfigView.Value(InForce(), path) ?? "null";
    }

    public ConfigurationChange Change(IReadOnlyList<FieldUpdate> updates, bool dryRun)
    {
        var changes = updates.Select(update => new ConfigChange(PathOf(update.Field, "$.updates"), update.Json)).ToList();
        foreach (var (path, json) in changes.Zip(updates, (change, update) => (change.Path, update.Json)))
        {
            var key = ConfigSchema.Find(path) ?? throw Unknown(path.ToString(), "$.updates");
            Caller.Demand(ChangeRules.Set(caller.Authority, key, path, json), $"$.updates.{path}");
        }
        InForce();
        try
        {
            var load = store.Change(changes, dryRun, step =>
            {
                caller.Demand(Reach.Configuration);
                foreach (var change in changes) Caller.Demand(ChangeRules.SwitchedOn(step.After, change.Path), $"$.updates.{change.Path}");
                step.RecordIn(record, caller.Actor, changes);
            });
            return new([.. changes.Select(change => change.Path.ToString()).Order(StringComparer.Ordinal)], Shown(load.Require()));
        }
        catch (ConfigRefusedException refused)
        {
            throw ToolException.InvalidInput($"nothing was changed: {string.Join("; ", refused.Problems.Select(problem => problem.Message))}", "$.updates");
        }
    }

    OpenclawssyConfig InForce() => store.Load().Config ?? throw ToolException.Failed("the configuration file has mistakes, so it can be neither shown nor changed here; `openclawssy config validate` lists them");

    static string Shown(OpenclawssyConfig config)
    {
        var whole = JsonNode.Parse(ConfigView.Redacted(config))!.AsObject();
        whole.Remove(Hidden);
        return whole.ToJsonString();
    }

    static ConfigPath PathOf(string field, string at)
    {
        try { return ConfigPath.Parse(field); }
        catch (FormatException problem) { throw ToolException.InvalidInput(problem.Message, at); }
    }

    static ToolException Unknown(string field, string at) => ToolException.InvalidInput(
        $"\"{OneLine.Escape(field, 80)}\" is no key that can be used here{(NearestName.Find(field, ConfigSchema.Keys.Select(key => key.Path)) is { } near ? $"; did you mean {near}?" : "")}", at);
}
