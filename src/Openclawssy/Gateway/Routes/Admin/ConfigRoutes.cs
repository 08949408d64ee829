using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary>
/// <c>/api/admin/config</c>: the configuration, secrets masked, and changes to it. A change is merged key by key over the file as it is:
/// what is not named stays, <c>null</c> takes a key or an entry with a name of its own out of the file, and the mask of a secret means the secret that is there.
/// </summary>
sealed class ConfigRoutes(GatewayRooms rooms)
{
    const int MaxConfig = 1024 * 1024;

    // What would let the holder of the token run programs on this machine, or reach its files, is for its owner at the machine.
    static readonly string[] localOnly = ["audit", "secrets", "workspace", "server.token_file", "server.tls_cert_file", "server.tls_key_file", "sandbox", "providers.rehearsal"];

    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/config", "Shows the configuration, every secret masked.", ShowAsync) { Gives = GatewayJson.Default.JsonElement },
        new("PATCH", "/api/admin/config", "Changes the keys the body names, and takes out those that are null; everything else stays.", call => ChangeAsync(call, dryRun: false))
        {
            Takes = GatewayJson.Default.JsonElement, Gives = GatewayJson.Default.ConfigChanged, Refusals = [412, 413, 415], Headers = [new("If-Match", "The ETag of what was shown: refuses to overwrite somebody else's change.")],
        },
        new("POST", "/api/admin/config", "The same as PATCH, under the name it had before.", call => ChangeAsync(call, dryRun: false))
        {
            Takes = GatewayJson.Default.JsonElement, Gives = GatewayJson.Default.ConfigChanged, Refusals = [412, 413, 415], Headers = [new("If-Match", "The ETag of what was shown.")],
        },
        new("POST", "/api/admin/config/validate", "Says what a change would do, or what is wrong with it, field by field; changes nothing.", call => ChangeAsync(call, dryRun: true))
        {
            Takes = GatewayJson.Default.JsonElement, Gives = GatewayJson.Default.ConfigChanged, Refusals = [413, 415],
        },
        new("GET", "/api/admin/config/schema", "Lists every key with its type, default, bounds and meaning.", KeysAsync) { Gives = GatewayJson.Default.ConfigKeys },
    ];

    Task ShowAsync(GatewayCall call)
    {
        var load = rooms.Installation.ConfigStore.Load();
        var config = load.Config ?? throw Broken(load);
        call.Http.Response.Headers.ETag = Etag(rooms.Installation.ReadConfig());
        return JsonAnswer.SendAsync(call.Http.Response, 200, Encoding.UTF8.GetBytes(ConfigView.Redacted(config).TrimEnd('\n')));
    }

    async Task ChangeAsync(GatewayCall call, bool dryRun)
    {
        var body = await JsonBody.BytesAsync(call.Http, MaxConfig);
        using var document = JsonBody.Document(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw RequestRefused.InvalidInput("the body must be an object of the configuration's sections");
        var match = call.Http.Request.Headers.IfMatch;
        var store = rooms.Installation.ConfigStore;
        var before = store.Load() is var load && load.Config is { } valid ? valid : throw Broken(load);
        var changes = new List<ConfigChange>();
        var faults = new List<FieldFault>();
        Collect(document.RootElement, [], before, store, changes, faults);
        if (faults.Count > 0) throw new FieldsRefused("config.refused", "nothing was changed: some fields are refused", faults);
        if (changes.Count == 0)
        {
            await call.AnswerAsync(new(true, [], [], []), GatewayJson.Default.ConfigChanged);
            return;
        }
        try
        {
            var after = store.Change(changes, dryRun, step =>
            {
                // Looked at while nobody else can write.
                if (match.Count > 0 && match != Etag(rooms.Installation.ReadConfig())) throw new RequestRefused(412, "config.changed", "the configuration was changed since it was shown; load it again");
                if (step.IsWritten) step.RecordIn(rooms.Installation.InstallationAudit.Record, $"operator {call.Holder.Credential}", changes);
            });
            var changed = changes.Select(change => change.Path.ToString()).Order(StringComparer.Ordinal).ToList();
            await call.AnswerAsync(
                new(true, changed, [.. changes.Where(change => ConfigSchema.Find(change.Path) is { } key && ConfigTiming.NeedsRestart(key)).Select(change => change.Path.ToString()).Order(StringComparer.Ordinal)],
                    [.. after.Warnings.Select(warning => warning.ToString())]), GatewayJson.Default.ConfigChanged);
        }
        catch (ConfigRefusedException refused)
        {
            throw new FieldsRefused("config.refused", "nothing was changed: the configuration would be refused", [.. refused.Problems.Select(problem => new FieldFault(problem.Path, problem.Message))]);
        }
    }

    /// <summary>The leaves of the body that say something else than what is in force.</summary>
    static void Collect(JsonElement value, List<string> at, OpenclawssyConfig before, ConfigStore store, List<ConfigChange> changes, List<FieldFault> faults)
    {
        foreach (var member in value.EnumerateObject())
        {
            List<string> path = [.. at, member.Name];
            if (path.Count == 1 && member.Name == "$schema") continue;
            ConfigPath parsed;
            try { parsed = ConfigPath.Of(path); }
            catch (FormatException problem)
            {
                faults.Add(new(string.Join('.', path), problem.Message));
                continue;
            }
            var present = ConfigView.Value(before, parsed);
            if (IsSame(member.Value, present)) continue;
            var key = ConfigSchema.Find(parsed);
            if (member.Value.ValueKind == JsonValueKind.Null && (key is not null || ConfigSchema.IsEntry(parsed) || IsList(parsed)))
            {
                if (!IsEditable(parsed.ToString())) faults.Add(Refused(parsed));
                else if (store.Says(parsed)) changes.Add(new(parsed, null));
                continue;
            }
            if (key is null && member.Value.ValueKind == JsonValueKind.Array && IsList(parsed))
            {
                // A list of objects is replaced as a whole.
                changes.Add(new(parsed, member.Value.GetRawText()));
                continue;
            }
            if (key is null && member.Value.ValueKind == JsonValueKind.Object && ConfigSchema.Within(parsed).Any())
            {
                // An entry may begin with its defaults alone.
                if (present is not null || !ConfigSchema.IsEntry(parsed) || member.Value.EnumerateObject().Any()) Collect(member.Value, path, before, store, changes, faults);
                else if (!IsEditable(parsed.ToString())) faults.Add(Refused(parsed));
                else changes.Add(new(parsed, "{}"));
                continue;
            }
            if (key is null)
            {
                faults.Add(new(parsed.ToString(), "there is no such key"));
                continue;
            }
            if (IsMask(member.Value, key)) continue;
            if (!IsEditable(parsed.ToString())) faults.Add(Refused(parsed));
            else if (key.Secret && member.Value.ValueKind == JsonValueKind.Object) CollectSecrets(member.Value, path, present, changes, faults);
            else changes.Add(new(parsed, member.Value.GetRawText()));
        }
    }

    /// <summary>Secrets by name, one by one: those that are masked and there stay, those that are left out go.</summary>
    static void CollectSecrets(JsonElement value, List<string> at, string? present, List<ConfigChange> changes, List<FieldFault> faults)
    {
        using var known = JsonDocument.Parse(present ?? "{}");
        foreach (var member in value.EnumerateObject())
        {
            var path = ConfigPath.Of([.. at, member.Name]);
            if (member.Value.ValueKind != JsonValueKind.String || !member.Value.ValueEquals(ConfigSecret.Shown)) changes.Add(new(path, member.Value.GetRawText()));
            else if (!known.RootElement.TryGetProperty(member.Name, out _)) faults.Add(new(path.ToString(), $"there is no such secret yet that {ConfigSecret.Shown} could stand for; write its value"));
        }
        foreach (var member in known.RootElement.EnumerateObject())
            if (!value.TryGetProperty(member.Name, out _)) changes.Add(new(ConfigPath.Of([.. at, member.Name]), null));
    }

    static bool IsList(ConfigPath path) => ConfigSchema.Within(path).Any() && ConfigSchema.Within(path).All(key => key.Path.Contains("[]", StringComparison.Ordinal));

    static FieldFault Refused(ConfigPath path) => new(path.ToString(), $"is changed only at the machine itself, with `openclawssy config set {path}` or in the file");

    static bool IsMask(JsonElement value, ConfigKey key) => key.Secret && value.ValueKind == JsonValueKind.String && value.ValueEquals(ConfigSecret.Shown);

    static bool IsSame(JsonElement value, string? present)
    {
        if (present is null) return value.ValueKind == JsonValueKind.Null;
        using var known = JsonDocument.Parse(present);
        return JsonElement.DeepEquals(value, known.RootElement);
    }

    static bool IsEditable(string path) => !localOnly.Any(section => path == section || path.StartsWith(section + ".", StringComparison.Ordinal));

    static Task KeysAsync(GatewayCall call) => call.AnswerAsync(new(
        [.. ConfigSchema.Keys.Where(key => key.Status != FeatureStatus.Reserved).Select(key => new ConfigKeyReply(
            key.Path, key.Type, key.Default.Length == 0 ? null : JsonDocument.Parse(key.Default).RootElement.Clone(), key.Rule, key.Secret, key.Status == FeatureStatus.Active, ConfigTiming.NeedsRestart(key),
            IsEditable(key.Path), key.Doc))],
        [.. ConfigSchema.Families.Select(family => new ConfigFamilyReply(family.Path, family.Doc, family.Known))]), GatewayJson.Default.ConfigKeys);

    static FieldsRefused Broken(ConfigLoad load) => new("config.broken", "the configuration file has mistakes; correct it at the machine (`openclawssy config validate`)",
        [.. load.Problems.Select(problem => new FieldFault(problem.Path, problem.Message))], 409);

    static string Etag(byte[]? file) => $"\"{Convert.ToHexStringLower(SHA256.HashData(file ?? []))[..32]}\"";
}
