using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Openclawssy.TestKit;
using Openclawssy.Tests.Cli;
using Xunit;

namespace Openclawssy.Tests.Gateway;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TlsTests
{
    static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    static HttpClient Client(Uri address, X509Certificate2? trusted)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (trusted is not null)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == trusted.GetCertHashString(HashAlgorithmName.SHA256) };
        var client = new HttpClient(handler) { BaseAddress = address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        client.DefaultRequestHeaders.Authorization = new("Bearer", GatewayHouse.Token);
        return client;
    }

    [Fact]
    public async Task Over_TLS_version_2_is_agreed_on_and_plain_HTTP_on_the_same_port_gets_nothing()
    {
        using var certificate = Certificate();
        await using var house = await GatewayHouse.OpenAsync(certificate: certificate);
        Assert.Equal("https", house.Serving.Address.Scheme);
        using (var client = Client(house.Serving.Address, certificate))
        {
            using var answer = await client.GetAsync("/v1/runs");
            Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
            using var order = await client.PostAsync("/v1/runs", new StringContent("""{"agent_id":"default","message":"/tool time.now {}"}""", null, "application/json"));
            Assert.Equal(HttpStatusCode.Accepted, order.StatusCode);
            // The doors are the same: no token, another host, another origin, an encoded address.
            using var wrong = new HttpRequestMessage(HttpMethod.Get, "/v1/runs") { Version = HttpVersion.Version20 };
            wrong.Headers.Authorization = new("Bearer", "wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(wrong)).StatusCode);
            foreach (var (name, value, status) in new[] { ("Host", "evil.test", 421), ("Origin", "https://evil.test", 403), ("Origin", $"http://127.0.0.1:{house.Serving.Address.Port}", 403) })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/runs") { Version = HttpVersion.Version20 };
                request.Headers.TryAddWithoutValidation(name, value);
                Assert.Equal(status, (int)(await client.SendAsync(request)).StatusCode);
            }
            using var old = new HttpRequestMessage(HttpMethod.Get, "/v1/runs") { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            Assert.Equal(HttpVersion.Version11, (await client.SendAsync(old)).Version);
        }
        // Who does not trust the certificate does not get as far as a request.
        using (var stranger = Client(house.Serving.Address, null)) await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("/healthz"));
        Assert.Empty(await RawHttp.SendAsync(house.Serving.Address.Port, $"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{house.Serving.Address.Port}\r\n\r\n"));
    }

    [Theory]
    [InlineData("0.0.0.0:0", "", "without HTTPS")]
    [InlineData("[::]:0", "", "without HTTPS")]
    [InlineData("192.0.2.1:0", "a-token-that-is-strong-0123456789abcdef", "without HTTPS")]
    [InlineData("0.0.0.0:0", "change-me", "without HTTPS")]
    [InlineData("evil.test:80", "", "no address to listen on")]
    [InlineData("127.1:0", "", "no address to listen on")]
    [InlineData("127.0.0.1:0", " ", "empty")]
    [InlineData("127.0.0.1:0", "two words", "blanks")]
    public async Task Serve_refuses_with_2_what_strangers_could_reach_or_hear(string address, string token, string says)
    {
        using var folder = new TempFolder();
        await new CliHouse().RunAsync("init", "--root", folder.Path);
        var house = new CliHouse();
        Assert.Equal(2, await house.RunAsync([.. new[] { "serve", "--root", folder.Path, "--addr", address }, .. token.Length == 0 ? Array.Empty<string>() : ["--token", token]]));
        Assert.Contains(says, house.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_HTTPS_a_token_that_can_be_guessed_is_still_refused_beyond_this_machine()
    {
        using var folder = new TempFolder();
        await new CliHouse().RunAsync("init", "--root", folder.Path);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(folder["cert.pem"], made.ExportCertificatePem());
        File.WriteAllText(folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(folder["key.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var (name, value) in new[] { ("server.tls_cert_file", "cert.pem"), ("server.tls_key_file", "key.pem"), ("server.tls_enabled", "true") })
        {
            var set = new CliHouse();
            Assert.True(await set.RunAsync("config", "set", "--root", folder.Path, name, value) == 0, set.Error);
        }
        var house = new CliHouse();
        Assert.Equal(2, await house.RunAsync("serve", "--root", folder.Path, "--addr", "0.0.0.0:0", "--token", "change-me"));
        Assert.Contains("could be guessed", house.Error, StringComparison.Ordinal);
        // A key others can read is none.
        File.SetUnixFileMode(folder["key.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var open = new CliHouse();
        Assert.Equal(2, await open.RunAsync("serve", "--root", folder.Path, "--addr", "127.0.0.1:0"));
        Assert.Contains("open to other users", open.Error, StringComparison.Ordinal);
    }
}
