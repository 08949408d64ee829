using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Cli;

/// <summary>The part of <c>doctor</c> about the secret store: whether it opens, where its key is, what remembers its generation.</summary>
static class SecretChecks
{
    public static IEnumerable<Finding> Run(StoredSecrets secrets, StateFolder state, OpenclawssyConfig config, CommandContext context)
    {
        if (secrets.Problem is { } locked)
        {
            yield return new("secrets", Health.Failed, locked.Message, locked.NextStep);
            yield break;
        }
        if (secrets.Origin is not { } origin)
        {
            yield return new("secrets", Health.Ok, "there is no secret store yet; `openclawssy secrets set NAME` makes one");
            yield break;
        }
        yield return new("secrets", Health.Ok, $"{secrets.Store.Place} opens, and is yours alone");
        yield return Key(origin, state, Path.GetFullPath(config.Secrets.MasterKeyFile, context.Root));
        yield return secrets.Store.MarkPlace is { } mark
            ? new("secrets", Health.Ok, $"an old copy of the store would be noticed by {mark} and by the audit")
            : new("secrets", Health.Warning, "only the audit remembers how far the secret store had come, so an old copy of the whole installation is not noticed", "give the user a home folder, or set XDG_STATE_HOME");
    }

    static Finding Key(KeyOrigin origin, StateFolder state, string keyFile) => origin switch
    {
        KeyOrigin.Variable => new("secrets", Health.Warning, $"the master key is in the environment ({KeySources.VariableName}), where other programs of yours can read it", "`openclawssy secrets rekey --key-file`, or a systemd credential"),
        KeyOrigin.KeyFile when keyFile.StartsWith(state.Path + "/", StringComparison.Ordinal) => new("secrets", Health.Warning, $"the master key {keyFile} lies in the folder it protects: whoever copies the folder has both",
            "move the key out of the installation and name its place in secrets.master_key_file"),
        KeyOrigin.KeyFile => new("secrets", Health.Ok, $"the master key is {keyFile}"),
        KeyOrigin.Credential => new("secrets", Health.Ok, "the master key is a systemd credential"),
        _ => new("secrets", Health.Ok, "the store is opened with a passphrase"),
    };
}
