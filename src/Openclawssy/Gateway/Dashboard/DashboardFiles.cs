using System.IO.Compression;
using System.Security.Cryptography;

namespace Openclawssy.Gateway.Dashboard;

/// <summary>One file of the dashboard, as it was built into the program.</summary>
/// <param name="Name">Below <c>/dashboard/</c>, for example <c>assets/main-Bx1.js</c>.</param>
/// <param name="Etag">Stands for exactly these bytes.</param>
/// <param name="Gzip">Its bytes, compressed when the program was built.</param>
/// <param name="Brotli">The same in the shorter form.</param>
sealed record DashboardFile(string Name, string ContentType, string Etag, byte[] Gzip, byte[] Brotli)
{
    /// <summary>Its name says what is in it, so a browser may keep it for good.</summary>
    public bool IsNamedByContent => Name.StartsWith("assets/", StringComparison.Ordinal);

    /// <summary>For clients that take nothing compressed.</summary>
    public byte[] Plain()
    {
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(Gzip), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}

/// <summary>The dashboard's files that were built into this program: an exact list, empty when it was built without Node.</summary>
static class DashboardFiles
{
    const string Prefix = "dashboard/", Zipped = ".gz", Brotlied = ".br";

    public const string Page = "index.html";

    static readonly Lazy<IReadOnlyList<DashboardFile>> all = new(Read);

    public static IReadOnlyList<DashboardFile> All => all.Value;

    static List<DashboardFile> Read()
    {
        var program = typeof(DashboardFiles).Assembly;
        var files = new List<DashboardFile>();
        foreach (var resource in program.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Zipped, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var whole = resource[..^Zipped.Length];
            var gzip = Bytes(resource);
            files.Add(new(whole[Prefix.Length..], TypeOf(whole), $"\"{Convert.ToHexStringLower(SHA256.HashData(gzip))[..32]}\"", gzip, Bytes(whole + Brotlied)));
        }
        return files;

        byte[] Bytes(string name)
        {
            using var stream = program.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"the program was built without {name}");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"the dashboard has a file of a kind nobody thought of: {other}"),
    };
}
