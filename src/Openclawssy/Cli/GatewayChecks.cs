using System.Globalization;
using Openclawssy.Runtime.Config;

namespace Openclawssy.Cli;

/// <summary>The part of <c>doctor</c> about what `serve` will listen on: the port, and the certificate with its key. Nothing is opened.</summary>
static class GatewayChecks
{
    static readonly TimeSpan soon = TimeSpan.FromDays(30);

    /// <param name="listening">The kernel's tables of TCP sockets, as text; empty where there are none.</param>
    public static IEnumerable<Finding> Run(ServerConfig server, string root, DateTimeOffset now, Func<IEnumerable<string>> listening)
    {
        // Who never wrote a word about it does not serve.
        if (server == new ServerConfig()) yield break;
        yield return Port(server, listening());
        if (!server.TlsEnabled) yield break;
        var (certificate, key) = (Path.GetFullPath(server.TlsCertFile, root), Path.GetFullPath(server.TlsKeyFile, root));
        yield return Certificate(certificate, key, now);
        if (Mode(key) is { } open) yield return open;
    }

    static Finding Port(ServerConfig server, IEnumerable<string> sockets)
    {
        var ports = Listening(sockets);
        return ports is null ? new("port", Health.Ok, $"port {server.Port} was not looked at: this system does not say what listens")
            : ports.Contains(server.Port) ? new("port", Health.Warning, $"something listens on port {server.Port}: `openclawssy serve`, or another program", "if it is another program, end it or set server.port")
            : new("port", Health.Ok, $"port {server.Port} is free");
    }

    // "sl local_address rem_address st …": an address is hexadecimal with its port behind the colon, and 0A is a listening socket.
    static HashSet<int>? Listening(IEnumerable<string> tables)
    {
        HashSet<int>? ports = null;
        foreach (var table in tables)
        {
            ports ??= [];
            foreach (var line in table.Split('\n').Skip(1))
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, "0A", ..] && int.TryParse(local.AsSpan(local.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port)) ports.Add(port);
        }
        return ports;
    }

    /// <summary>What this machine's kernel says.</summary>
    public static IEnumerable<string> SocketsOfThisMachine() => ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).Where(File.Exists).Select(File.ReadAllText);

    static Finding Certificate(string certificate, string key, DateTimeOffset now)
    {
        const string Make = "`openclawssy setup --https` makes one";
        foreach (var file in (string[])[certificate, key])
            if (!File.Exists(file)) return new("tls", Health.Failed, $"{file} is missing, and server.tls_enabled needs it", Make);
        if (ServerCertificate.Look(certificate, key) is not { } dates) return new("tls", Health.Failed, $"{certificate} and {key} are no pair of a certificate and its key in PEM form", Make);
        var until = dates.To.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return now < dates.From ? new("tls", Health.Failed, $"{certificate} holds only from {dates.From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} on", "check the clock")
            : now >= dates.To ? new("tls", Health.Failed, $"{certificate} ran out on {until}", Make)
            : dates.To - now < soon ? new("tls", Health.Warning, $"{certificate} runs out on {until}", Make)
            : new("tls", Health.Ok, $"{certificate} holds until {until}");
    }

    static Finding? Mode(string key) =>
        !OperatingSystem.IsWindows() && File.Exists(key) && (File.GetUnixFileMode(key) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0
            ? new("tls", Health.Warning, $"{key} is open to other users of this machine", $"chmod 600 {key}") : null;
}
