using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.TestKit;

namespace Openclawssy.Acceptance;

/// <summary>A statement of a script that did not hold, with the last command's whole answer.</summary>
sealed class ScriptException(string message) : Exception(message);

/// <summary>Tells one story to the built program: a fresh folder, an empty environment, one statement after the other.</summary>
sealed class ScriptRunner : IDisposable
{
    readonly TempFolder folder;
    readonly IScriptedModel? model;
    readonly Dictionary<string, string> environment;
    readonly GatewayWords gateway;
    readonly DiscordWords discord;
    CommandRun? last;
    string input = "";
    string? run;
    string? session;
    PlannedSignal? signal;

    // The kernel takes the connection and nobody ever answers.
    readonly TcpListener silence = new(IPAddress.Loopback, 0);
    LocalPage? page;

    readonly Dictionary<string, string> repeated = new(StringComparer.Ordinal);

    public ScriptRunner(TempFolder folder, IScriptedModel? model)
    {
        (this.folder, this.model, environment) = (folder, model, CleanEnvironment(folder.Path));
        Home = Directory.CreateDirectory(folder["home"]).FullName;
        gateway = new(Home, environment);
        discord = new(Home, environment, Configure);
    }

    /// <summary>The folder a story happens in; its parent is its own too, so that an escape can be looked for.</summary>
    string Home { get; }

    public async Task RunAsync(Script script)
    {
        foreach (var statement in script.Statements)
        {
            try { await RunAsync(statement); }
            catch (Exception problem) when (problem is not ScriptException)
            {
                throw new ScriptException($"{script.Name}, {statement}\n{problem.Message}\n{last}\n{gateway}\n{discord}");
            }
        }
        try { discord.Check(); }
        catch (InvalidOperationException problem) { throw new ScriptException($"{script.Name}, at its end\n{problem.Message}\n{last}\n{discord}"); }
    }

    async Task RunAsync(Statement statement)
    {
        var rest = model is null ? statement.Rest : statement.Rest.Replace("${MODEL_URL}", model.BaseUrl, StringComparison.Ordinal);
        if (rest.Contains("${RUN}", StringComparison.Ordinal)) rest = rest.Replace("${RUN}", run ?? throw new FormatException("no command has named a run yet"), StringComparison.Ordinal);
        if (rest.Contains("${SESSION}", StringComparison.Ordinal)) rest = rest.Replace("${SESSION}", session ?? throw new FormatException("no command has named a session yet"), StringComparison.Ordinal);
        if (page is not null) rest = rest.Replace("${PAGE_URL}", page.Url, StringComparison.Ordinal);
        foreach (var (name, text) in repeated) rest = rest.Replace($"${{{name}}}", text, StringComparison.Ordinal);
        rest = discord.Filled(gateway.Filled(rest));
        if (statement.Negated && !GatewayWords.Negatable.Contains(statement.Verb) && statement.Verb is not ("exit" or "stdout" or "stderr" or "file" or "exists" or "audit" or "discord")) throw new FormatException($"\"{statement.Verb}\" cannot be negated");
        switch (statement.Verb)
        {
            case "openclawssy":
                (last, input, signal) = (await CommandRun.StartAsync(Words.Split(rest), Home, environment, input, signal), "", null);
                discord.See(last);
                run = $"{last.Error} {last.Out}".Split(' ', '\n', '/', '"').LastOrDefault(word => word.StartsWith("run_", StringComparison.Ordinal)) ?? run;
                session = last.Error.Split(' ', '\n').LastOrDefault(word => word.StartsWith("chat_", StringComparison.Ordinal)) ?? session;
                break;
            case "needs": Expect(File.Exists(rest), "it is not there"); break;
            case "exit": Expect(Last.ExitCode == int.Parse(rest, CultureInfo.InvariantCulture) != statement.Negated, $"it ended with {Last.ExitCode}"); break;
            case "stdout": Text(Last.Out, rest, statement.Negated); break;
            case "stderr": Text(Last.Error, rest, statement.Negated); break;
            case "file": FileText(rest, statement.Negated); break;
            case "exists": Expect(Matches(Words.Text(rest)).Count > 0 != statement.Negated, statement.Negated ? "it is there" : "it is not there"); break;
            case "write": Write(rest); break;
            case "replace": Replace(Words.Split(rest)); break;
            case "mkdir": Directory.CreateDirectory(At(Words.Text(rest))); break;
            case "link": Two(rest, (path, target) => File.CreateSymbolicLink(At(path), target)); break;
            case "hardlink": Two(rest, (path, target) => Expect(NativeMethods.Link(At(target), At(path)) == 0, "the link could not be made")); break;
            case "pipe": Expect(NativeMethods.MakePipe(At(Words.Text(rest)), 384) == 0, "the pipe could not be made"); break;
            case "mode": Two(rest, (path, mode) => Expect(Matches(path) is [var one] && Octal(one) == mode, $"the mode is {string.Join(' ', Matches(path).Select(Octal))}")); break;
            case "env": environment[rest[..rest.IndexOf('=', StringComparison.Ordinal)]] = rest[(rest.IndexOf('=', StringComparison.Ordinal) + 1)..]; break;
            case "repeat" when rest.Split(' ', 3) is [var name, var times, var text]: repeated[name] = string.Concat(Enumerable.Repeat(Words.Text(text), int.Parse(times, CultureInfo.InvariantCulture))); break;
            case "stdin": input = Words.Text(rest); break;
            case "signal": Planned(rest); break;
            case "config": Configure(JsonNode.Parse(rest)!.AsObject()); break;
            case "model" when rest.Split(' ') is ["asked", var times]: await model!.AskedAsync(int.Parse(times, CultureInfo.InvariantCulture)); break;
            case "model": Model(rest); break;
            case "page": (page ??= new()).Text = Words.Text(rest); break;
            case "audit": Expect(rest.StartsWith("has ", StringComparison.Ordinal) && AuditHas(rest[4..]) != statement.Negated, $"the audit has: {string.Join(", ", AuditEvents().Distinct())}"); break;
            case "discord": await discord.RunAsync(rest, statement.Negated); break;
            default:
                var ended = await gateway.RunAsync(statement.Verb, rest, statement.Negated);
                discord.See(ended);
                last = ended ?? last;
                run = gateway.Named("id", "run_") ?? run;
                session = gateway.Named("session_id", "chat_") ?? session;
                break;
        }
    }

