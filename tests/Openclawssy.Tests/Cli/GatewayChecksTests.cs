using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Openclawssy.Cli;
using Openclawssy.Runtime.Config;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

/// <summary>The certificate `setup` makes, and what `doctor` says of it and of the port.</summary>
public sealed class GatewayChecksTests : IDisposable
{
    static readonly DateTimeOffset now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly TempFolder folder = new();

    string CertificateFile => folder["certs/server.crt"];
    string KeyFile => folder["certs/server.key"];
    static ServerConfig Tls => new() { TlsEnabled = true, TlsCertFile = "certs/server.crt", TlsKeyFile = "certs/server.key" };

    public void Dispose() => folder.Dispose();

    List<Finding> Look(ServerConfig server, DateTimeOffset? at = null, params string[] sockets) => [.. GatewayChecks.Run(server, folder.Path, at ?? now, () => sockets)];

    Finding TlsFinding(DateTimeOffset? at = null) => Look(Tls, at).First(finding => finding.Check == "tls");

    [Fact]
    public void A_certificate_is_for_this_machine_alone_and_its_key_for_its_owner()
    {
        Assert.True(ServerCertificate.Ensure(CertificateFile, KeyFile, now));
        using var pair = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
        Assert.Equal(256, pair.GetECDsaPrivateKey()!.KeySize);
        foreach (var name in new[] { "localhost", "127.0.0.1", "::1" }) Assert.True(pair.MatchesHostname(name), name);
        foreach (var name in new[] { "openclawssy", "example.com", "127.0.0.2" }) Assert.False(pair.MatchesHostname(name), name);
        Assert.False(pair.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal("1.3.6.1.5.5.7.3.1", pair.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(KeyFile), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", File.ReadAllText(CertificateFile), StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["certs"]));
    }

    [Fact]
    public void One_that_holds_stays_and_one_that_does_not_is_made_again()
    {
        Assert.True(ServerCertificate.Ensure(CertificateFile, KeyFile, now));
        Assert.False(ServerCertificate.Ensure(CertificateFile, KeyFile, now.AddDays(800)));
        Assert.True(ServerCertificate.Ensure(CertificateFile, KeyFile, now.AddDays(826)));
        using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256)) File.WriteAllText(KeyFile, other.ExportPkcs8PrivateKeyPem());
        Assert.True(ServerCertificate.Ensure(CertificateFile, KeyFile, now.AddDays(826)));
    }

    [Fact]
    public void Doctor_says_what_is_missing_wrong_or_about_to_end()
    {
        Assert.Equal(Health.Failed, TlsFinding().Health);
        ServerCertificate.Ensure(CertificateFile, KeyFile, now);
        Assert.Equal(Health.Ok, TlsFinding().Health);
        Assert.Equal(Health.Warning, TlsFinding(now.AddDays(810)).Health);
        Assert.Contains("ran out", TlsFinding(now.AddDays(900)).What);
        Assert.Contains("clock", TlsFinding(now.AddDays(-2)).NextStep);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            Assert.Contains(Look(Tls), finding => finding.Health == Health.Warning && finding.What.Contains("open to other users", StringComparison.Ordinal));
        }
        File.WriteAllText(CertificateFile, "no certificate");
        Assert.Contains("are no pair", TlsFinding().What);
    }

    [Fact]
    public void A_port_is_free_or_taken_as_the_kernel_says_and_not_looked_at_before_anybody_serves()
    {
        // As a kernel writes it: a listener on 8081 (0x1F91), a connection that is no listener on 8080 (0x1F90).
        const string Table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
               1: 0100007F:1F90 0100007F:A2B2 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
            """;
        Assert.Empty(Look(new(), null, Table));
        Assert.Equal(Health.Warning, Assert.Single(Look(new() { Port = 8081 }, null, Table)).Health);
        Assert.Equal("port 8080 is free", Assert.Single(Look(new() { DashboardEnabled = false }, null, Table)).What);
        Assert.Contains("not looked at", Assert.Single(Look(new() { Port = 8081 })).What);
    }

    [Fact]
    public void A_real_listener_is_seen_on_Linux()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the kernel's table is Linux's");
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal(Health.Warning, Assert.Single(GatewayChecks.Run(new() { Port = port }, folder.Path, now, GatewayChecks.SocketsOfThisMachine)).Health);
    }
}
