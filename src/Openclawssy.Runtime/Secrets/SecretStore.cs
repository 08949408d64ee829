using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Secrets;

/// <summary>
/// The encrypted file of secrets. Every change is made under a lock between processes, told to a witness before it happens,
/// and on disk when a method returns; a reader and a crash at any moment see the store before or after it.
/// </summary>
/// <param name="path">Absolute path of <c>secrets.store_file</c>.</param>
/// <param name="mark">Where the store's generation is remembered outside; null if nowhere.</param>
/// <param name="audit">What the installation's audit was told of the last generation; null when it is told nothing. Its heads carry a MAC of the store's key.</param>
public sealed class SecretStore(string path, KeySources keys, IGenerationMark? mark, TimeProvider clock, Randomness randomness, IGenerationMark? audit = null)
{
    /// <summary>Stands for no store, where an operator said that there shall be none.</summary>
    static readonly StoreMark nothing = new("", 0, "");

    public string Place => path;

    /// <summary>Where its generation is remembered; null if nowhere.</summary>
    public string? MarkPlace => mark?.Place;

    /// <summary>Tells one content from the next, cheaply; null when there is no store.</summary>
    public FileStamp? Stamp => DurableFile.StampOf(path);

    /// <summary>Everything in it, verified; an empty vault when there is no store. Writes nothing.</summary>
    /// <exception cref="SecretException">It is locked, altered, or older than what is remembered.</exception>
    /// <exception cref="NotPrivateException">Others may read it or its key.</exception>
    public Vault Unlock()
    {
        if (Stamp is null && mark?.Read() is null && audit?.Read() is null) return Vault.Empty;
        var (held, opened) = Enter();
        using (held)
        using (opened?.Key)
            return opened is null ? Vault.Empty : Vault.Of(opened.Body, opened.Key);
    }

    /// <summary>Gives a secret a new value.</summary>
    /// <param name="bind">From the present binding (null when there is none) the one it shall have.</param>
    /// <param name="witness">Told before anything happens; if it throws, nothing does.</param>
    public SecretFacts Set(SecretName name, SecretValue value, Func<SecretBinding?, SecretBinding?> bind, Action<SecretChange> witness)
    {
        using var change = Begin(create: true);
        var before = change.Find(name)?.Facts();
        var facts = new SecretFacts(name, (before?.Version ?? 0) + 1, clock.GetUtcNow().ToUniversalTime(), bind(before?.Binding));
        Commit(change, change.With(StoredSecret.Seal(change.Key, change.Body.Store, facts, value, randomness)), new("set", name, change.Body.Generation + 1, facts.Binding, change.Heads), witness);
        return facts;
    }

    /// <summary>Binds a secret to hosts and a header; the value stays.</summary>
    /// <exception cref="SecretException"><c>secrets.not_found</c>, beside those of every method.</exception>
    public SecretFacts Bind(SecretName name, SecretBinding binding, Action<SecretChange> witness)
    {
        using var change = Begin(create: false);
        var stored = change.Find(name) ?? throw NotFound(name);
        using var value = stored.Open(change.Key, change.Body.Store);
        var facts = stored.Facts() with { Binding = binding };
        Commit(change, change.With(StoredSecret.Seal(change.Key, change.Body.Store, facts, value, randomness)), new("bind", name, change.Body.Generation + 1, binding, change.Heads), witness);
        return facts;
    }

    /// <exception cref="SecretException"><c>secrets.not_found</c>, beside those of every method.</exception>
    public void Remove(SecretName name, Action<SecretChange> witness)
    {
        using var change = Begin(create: false);
        var stored = change.Find(name) ?? throw NotFound(name);
        Commit(change, [.. change.Body.Secrets.Where(secret => secret != stored)], new("remove", name, change.Body.Generation + 1, null, change.Heads), witness);
    }

    /// <summary>
    /// Seals every value anew under another master key. Until the file is replaced the old key opens it, from then on the new
    /// one; a new key file is put beside the old one first and takes its place last, so that a kill loses neither.
    /// </summary>
    public void Rekey(NewKey chosen, Action<SecretChange> witness)
    {
        using var change = Begin(create: false);
        var stretching = chosen.Passphrase is null ? null : Stretching.New(randomness);
        using var key = stretching is not null ? keys.Stretched(chosen.Passphrase!, stretching) : chosen.Key ?? keys.Prepare(randomness);
        var body = change.Body;
        var renewed = new List<StoredSecret>();
        foreach (var stored in body.Secrets)
        {
            using var value = stored.Open(change.Key, body.Store);
            renewed.Add(StoredSecret.Seal(key, body.Store, stored.Facts(), value, randomness));
        }
        Write(body with { KeyId = key.IdFor(body.Store), Passphrase = stretching, Secrets = renewed, Generation = body.Generation + 1 }, key,
            new("rekey", null, body.Generation + 1, null, change.Heads with { Keys = [.. change.Heads.Keys, key.ForHeads(body.Store)] }), witness);
    }

    /// <summary>What is decided and read together, under the lock, until it is disposed.</summary>
    sealed record Change(FileLock Held, StoreBody Body, MasterKey Key) : IDisposable
    {
        public StoredSecret? Find(SecretName name) => Body.Secrets.FirstOrDefault(secret => secret.Name == name.ToString());

        public IReadOnlyList<StoredSecret> With(StoredSecret secret) =>
            [.. Body.Secrets.Where(other => other.Name != secret.Name).Append(secret).OrderBy(each => each.Name, StringComparer.Ordinal)];

