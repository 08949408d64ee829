using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

// A process for the crash tests to kill, starve and lie to. Exit code 0 means "acknowledged", 9 "refused".
try
{
    // Races begin when everybody is there.
    if (args is ["together", ..])
    {
        Console.WriteLine("ready");
        Console.ReadLine();
        args = args[1..];
    }
    switch (args)
    {
        case ["replace", var path, var text]:
            DurableFile.Replace(path, Encoding.UTF8.GetBytes(text));
            return 0;
        case ["replace-naively", var path, var text]:
            using (var stream = new FileStream(path + ".tmp", FileMode.Create))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }
            File.Move(path + ".tmp", path, overwrite: true);
            return 0;
        case ["replace-for-ever", var path, var size]:
            for (var i = 0; ; i++)
            {
                var fill = new byte[int.Parse(size)];
                Array.Fill(fill, (byte)('a' + i % 26));
                DurableFile.Replace(path, fill);
                Console.WriteLine(i);
            }
        case ["overwrite-for-ever", var path, var size]:
            for (var i = 0; ; i++)
            {
                var fill = new byte[int.Parse(size)];
                Array.Fill(fill, (byte)('a' + i % 26));
                // In pieces, as buffered writers do.
                using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
                    for (var at = 0; at < fill.Length; at += 4096) stream.Write(fill, at, Math.Min(4096, fill.Length - at));
                Console.WriteLine(i);
            }
        case ["append", var path, var text]:
            using (var file = AppendFile.OpenOrCreate(path)) file.Sync(file.Append(Encoding.UTF8.GetBytes(text)));
            return 0;
        case ["audit", var state, var anchor, var run, var count]:
            return await Runs.Act(state, anchor, run, int.Parse(count));
        case ["grant", var state, var agent, .. var capabilities]:
            return Changes.Grant(state, agent, capabilities);
        case ["grant-naively", var state, var agent, .. var capabilities]:
            return Changes.GrantNaively(state, agent, capabilities);
        case ["configure", var root, var agent, var count]:
            return Changes.Configure(root, agent, int.Parse(count));
        case ["configure-naively", var root, var agent, var count]:
            return Changes.ConfigureNaively(root, agent, int.Parse(count));
        case ["hold", var processes, var name]:
            using (var held = ProcessLock.Create(processes, name))
            {
                held.Record("default", "run_1");
                held.Record("default", "run_2");
                Console.WriteLine("held");
                Console.ReadLine();
            }
            return 0;
        case ["talk", var state, var session, var name, var count]:
            return await Talks.Talk(state, session, name, int.Parse(count));
        case ["take-turns", var state, var session, var name, var count]:
            return await Talks.TakeTurns(state, session, name, int.Parse(count));
        case ["take-no-turns", var state, var session, var name, var count]:
            return await Talks.TakeNoTurns(state, session, name, int.Parse(count));
        case ["close-session", var state, var session]:
            Talks.Store(state).Close(Talks.Agent, SessionId.Parse(session));
            return 0;
        case ["talk-naively", var messages, var name, var count]:
            return Talks.TalkNaively(messages, name, int.Parse(count));
        case ["talk-buffered", var messages, var name, var count]:
            return Talks.TalkBuffered(messages, name, int.Parse(count));
        case ["secrets-set", var root, var prefix, var count]:
            for (var i = 0; i < int.Parse(count); i++)
            {
                Vaults.Set(root, $"{prefix}/{i}", $"value of {prefix} number {i}");
                Console.WriteLine(i);
            }
            return 0;
        case ["secrets-rekey-for-ever", var root]:
            for (var i = 0; ; i++)
            {
                Vaults.Store(root).Rekey(NewKey.InFile, _ => { });
                Console.WriteLine(i);
            }
        case ["jobs-add", var path, var prefix, var count]:
            return Jobs.Add(path, prefix, int.Parse(count));
        case ["jobs-add-naively", var path, var prefix, var count]:
            return Jobs.AddNaively(path, prefix, int.Parse(count));
        case ["jobs-start-for-ever", var root, var begin, var started]:
            return Jobs.StartForEver(root, long.Parse(begin), started);
        default:
            Console.Error.WriteLine("unknown");
            return 2;
    }
}
catch (IOException refused)
{
    Console.Error.WriteLine(refused.Message);
    return 9;
}

/// <summary>Runs that do nothing but have effects: each one is a line on standard output, written only after its verdict is kept.</summary>
static class Runs
{
    public static async Task<int> Act(string state, string anchor, string run, int count)
    {
        var clock = TimeProvider.System;
        using var installation = new InstallationAudit(state, clock, new Ids(clock, RandomNumberGenerator.Fill), new FileAnchor(anchor), text => (text, 0));
        using var audit = new AuditLog(state, AgentId.Parse("default"), clock, text => (text, 0), installation);
        using var journal = RunJournal.Create(Path.Combine(state, "agents/default/runs", run), clock, [audit], []);
        var user = new Provenance("user");
        await journal.WriteAsync(new RunCreated(run, "default", ["operator"], "cli.run", user, "go", null, null, "p", null, "full", "0"), default);
        for (var i = 1; i <= count; i++)
        {
            await journal.WriteAsync(new ToolRequested($"c{i}", "fs.write", "fs.write", "{}", null, null, user), default);
            await journal.WriteAsync(new PolicyVerdict($"c{i}", "fs.write", "allow", "workspace_write", "grant", "here", "because"), default);
            Console.WriteLine(i);
            await journal.WriteAsync(new ToolAnswered($"c{i}", "fs.write", "{}", "wrote", null, "workspace_write", clock.GetUtcNow(), clock.GetUtcNow(), 1, user), default);
        }
        await journal.WriteAsync(new RunEnded("completed", null, null, "done", null, null, count, 1, null, clock.GetUtcNow(), 1), default);
        return 0;
    }
}

/// <summary>A store of secrets with its key beside it and its mark in the folder above.</summary>
static class Vaults
{
    public static SecretStore Store(string root) => new(Path.Combine(root, "secrets.enc"),
        new(new(null, null, Path.Combine(root, "master.key"), _ => null, (_, _) => throw new NotSupportedException("no passphrase here"))),
        new FileGenerationMark(root + ".mark"), TimeProvider.System, RandomNumberGenerator.Fill);

    public static void Set(string root, string name, string text)
    {
        using var value = SecretValue.Of(Encoding.UTF8.GetBytes(text));
        Store(root).Set(SecretName.Parse(name), value, bound => bound, _ => { });
    }
}
