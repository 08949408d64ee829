using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Openclawssy.Egress;
using Xunit;

namespace Openclawssy.Tests.Egress;

/// <summary>A certificate may name an address its issuer can be fetched from; that address is nobody's leave to go there.</summary>
public sealed class CertificateTests
{
    [Fact]
    public async Task An_issuer_is_not_fetched_from_where_a_certificate_points()
    {
        using var canary = new RawServer(_ => RawServer.Ok("no certificate"));
        using var certificate = Pointing($"http://127.0.0.1:{canary.Port}/issuer.crt");
        using var server = new RawServer((_, _) => Task.CompletedTask, certificate);
        var url = new Uri($"https://localhost:{server.Port}/");
        using var client = EgressClient.OfSystem(TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, EgressPolicy.Only(url).Allow(url), default));
        Assert.Equal(HttpRequestError.SecureConnectionError, refusal.HttpRequestError);
        Assert.Equal(0, canary.Visitors);

        // The negative control: the framework as it comes.
        using var naive = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Assert.ThrowsAsync<HttpRequestException>(() => naive.GetStringAsync(url));
        Assert.NotEqual(0, canary.Visitors);
    }

    static X509Certificate2 Pointing(string issuerAddress)
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var issuerRequest = new CertificateRequest("CN=Issuer nobody has", issuerKey, HashAlgorithmName.SHA256);
        issuerRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = issuerRequest.CreateSelfSigned(from, to);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([], [issuerAddress]));
        using var signed = request.Create(issuer, from, to, [1, 2, 3, 4]);
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