        public HeadKeys Heads => new([Key.ForHeads(Body.Store)], Body.MarksHeads == true);

        public void Dispose()
        {
            Key.Dispose();
            Held.Dispose();
        }
    }

    sealed record Opened(StoreBody Body, MasterKey Key);

    Change Begin(bool create)
    {
        DurableFile.EnsureFolder(Path.GetDirectoryName(path)!);
        var (held, opened) = Enter();
        try
        {
            if (opened is not null)
            {
                keys.Settle(opened.Key);
                return new(held, opened.Body, opened.Key);
            }
            if (!create) throw new SecretException(SecretErrorCodes.NotFound, "there is no secret yet", "`openclawssy secrets set NAME` makes the store");
            var key = keys.ForNew(randomness);
            Span<byte> id = stackalloc byte[16];
            randomness(id);
            var store = Convert.ToHexStringLower(id);
            return new(held, new(StoreBody.Version, store, 0, key.IdFor(store), null, []), key);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    // A person may be asked for a passphrase, and must not hold the lock while they think: so the key is looked for first. What
    // was found may be out of date by then; under the lock it is looked for once more, and nobody is asked a second time.
    (FileLock Held, Opened? Opened) Enter()
    {
        var key = Read() is { } seen ? Found(StoreFile.Parse(seen)) : null;
        FileLock? held = null;
        try
        {
            held = FileLock.Acquire(path + ".lock");
            var file = Read();
            var body = file is null ? null : StoreFile.Parse(file);
            if (key?.IdFor(body?.Store ?? "") != body?.KeyId)
            {
                key?.Dispose();
                key = body is null ? null : keys.For(body);
            }
            Demand(body, body is null ? null : StoreFile.Verify(file, body, key!));
            return (held, body is null ? null : new(body, key!));
        }
        catch
        {
            key?.Dispose();
            held?.Dispose();
            throw;
        }
    }

    MasterKey? Found(StoreBody body)
    {
        try { return keys.For(body); }
        // The store and the key beside it were read one after the other; a rekeying may have changed both in between.
        catch (SecretException problem) when (problem.Code is SecretErrorCodes.WrongKey or SecretErrorCodes.NoKey) { return null; }
    }

    byte[]? Read() => PrivateFile.ReadOrNull(path, StoreFile.MaxBytes);

    void Demand(StoreBody? body, string? mac)
    {
        foreach (var remembering in (IGenerationMark?[])[mark, audit])
            if (remembering?.Read() is { } seen && seen != nothing) Demand(body, mac, seen, remembering.Place);
    }

    static void Demand(StoreBody? body, string? mac, StoreMark seen, string place)
    {
        var why = body is null ? $"the secret store is gone (it had come to generation {seen.Generation})"
            : seen.Store != body.Store ? "the secret store is another store than the one that was here"
            : body.Generation < seen.Generation ? $"the secret store is an old copy: generation {body.Generation}, and it had come to {seen.Generation}"
            : body.Generation == seen.Generation && mac != seen.Mac ? $"the secret store is not the one that was written as generation {seen.Generation}" : null;
        if (why is not null) throw new SecretException(SecretErrorCodes.RolledBack, $"{why}, says {place}", "restore the present store; if this one is wanted on purpose, `openclawssy secrets accept`");
    }

    /// <summary>Takes the store as it is for the present one, whatever is remembered of another. For an operator who put it back on purpose.</summary>
    /// <exception cref="SecretException">It is locked or altered.</exception>
    public StoreMark Accept(Action<SecretChange> witness)
    {
        using var held = FileLock.Acquire(path + ".lock");
        var file = Read();
        var body = file is null ? null : StoreFile.Parse(file);
        using var key = body is null ? null : keys.For(body);
        var present = body is null ? nothing : new StoreMark(body.Store, body.Generation, StoreFile.Verify(file, body, key!));
        var heads = body is null ? HeadKeys.None : new HeadKeys([key!.ForHeads(body.Store)], body.MarksHeads == true);
        witness(new("accept", null, present.Generation, null, heads, present));
        mark?.Write(present);
        return present;
    }

    void Commit(Change change, IReadOnlyList<StoredSecret> secrets, SecretChange what, Action<SecretChange> witness) =>
        Write(change.Body with { Secrets = secrets, Generation = change.Body.Generation + 1 }, change.Key, what, witness);

    // The marks come after the file: a crash between the two leaves a store that is newer than they are, which is no harm.
    void Write(StoreBody body, MasterKey key, SecretChange what, Action<SecretChange> witness)
    {
        if (audit is not null) body = body with { MarksHeads = true };
        var file = StoreFile.Write(body, key, out var mac);
        witness(what);
        DurableFile.Replace(path, file);
        var written = new StoreMark(body.Store, body.Generation, mac);
        mark?.Write(written);
        if (audit is not null) witness(what with { HeadKeys = new([key.ForHeads(body.Store)], body.MarksHeads == true), Written = written });
        keys.Settle(key);
    }

    static SecretException NotFound(SecretName name) => new(SecretErrorCodes.NotFound, $"there is no secret \"{name}\"", "`openclawssy secrets list` shows them");
}

/// <summary>What a store is to be opened with from now on: a key, a passphrase, or (neither) a new random key in the key file.</summary>
public sealed record NewKey(MasterKey? Key, byte[]? Passphrase)
{
    public static NewKey InFile => new(null, null);
}
