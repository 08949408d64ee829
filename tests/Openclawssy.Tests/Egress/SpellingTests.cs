using System.Net;
using System.Text.Json;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Egress;

/// <summary>However an address of this machine or of the house is spelled, nobody there hears from us.</summary>
public sealed class SpellingTests
{
    static readonly NetworkConfig Wide = new() { Enabled = true, AllowedDomains = ["www.example.com", "http://www.example.com", "*.example.com", "example.org"] };

    [Fact]
    public async Task Published_spellings_of_inner_addresses_reach_nobody()
    {
        var corpus = Corpora.Find("ssrf");
        if (corpus is null) Assert.Skip(Corpora.Absent);
        var urls = Directory.GetFiles(corpus, "ip-variants-*.txt").Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Where(line => line.Trim().Length > 0).ToList();
        Assert.True(urls.Count > 480);
        Assert.Equal([], await ReachedAsync(urls));
    }

    [Fact]
    public async Task Published_addresses_of_browsers_reach_nobody()
    {
        var corpus = Corpora.Find("url");
        if (corpus is null) Assert.Skip(Corpora.Absent);
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(corpus, "wpt-urltestdata.json")));
        var urls = file.RootElement.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object).Select(row => Text(row.GetProperty("input"))).OfType<string>().ToList();
        Assert.True(urls.Count > 800);
        Assert.Equal([], await ReachedAsync(urls));
    }

    /// <summary>Sends each with the listeners' port in it, and with port 80; returns what was not refused and who was visited.</summary>
    static async Task<List<string>> ReachedAsync(List<string> urls)
    {
        using var canaries = new Canaries();
        var board = new Refusing();
        // Only the two names a redirect-free answer could need; they lead to the public network, where nobody is dialled in a test.
        using var web = new Web(Wide, new FakeNames().With("www.example.com", "93.184.216.34").With("example.org", "93.184.216.34"), board);
        List<string> reached = [];
        foreach (var url in urls.Concat(urls.Select(url => url.Replace(":80", $":{canaries.Port}", StringComparison.Ordinal))))
        {
            try
            {
                await web.SendAsync(url);
                reached.Add(url);
            }
            catch (ToolException refusal) when (refusal.Code is ToolErrorCodes.InputInvalid or ToolErrorCodes.PolicyDenied or ToolErrorCodes.InternalError)
            {
                // Refused by rule, or allowed and led outside, where the dialer of this test stops.
            }
        }
        reached.AddRange(board.Dialled.Where(address => AddressRules.Special(address) is not null).Select(address => $"dialled {address}"));
        if (canaries.Visitors > 0) reached.Add($"{canaries.Visitors} visitor(s)");
        return reached;
    }

    [Fact]
    public async Task A_client_that_looks_at_the_host_s_text_reaches_them()
    {
        // The negative control: what is no obvious spelling of this machine goes through.
        using var canaries = new Canaries();
        using var naive = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var host in new[] { "0x7f.1", "2130706433", "127.1", "0177.0.0.1" })
        {
            Assert.False(host is "127.0.0.1" or "localhost" or "::1");
            Assert.Equal("hello", await naive.GetStringAsync($"http://{host}:{canaries.Port}/"));
        }
        Assert.Equal(4, canaries.Visitors);
    }

    static string? Text(JsonElement value)
    {
        try { return value.GetString(); }
        catch (InvalidOperationException) { return null; }
    }
}
