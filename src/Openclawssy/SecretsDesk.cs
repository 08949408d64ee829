using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy;

/// <summary>The secret store as a tool may use it: names and where they are bound, a way in for values, and no way out.</summary>
sealed class SecretsDesk(Caller caller, StoredSecrets secrets, OpenclawssyConfig config, InstallationAudit audit) : ISecretsDesk
{
    public IReadOnlyList<SecretEntry> All()
    {
        caller.Demand(Reach.Secrets);
        if (secrets.Problem is { } locked) throw ToolException.Denied($"the secret store cannot be opened: {locked.Message}; {locked.NextStep}");
        return [.. secrets.Facts.Select(EntryOf)];
    }

    public SecretEntry? Find(string name)
    {
        var wanted = NameOf(name).ToString();
        return All().FirstOrDefault(secret => secret.Name == wanted);
    }

    public SecretEntry Store(string name, string value)
    {
        caller.Demand(Reach.Secrets);
        var secret = NameOf(name);
        var bytes = Encoding.UTF8.GetBytes(value);
        try
        {
            using var sealedValue = SecretValue.Of(bytes);
            return EntryOf(secrets.Store.Set(secret, sealedValue, present => SecretPlaces.Bind(config, secret, present), Witness));
        }
        catch (SecretException refused) when (refused.Code == SecretErrorCodes.Invalid) { throw ToolException.InvalidInput($"{refused.Message}; {refused.NextStep}", "$.value"); }
        catch (SecretException refused) { throw ToolException.Denied($"{refused.Message}; {refused.NextStep}"); }
        catch (NotPrivateException refused) { throw ToolException.Denied($"{refused.Message}; {refused.NextStep}"); }
        finally { CryptographicOperations.ZeroMemory(bytes); }
    }

    /// <summary>Before it happens: names and hosts, never a value.</summary>
    public void Witness(SecretChange change)
    {
        caller.Demand(Reach.Secrets);
        AuditedMark.Record(audit, caller.Actor, change);
    }

    SecretName NameOf(string text) => SecretPlaces.TryName(config, text.Trim(), out var name) ? name : throw ToolException.InvalidInput($"$.key: {SecretName.Rule}", "$.key");

    static SecretEntry EntryOf(SecretFacts facts) => new(facts.Name.ToString(), facts.Version, facts.CreatedAt, facts.Binding?.Hosts ?? [], facts.Binding is { Hosts.Count: > 0 } sent ? sent.Header : null, facts.Binding?.Variables ?? []);
}
