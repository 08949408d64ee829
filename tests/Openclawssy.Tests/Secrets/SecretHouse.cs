using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.Secrets;

/// <summary>A real store in a temporary folder, its key beside it, its mark elsewhere.</summary>
sealed class SecretHouse : IDisposable
{
    readonly TempFolder folder = new();
    readonly List<KeySources> opened = [];

    public SecretHouse() => DurableFile.EnsureFolder(Root);

    public string Root => folder["state"];
    public string StorePath => Path.Combine(Root, "secrets.enc");
    public string KeyPath => Path.Combine(Root, "master.key");
    public string MarkPath => Root + ".mark";
    public string CredentialPath => folder["openclawssy.kek"];
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    public string? Variable { get; set; }
    public string? Passphrase { get; set; }
    public int Asked { get; private set; }
    public bool HasMark { get; set; } = true;
    public List<SecretChange> Witnessed { get; } = [];

    /// <summary>As another process would open it.</summary>
    public SecretStore Store
    {
        get
        {
            var keys = new KeySources(new(CredentialPath, Variable, KeyPath, Ask, Stretch));
            opened.Add(keys);
            return new(StorePath, keys, HasMark ? new FileGenerationMark(MarkPath) : null, Clock, RandomNumberGenerator.Fill);
        }
    }

    byte[]? Ask(string prompt)
    {
        Asked++;
        return Passphrase is null ? null : Encoding.UTF8.GetBytes(Passphrase);
    }

    public SecretFacts Set(string name, string text, SecretBinding? binding = null)
    {
        using var value = SecretValue.Of(Encoding.UTF8.GetBytes(text));
        return Store.Set(SecretName.Parse(name), value, present => binding ?? present, Witnessed.Add);
    }

    /// <summary>Everything in the store as text, or the refusal.</summary>
    public Dictionary<string, string> Values()
    {
        using var vault = Store.Unlock();
        return vault.ForRedaction().ToDictionary(secret => secret.Name, secret => secret.Value);
    }

    // Quick, for tests of everything but the stretching itself.
    static byte[] Stretch(byte[] passphrase, Stretching how) => SHA256.HashData([.. passphrase, .. how.Salt]);

    public static byte[] RandomKey() => RandomNumberGenerator.GetBytes(32);

    public void Dispose()
    {
        foreach (var keys in opened) keys.Dispose();
        folder.Dispose();
    }
}
