using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Openclawssy.Gateway;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Cli;

/// <summary><c>serve</c>: the gateway, until it is told to stop.</summary>
sealed class ServeCommand() : CliCommand("serve", "run the gateway: HTTP API, jobs, channels")
{
    readonly Option<string?> address = new("--addr") { Description = "listen here instead of server.bind_address and server.port; port 0 lets the system choose", HelpName = "host:port" };
    readonly Option<string?> token = new("--token") { Description = "the bearer token clients must send; better in OPENCLAWSSY_TOKEN or server.token_file, because other users can see a command line", HelpName = "text" };

    public override IReadOnlyList<Option> Options => [address, token];
    public override string Details => "without --token, OPENCLAWSSY_TOKEN or server.token_file it makes a token at its first start and shows it once. "
        + "A token that could be guessed is taken on this machine's own addresses only. Ctrl-C and SIGTERM let running work end; a second one ends at once";
    public override IReadOnlyList<string> Examples => ["serve", "serve --addr 127.0.0.1:8787 --token local-dev-token"];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var state = Opening.State(context);
        var held = GatewayPlate.TryTake(state) ?? throw Second(state);
        try
        {
            using var installation = Opening.Compose(context);
            var where = AddressOf(context, installation.Config.Server);
            var source = TokenOf(context, installation, state);
            using var certificate = CertificateOf(context, installation.Config.Server);
            Demand(where, certificate, source);

            await using var serving = new Serving(installation, held, where, source, certificate, installation.Config.Server.AccessLog ? context.Error : null, context.World,
                cancelled => DoctorChecks.RunAsync(context, online: false, cancelled));
            serving.Discord.Changed += status => ServeReport.Print(context, status);
            IReadOnlyList<(Runtime.Text.RunId Run, IReadOnlyList<string> OutcomeUnknown)> closed;
            try { closed = await serving.StartAsync(cancellationToken); }
            catch (IOException taken) when (taken is not DiskException) { throw new CliException($"cannot listen on {where}: {taken.InnerException?.Message ?? taken.Message}", "end what listens there, or choose another with --addr HOST:PORT"); }

            ServeReport.Print(context, installation, serving.Address, source, closed);
            var notice = new ServiceNotice(context.Surroundings.Variable(ServiceNotice.Variable));
            notice.Ready($"listening on {serving.Address}");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            notice.Stopping();
            context.Error.WriteLine($"stopping: running work has {installation.Config.Server.DrainSeconds} s to end; a second signal ends at once");
            await serving.StopAsync(TimeSpan.FromSeconds(installation.Config.Server.DrainSeconds));
            return ExitCodes.Ok;
        }
        finally { held.Dispose(); }
    }

    static CliException Second(StateFolder state) => GatewayPlate.Find(state) is { } other
        ? new($"a gateway of this instance runs already: process {other.ProcessId}, {other.Address}", "end it first; one instance has one gateway")
        : new("a gateway of this instance is starting or stopping", "try again in a moment; one instance has one gateway");

    GatewayAddress AddressOf(CommandContext context, ServerConfig config)
    {
        var text = context.Parse.GetValue(address);
        if (text is null) return GatewayAddress.Parse($"{(config.BindAddress.Contains(':', StringComparison.Ordinal) ? $"[{config.BindAddress}]" : config.BindAddress)}:{config.Port}")!;
        return GatewayAddress.Parse(text) ?? throw CliException.Usage($"\"{text}\" is no address to listen on", "give one of this machine with a port, for example 127.0.0.1:8787 or [::1]:8787");
    }

    TokenSource TokenOf(CommandContext context, Installation installation, StateFolder state)
    {
        try { return TokenSource.Choose(context.Parse.GetValue(token), context.World, installation.Config.Server, state, context.Root); }
        catch (TokenRefusedException refused) { throw CliException.Usage(refused.Message, refused.NextStep); }
        catch (NotPrivateException refused) { throw CliException.Usage(refused.Message, refused.NextStep); }
        catch (InvalidDataException refused) { throw CliException.Usage(refused.Message, null); }
    }

    static X509Certificate2? CertificateOf(CommandContext context, ServerConfig config)
    {
        if (!config.TlsEnabled) return null;
        var (certificate, key) = (Path.GetFullPath(config.TlsCertFile, context.Root), Path.GetFullPath(config.TlsKeyFile, context.Root));
        try
        {
            if (PrivateFile.ReadOrNull(key, 1024 * 1024) is null) throw CliException.Usage($"the key's file {key} is not there", "`openclawssy setup --https` makes a certificate for this machine, or set server.tls_key_file");
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (NotPrivateException refused) { throw CliException.Usage(refused.Message, refused.NextStep); }
        catch (Exception refused) when (refused is CryptographicException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw CliException.Usage($"HTTPS is on, and its files cannot be used: {refused.Message}", "see server.tls_cert_file and server.tls_key_file; `openclawssy doctor` looks at them");
        }
    }

    /// <summary>Whoever can reach it from elsewhere must neither hear nor guess the token.</summary>
    static void Demand(GatewayAddress where, X509Certificate2? certificate, TokenSource source)
    {
        if (where.IsLoopback) return;
        if (certificate is null) throw CliException.Usage($"refused to listen on {where}: other machines reach it, and without HTTPS the token could be read on the way", "set server.tls_enabled (`openclawssy setup` makes a certificate), or listen on 127.0.0.1");
        if (source.IsWeak) throw CliException.Usage($"refused to listen on {where}: other machines reach it, and the token from {source.Where} could be guessed", "leave the token out and the program makes one, or give at least 22 characters of a generator");
    }
}
