using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy;

/// <summary>
/// A certificate this machine signs for itself: ECDSA over P-256, for <c>localhost</c>, 127.0.0.1 and ::1 and nothing else. A pair
/// of PEM files, the key closed to everybody else.
/// </summary>
static class ServerCertificate
{
    const int MaxFileBytes = 1024 * 1024;

    // Longer than this, some systems do not accept one that a person trusted by hand.
    static readonly TimeSpan lifetime = TimeSpan.FromDays(825);

    /// <summary>True when a pair was made; false when there is one that holds now.</summary>
    /// <param name="anew">Also in the place of one that holds.</param>
    public static bool Ensure(string certificateFile, string keyFile, DateTimeOffset now, bool anew = false)
    {
        if (!anew && Look(certificateFile, keyFile) is { } present && present.IsIn(now)) return false;
        Make(certificateFile, keyFile, now);
        return true;
    }

    static void Make(string certificateFile, string keyFile, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=openclawssy", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1", "server authentication")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        // A clock that is a little behind must not refuse it.
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now + lifetime);

        foreach (var file in (string[])[certificateFile, keyFile]) DurableFile.EnsureFolder(Path.GetDirectoryName(file)!);
        // The key first: a kill in between leaves a pair that does not belong together, which is seen and made again.
        var pem = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
        DurableFile.Replace(keyFile, pem);
        CryptographicOperations.ZeroMemory(pem);
        DurableFile.Replace(certificateFile, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
    }

    /// <summary>The pair as it is; null when a file is missing or the two are no pair.</summary>
    public static CertificateDates? Look(string certificateFile, string keyFile)
    {
        if (DurableFile.ReadOrNull(certificateFile, MaxFileBytes) is not { } certificate || DurableFile.ReadOrNull(keyFile, MaxFileBytes) is not { } key) return null;
        try
        {
            using var pair = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
            return new(new(pair.NotBefore.ToUniversalTime()), new(pair.NotAfter.ToUniversalTime()));
        }
        catch (CryptographicException) { return null; }
        catch (ArgumentException) { return null; }
        finally { CryptographicOperations.ZeroMemory(key); }
    }
}

/// <summary>From when to when a certificate holds.</summary>
sealed record CertificateDates(DateTimeOffset From, DateTimeOffset To)
{
    public bool IsIn(DateTimeOffset now) => From <= now && now < To;
}
