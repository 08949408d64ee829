using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Acceptance;

/// <summary>The words of a story that are about the gateway: started, asked, told to stop.</summary>
sealed class GatewayWords(string home, IReadOnlyDictionary<string, string> environment) : IDisposable
{
    public static readonly IReadOnlySet<string> Negatable = new HashSet<string> { "json", "body", "answer" };

    readonly HttpExchange http = new();
    readonly Dictionary<string, string> kept = new(StringComparer.Ordinal);
    readonly Lazy<int> port = new(FreePort);
    RunningGateway? gateway;

    /// <summary>What the story and the answers named, put into a line.</summary>
    public string Filled(string rest)
    {
        if (!rest.Contains("${", StringComparison.Ordinal)) return rest;
        if (rest.Contains("${PORT}", StringComparison.Ordinal)) rest = rest.Replace("${PORT}", port.Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        if (gateway is not null)
            rest = rest.Replace("${GATEWAY}", gateway.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal).Replace("${PID}", gateway.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        foreach (var (name, value) in kept) rest = rest.Replace($"${{{name}}}", value, StringComparison.Ordinal);
        return rest;
    }

    /// <returns>What the gateway said in all, when it ended; null otherwise.</returns>
    public async Task<CommandRun?> RunAsync(string verb, string rest, bool negated)
    {
        var words = rest.Split(' ', 2);
        switch (verb)
        {
            case "serve":
                if (gateway is not null) throw new FormatException("a gateway of this story runs already; end it first");
                var arguments = Words.Split(rest);
                gateway = await RunningGateway.StartAsync(arguments, home, environment);
                if (arguments.SkipWhile(word => word != "--token").Skip(1).FirstOrDefault() is { } given) http.Token = given;
                else if (gateway.Token is { } shown) http.Token = kept["TOKEN"] = shown;
                return null;
            case "gateway" when words is ["TERM" or "INT" or "KILL"]:
                Gateway.Signal(words[0] switch { "INT" => 2, "TERM" => 15, _ => 9 });
                return null;
            case "gateway" when words is ["says", var text]:
                await Gateway.SaysAsync(Words.Text(text));
                return null;
            case "gateway" when words is ["ends", var code]:
                var ended = await Gateway.EndAsync();
                gateway!.Dispose();
                gateway = null;
                Expect(ended.ExitCode == int.Parse(code, CultureInfo.InvariantCulture), $"it ended with {ended.ExitCode}\n{ended}");
                return ended;
            case "token": http.Token = rest == "none" ? null : Words.Text(rest); return null;
            case "header": http.Add(rest); return null;
            case "GET" or "HEAD" or "DELETE" or "POST" or "PATCH" or "PUT":
                await http.SendAsync(verb, words[0].StartsWith('/') ? new(Gateway.Address, words[0]) : new Uri(words[0]), words.Length > 1 ? Words.Text(words[1]) : null);
                return null;
            case "until" when words is [var field, var value]: await http.UntilAsync(field, Words.Text(value)); return null;
            case "status": Expect(http.Status == int.Parse(rest, CultureInfo.InvariantCulture), $"it was answered with {http.Status}"); return null;
            case "json":
                var found = http.Field(words[0]);
                Expect((words.Length > 1 ? found == Words.Text(words[1]) : found is not null) != negated, found is null ? "there is no such field" : $"it is {found}");
                return null;
            case "body": Expect(http.Body.Contains(Words.Text(rest), StringComparison.Ordinal) != negated, negated ? "it does say that" : "it does not say that"); return null;
            case "answer":
                var name = rest.Split(':', 2);
                var present = http.Header(name[0]);
                Expect((name.Length > 1 ? present == name[1].Trim() : present is not null) != negated, present is null ? "there is no such header" : $"it is {present}");
                return null;
            case "keep" when words is [var label, var path]:
                kept[label] = http.Field(path) ?? throw new InvalidOperationException("there is no such field");
                return null;
            default: throw new FormatException($"\"{verb} {rest}\" is no sentence of the script language");
        }
    }

    /// <summary>The last field of that name in an answer that begins as told; null when there is none.</summary>
    public string? Named(string field, string prefix) => http.ToString().Length > 0 && http.Field(field) is { } value && value.StartsWith(prefix, StringComparison.Ordinal) ? value : null;

    public override string ToString() => http.ToString();

    RunningGateway Gateway => gateway ?? throw new FormatException("no gateway of this story runs");

    static void Expect(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    // Free a moment ago, and out of the range the system gives out by itself.
    static int FreePort()
    {
        while (true)
        {
            var candidate = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, candidate);
                listener.Start();
                return candidate;
            }
            catch (SocketException) { }
        }
    }

    public void Dispose()
    {
        gateway?.Dispose();
        http.Dispose();
    }
}
