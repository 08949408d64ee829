using System.Security.Cryptography;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Secrets;

/// <summary>The places a master key may come from, as the program found them.</summary>
/// <param name="CredentialFile">What systemd handed to the service; null when it handed nothing.</param>
/// <param name="Variable">Value of OPENCLAWSSY_MASTER_KEY; null or blank when it is not set.</param>
/// <param name="KeyFile">Absolute path of <c>secrets.master_key_file</c>.</param>
/// <param name="AskPassphrase">Asks the person, whose answer is UTF-8; null when nobody is there or nothing was answered.</param>
public sealed record KeyPlaces(string? CredentialFile, string? Variable, string KeyFile, Func<string, byte[]?> AskPassphrase, Stretch Stretch);

/// <summary>
/// Finds the master key: systemd's credential, the environment, the key file; the first that is there counts. A store made with
/// a passphrase asks for it, once in this process.
/// </summary>
public sealed class KeySources(KeyPlaces places) : IDisposable
{
    /// <summary>The name of the environment variable, for messages; the program reads it.</summary>
    public const string VariableName = "OPENCLAWSSY_MASTER_KEY";

    const int MaxFileBytes = 4096;

    readonly Lock gate = new();
    bool asked;
    byte[]? answered;

    /// <summary>Where a key made here is kept.</summary>
    public string KeyFile => places.KeyFile;

    string NextFile => places.KeyFile + ".next";

    /// <summary>The key an existing store names.</summary>
    /// <exception cref="SecretException"><c>secrets.no_key</c> or <c>secrets.wrong_key</c>.</exception>
    internal MasterKey For(StoreBody body)
    {
        var key = body.Passphrase is { } how ? FromPassphrase(how) : Configured(body)
            ?? throw new SecretException(SecretErrorCodes.NoKey, $"the secret store is locked: there is no master key in {KeyFile}, in {VariableName} or from systemd", "put the key back where it was; without it the values are lost");
        if (key.IdFor(body.Store) == body.KeyId) return key;
        key.Dispose();
        throw new SecretException(SecretErrorCodes.WrongKey, $"the master key from {key.Place} is not the one the secret store was written with",
            key.Origin == KeyOrigin.Passphrase ? "try again" : "give the right key, or take this one away so that the next place is looked at");
    }

    /// <summary>The key a new store is written with; when no place has one, a random one is put into the key file.</summary>
    internal MasterKey ForNew(Randomness randomness)
    {
        if (Configured(null) is { } key) return key;
        using (var fresh = Random(randomness))
        {
            DurableFile.EnsureFolder(Path.GetDirectoryName(KeyFile)!);
            WriteKey(fresh, (path, text) => DurableFile.CreateNew(path, text), KeyFile);
        }
        return FromFile(KeyFile, KeyOrigin.KeyFile) ?? throw new DiskException("read", KeyFile, 2);
    }

    // A key put beside the key file counts when the store says so: a rekeying got that far before it was killed.
    MasterKey? Configured(StoreBody? body)
    {
        if (places.CredentialFile is { } credential && ReadCredential(credential) is { } handed) return handed;
        if (!string.IsNullOrWhiteSpace(places.Variable)) return MasterKey.Read(System.Text.Encoding.UTF8.GetBytes(places.Variable), KeyOrigin.Variable, $"the environment variable {VariableName}");
        var key = FromFile(KeyFile, KeyOrigin.KeyFile);
        if (body is null || key?.IdFor(body.Store) == body.KeyId || FromFile(NextFile, KeyOrigin.KeyFile, isNext: true) is not { } next) return key;
        if (next.IdFor(body.Store) == body.KeyId)
        {
            key?.Dispose();
            return next;
        }
        next.Dispose();
        return key;
    }

    MasterKey FromPassphrase(Stretching how)
    {
        lock (gate)
        {
            if (!asked) answered = places.AskPassphrase("passphrase of the secret store: ");
            asked = true;
            return answered is { Length: > 0 } passphrase ? Stretched(passphrase, how)
                : throw new SecretException(SecretErrorCodes.NoKey, "the secret store is locked with a passphrase, and nobody is there to ask", "run this at a terminal, or move the store to a key file with `openclawssy secrets rekey --key-file`");
        }
    }

    /// <summary>The key made of a passphrase the person has just chosen.</summary>
    internal MasterKey Stretched(byte[] passphrase, Stretching how)
    {
        var bytes = places.Stretch(passphrase, how);
        try { return new(bytes, KeyOrigin.Passphrase, "the passphrase"); }
        finally { CryptographicOperations.ZeroMemory(bytes); }
    }

    /// <summary>Puts a new random key beside the present one; nothing uses it until the store is written with it.</summary>
    internal MasterKey Prepare(Randomness randomness)
    {
        var fresh = Random(randomness);
        DurableFile.EnsureFolder(Path.GetDirectoryName(KeyFile)!);
        WriteKey(fresh, (path, text) => DurableFile.Replace(path, text), NextFile);
        return fresh;
    }

    /// <summary>Brings the key file in line with a store that was just written or found: the key beside it takes its place or goes. Under the store's lock.</summary>
    internal void Settle(MasterKey inUse)
    {
        if (inUse.IsNext) WriteKey(inUse, (path, text) => DurableFile.Replace(path, text), KeyFile);
        if (DurableFile.StampOf(NextFile) is not null) DurableFile.Remove(NextFile);
    }

    MasterKey Random(Randomness randomness)
    {
        Span<byte> bytes = stackalloc byte[Sealing.KeyBytes];
        randomness(bytes);
        var key = new MasterKey(bytes, KeyOrigin.KeyFile, KeyFile) { IsNext = true };
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    static void WriteKey(MasterKey key, Action<string, ReadOnlySpan<byte>> write, string path)
    {
        var text = key.ToFile();
        write(path, text);
        CryptographicOperations.ZeroMemory(text);
    }

    // systemd's own folder and modes: it may show the file to the service by an access list.
    static MasterKey? ReadCredential(string path)
    {
        if (DurableFile.ReadOrNull(path, MaxFileBytes) is not { } text) return null;
        try { return MasterKey.Read(text, KeyOrigin.Credential, path); }
        finally { CryptographicOperations.ZeroMemory(text); }
    }

    static MasterKey? FromFile(string path, KeyOrigin origin, bool isNext = false)
    {
        if (PrivateFile.ReadOrNull(path, MaxFileBytes) is not { } text) return null;
        try { return MasterKey.Read(text, origin, path, isNext); }
        finally { CryptographicOperations.ZeroMemory(text); }
    }

    public void Dispose()
    {
        if (answered is not null) CryptographicOperations.ZeroMemory(answered);
    }
}
