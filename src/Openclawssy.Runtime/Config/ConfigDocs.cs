using System.Globalization;
using System.Text;

namespace Openclawssy.Runtime.Config;

/// <summary>The reference page of the configuration, <c>docs/specs/CONFIG.md</c>, written from the table.</summary>
public static class ConfigDocs
{
    public static string Render()
    {
        var page = new StringBuilder();
        page.Append(Intro);
        string? section = null;
        foreach (var key in ConfigSchema.Keys)
        {
            var name = key.Path.Split('.', '[')[0];
            if (name != section) Heading(page, section = name);
            page.Append(CultureInfo.InvariantCulture, $"| `{Cell(key.Path)}` | {key.Type} | {Default(key)} | {Cell(key.Rule)} | {Cell(key.Doc)}{Notes(key)} |\n");
        }
        Providers(page);
        page.Append(Outro);
        return page.ToString();
    }

    static void Heading(StringBuilder page, string name)
    {
        var member = ConfigSchema.Root.Members.First(member => member.Name == name);
        page.Append(CultureInfo.InvariantCulture, $"\n## {name}\n\n{member.Doc}");
        if (member.Status == FeatureStatus.NotBuiltYet) page.Append(" *Not built yet: checked, without effect.*");
        if (member.Status == FeatureStatus.Reserved) page.Append(" *This version does not have it: recognised and ignored while off, refused when switched on.*");
        page.Append("\n\n| key | type | default | allowed | what it is for |\n|---|---|---|---|---|\n");
    }

    static string Default(ConfigKey key)
    {
        if (key.Path.StartsWith("providers.<provider>.", StringComparison.Ordinal)
            && key.Path is not ("providers.<provider>.headers" or "providers.<provider>.script" or "providers.<provider>.api_key") && !key.Path.Contains("prices", StringComparison.Ordinal))
            return "by provider, below";
        return key.Default.Length == 0 ? "" : $"`{Cell(key.Default)}`";
    }

    static string Notes(ConfigKey key)
    {
        var notes = new StringBuilder();
        var section = ConfigSchema.Root.Members.First(member => member.Name == key.Path.Split('.', '[')[0]);
        if (key.Status != section.Status) notes.Append(key.Status == FeatureStatus.Reserved ? " *Refused when switched on: not built.*" : " *Not built yet.*");
        if (key.Secret) notes.Append(" Secret: shown as `[set]`.");
        if (key.Change == ChangeRight.Granted) notes.Append(" `config.set`: granted agents.");
        if (key.Change == ChangeRight.Operator) notes.Append(" `config.set`: operator.");
        return notes.ToString();
    }

    static void Providers(StringBuilder page)
    {
        page.Append("\n## What each provider starts from\n\n| provider | `base_url` | `api_key_env` | `max_tokens_field` | `usage` | what it is |\n|---|---|---|---|---|---|\n");
        foreach (var provider in KnownProviders.All)
        {
            var defaults = provider.Defaults;
            page.Append(CultureInfo.InvariantCulture,
                $"| `{provider.Name}` | {Code(defaults.BaseUrl)} | {Code(defaults.ApiKeyEnv)} | `{defaults.MaxTokensField}` | `{ConfigWords.Usages.First(usage => usage.Value == defaults.Usage).Word}` | {provider.Doc} |\n");
        }
    }

    static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    const string Intro = """
        # Configuration

        <!-- Written from the table in src/Openclawssy.Runtime/Config/Schema by the test Config_page_is_current; UPDATE=1 rewrites it. -->

        `.openclawssy/config.json` is JSON with comments and trailing commas. No file means the defaults; a key that is left out has its
        default; every default is the safe value. The file belongs to its owner: nothing rewrites it except a deliberate change
        (`config set`, `setup`, `init --force`), which keeps comments and order, is validated first, and leaves what it replaced in
        `config.last-good.json`.

        A file with a fault is not used at all, and every fault is reported at once with its line: unknown keys (with a guess at what
        was meant), keys written twice, `null`, wrong types, values that are not allowed, and keys that do not go together. A file has
        at most 1 MiB and 32 levels. `"$schema"` may stand at the top for an editor.

        In a path, `<name>` stands for a name of your own. A name with dots or other characters is written in brackets:
        `providers.zai.prices["GLM-4.7"].input`.

        """;

    const string Outro = """

        ## Keys that must go together

        - `shell.enable_exec` needs `sandbox.active`, and `sandbox.active` a `sandbox.provider` other than `none`.
        - `shell.default_timeout_ms` is at most `shell.max_timeout_ms`; `engine.default_run_timeout_ms` at most `engine.max_run_timeout_ms` unless that is 0.
        - `server.tls_enabled` needs both files.
        - `providers.<provider>.keyless` and `providers.<provider>.api_key` exclude one another.
        - A model of `generic` (first choice, fallback or an agent's own) needs `providers.generic.base_url`; one of `rehearsal` needs `providers.rehearsal.script`.
        - A fallback may not name a model that is asked before it. `model.max_tokens` is below `model.context_window` where that is given.
        - Trailing slashes and `/chat/completions` are taken off a `base_url`. It may not hold a user name, a password, a query or a fragment.

        Warned about, but accepted: a `base_url` that is not https and not on this machine, a key or token written in the file itself, a
        `server.bind_address` other machines can reach without TLS, a `workspace.protected` that leaves out part of the default, a default
        agent that may not run, and values for what this version does not do yet.

        """;
}
