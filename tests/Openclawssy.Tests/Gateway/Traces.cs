using System.Security.Cryptography;
using System.Text;

namespace Openclawssy.Tests.Gateway;

/// <summary>What an instance has on disk beside its records of who came, so that two moments can be compared: no difference, no effect.</summary>
static class Traces
{
    public static string Of(GatewayHouse house)
    {
        var text = new StringBuilder();
        foreach (var root in new[] { house.State.Path, Path.Combine(house.Root, "workspace") })
            foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var name = Path.GetRelativePath(root, path);
                if (name.StartsWith("state.db", StringComparison.Ordinal) || name.StartsWith("audit", StringComparison.Ordinal) || name.EndsWith(".lock", StringComparison.Ordinal) || name.StartsWith("processes", StringComparison.Ordinal)) continue;
                text.AppendLine($"{name} {Convert.ToHexStringLower(SHA256.HashData(ReadShared(path)))}");
            }
        return text.Append(house.Model.Requests.Count).ToString();
    }

    static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
