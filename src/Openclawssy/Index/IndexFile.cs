using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Storage;
using SQLitePCL;

namespace Openclawssy.Index;

/// <summary>
/// <c>state.db</c> as a file: opened, made, and moved aside when it is broken. The index in it can be made again, so it is never
/// repaired, and no sync of it is waited for; the ledgers beside it wait for theirs (<see cref="LedgerFile"/>).
/// </summary>
/// <param name="ownProcess">Name of this process' lock, or null when it has none.</param>
sealed class IndexFile(StateFolder state, string? ownProcess)
{
    /// <summary>Of the tables; another one means that they are made anew.</summary>
    public const int Version = 2;

    /// <summary>How long another process' write is waited for, in milliseconds.</summary>
    const int Patience = 2_000;

    /// <summary>Pages of the write-ahead log that are kept before it is carried over: reading them is part of the next start.</summary>
    const int LogPages = 400;

    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE (https://sqlite.org/c3ref/c_dbconfig_defensive.html).
    const int NoCheckpointOnClose = 1006;

    // https://sqlite.org/rescode.html
    const int Corrupt = 11, NotADatabase = 26;

    public string Path => state.Of("state.db");
    public string BrokenPath => Path + ".broken";

    /// <summary>A connection with the tables in place.</summary>
    /// <exception cref="IndexException">It is broken, and cannot be moved aside while another process uses it.</exception>
    public SqliteConnection Open()
    {
        // Making it and moving it aside happen one at a time over all processes.
        using var alone = FileLock.Acquire(LockPath);
        try
        {
            return Connect();
        }
        catch (SqliteException broken) when (IsBroken(broken))
        {
            MoveAside(broken);
            return Connect();
        }
    }

    /// <summary>One more connection for who has one already: nothing is moved from under it.</summary>
    public SqliteConnection OpenAgain() => Connect();

    /// <summary>One act on a connection of its own, while nothing is moved from under it.</summary>
    public T Alone<T>(Func<SqliteConnection, T> act)
    {
        using var alone = FileLock.Acquire(LockPath);
        using var connection = Connect();
        return act(connection);
    }

    /// <summary>For what was found broken while it was open. All connections of this process are closed.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public void MoveAsideBroken(SqliteException broken)
    {
        using var alone = FileLock.Acquire(LockPath);
        MoveAside(broken);
    }

    /// <summary>whether the file begins as a database does. Nothing is opened as a database.</summary>
    public bool LooksWhole()
    {
        // https://sqlite.org/fileformat.html: it begins with these words; a new file is empty until its first write.
        Span<byte> head = stackalloc byte[64];
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return length == 0 || length == head.Length && head.StartsWith("SQLite format 3\0"u8);
    }

    public static bool IsBroken(SqliteException problem) => problem.SqliteErrorCode is Corrupt or NotADatabase;

    string LockPath => state.Of("state.db.lock");

    // SQLite itself would make it readable to others.
    void Create()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var made = new FileStream(Path, options);
    }

    SqliteConnection Connect()
    {
        if (!File.Exists(Path)) Create();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = Patience / 1000 }.ToString());
        try
        {
            connection.Open();
            // The last one to close would carry the log over and wait for the disk, at the end of every `ask`.
            raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, 1, out _);
            connection.Do($"PRAGMA busy_timeout={Patience}; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint={LogPages};");
            if (connection.Number("PRAGMA user_version") != Version) IndexTables.Make(connection, Version);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Who has it open would go on writing into the file that was moved, and what it wrote would be missing.
    void MoveAside(SqliteException broken)
    {
        foreach (var path in Directory.EnumerateFiles(state.ProcessesFolder, "*.lock"))
        {
            var name = System.IO.Path.GetFileNameWithoutExtension(path);
            if (name != ownProcess && ProcessLock.IsHeld(state.ProcessesFolder, name))
                throw new IndexException($"the index of runs ({Path}) is broken and another process uses it; it is made again by the first start without one", broken);
        }
        if (File.Exists(Path)) File.Move(Path, BrokenPath, overwrite: true);
        File.Delete(Path + "-wal");
        File.Delete(Path + "-shm");
    }
}
