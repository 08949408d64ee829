using Openclawssy.Runtime.Config;

namespace Openclawssy.Tests.Egress;

/// <summary>What the tests of a command's proxy have in common: one listed host, the names there are, and how a command asks.</summary>
static class ProxyWords
{
    public static readonly NetworkConfig Rules = new() { Enabled = true, AllowedDomains = ["http://a.test"] };

    public static FakeNames Names => new FakeNames().With("a.test", "93.184.216.34").With("evil.test", "93.184.216.66").With("evila.test", "93.184.216.66");

    public static string Connect(string target) => $"CONNECT {target} HTTP/1.1\r\n\r\n";

    public static string Get(string url, string headers = "") => $"GET {url} HTTP/1.1\r\nHost: a.test\r\n{headers}\r\n";
}