    public void Dispose()
    {
        gateway.Dispose();
        discord.Dispose();
        silence.Dispose();
        page?.Dispose();
    }

    CommandRun Last => last ?? throw new FormatException("no command was run yet");

    static void Expect(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    static void Text(string actual, string rest, bool negated)
    {
        var whole = rest.StartsWith("is ", StringComparison.Ordinal);
        var expected = Words.Text(whole ? rest[3..] : rest);
        var holds = whole ? WithoutEnd(actual) == expected : actual.Contains(expected, StringComparison.Ordinal);
        Expect(holds != negated, negated ? "it does say that" : "it does not say that");
    }

    static string WithoutEnd(string text) => text.EndsWith('\n') ? text[..^1] : text;

    void FileText(string rest, bool negated)
    {
        var words = rest.Split(' ', 3);
        if (words is not [var path, "contains" or "is", var text]) throw new FormatException("write: file PATH contains TEXT, or: file PATH is TEXT");
        var found = Matches(path);
        Expect(found.Count > 0, "there is no such file");
        var expected = Words.Text(text);
        Expect(found.Any(one => words[1] == "is" ? File.ReadAllText(one) == expected : File.ReadAllText(one).Contains(expected, StringComparison.Ordinal)) != negated,
            $"it says: {string.Join('\n', found.Select(File.ReadAllText))}");
    }

    void Write(string rest)
    {
        var words = rest.Split(' ', 2);
        Directory.CreateDirectory(Path.GetDirectoryName(At(words[0]))!);
        File.WriteAllText(At(words[0]), words.Length > 1 ? Words.Text(words[1]) : "");
    }

    void Replace(IReadOnlyList<string> words)
    {
        if (words is not [var path, var old, var changed]) throw new FormatException("write: replace PATH OLD NEW");
        var one = Matches(path).FirstOrDefault(found => File.ReadAllText(found).Contains(old, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"no such file contains \"{old}\"");
        File.WriteAllText(one, File.ReadAllText(one).Replace(old, changed, StringComparison.Ordinal));
    }

    void Planned(string rest)
    {
        var words = rest.Split(' ', 3);
        if (words is not ["INT" or "TERM" or "KILL", "after", var text]) throw new FormatException("write: signal INT after TEXT");
        signal = new(words[0] switch { "INT" => 2, "TERM" => 15, _ => 9 }, Words.Text(text));
    }

    void Model(string rest)
    {
        var words = rest.Split(' ', 3);
        switch (words)
        {
            case ["says", ..]: model!.Says(Words.Text(rest["says ".Length..])); break;
            case ["calls", var name, var json]: model!.Calls(name, json); break;
            case ["error", var status, var message]: model!.Fails(int.Parse(status, CultureInfo.InvariantCulture), Words.Text(message)); break;
            case ["waits", "to", var call] when call.Split(' ', 3) is ["call", var name, var json]: model!.WaitsToCall(name, json); break;
            case ["waits", ..]: model!.Waits(Words.Text(rest["waits ".Length..])); break;
            case ["goes", "on"]: model!.GoesOn(); break;
            case ["use"]: Use(model!.BaseUrl); break;
            case ["silent"]:
                silence.Start();
                Use($"http://{silence.LocalEndpoint}/v1");
                break;
            default: throw new FormatException("write: model use, model says TEXT, model calls NAME JSON, model error STATUS TEXT, model waits TEXT, model waits to call NAME JSON, model goes on, model asked N, or: model silent");
        }
    }

    void Use(string baseUrl)
    {
        environment["OPENAI_COMPAT_API_KEY"] = "acceptance-key-0123456789";
        Configure(new JsonObject
        {
            ["model"] = new JsonObject { ["provider"] = "generic", ["name"] = "scripted" },
            ["providers"] = new JsonObject { ["generic"] = new JsonObject { ["base_url"] = baseUrl } },
        });
    }

    // A merge, so that a script names only what it is about.
    void Configure(JsonObject change)
    {
        var path = At(".openclawssy/config.json");
        var current = JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        Merge(current, change);
        File.WriteAllText(path, current.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    static void Merge(JsonObject into, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (value is JsonObject inner && into[name] is JsonObject below) Merge(below, inner);
            else into[name] = value?.DeepClone();
        }
    }

    bool AuditHas(string name) => AuditEvents().Contains(name);

    IEnumerable<string> AuditEvents()
    {
        foreach (var path in Matches(".openclawssy/audit/*.jsonl").Concat(Matches(".openclawssy/agents/*/audit/*.jsonl")))
            foreach (var line in File.ReadLines(path))
            {
                using var record = JsonDocument.Parse(line);
                if (record.RootElement.TryGetProperty("event", out var name)) yield return name.GetString() ?? "";
            }
    }

    static void Two(string rest, Action<string, string> act)
    {
        if (Words.Split(rest) is not [var first, var second]) throw new FormatException("two words are needed");
        act(first, second);
    }

    string At(string path) => Path.GetFullPath(path, Home);

    static string Octal(string path) => OperatingSystem.IsWindows() ? "" : "0" + Convert.ToString((int)File.GetUnixFileMode(path), 8);

    /// <summary>Files and folders a path names; <c>*</c> stands for any part of one name.</summary>
    List<string> Matches(string path)
    {
        List<string> found = [Path.IsPathRooted(path) ? "/" : Home];
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = [.. found.SelectMany(folder => part.Contains('*')
                ? Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, part) : []
                : IsThere(Path.GetFullPath(part, folder)) ? [Path.GetFullPath(part, folder)] : (IEnumerable<string>)[])];
        return found;
    }

    // A link whose target is gone is there all the same.
    static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    static Dictionary<string, string> CleanEnvironment(string folder)
    {
        var clean = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = Directory.CreateDirectory(Path.Combine(folder, "user")).FullName,
            ["TMPDIR"] = folder,
            ["LANG"] = "C.UTF-8",
        };
        // The build for every day needs the .NET runtime it was built with.
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root) clean["DOTNET_ROOT"] = root;
        return clean;
    }
}
