using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Openclawssy.Gateway.Dashboard;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>The dashboard's files over HTTP. Without Node there are none; then the tests of the files skip and say so.</summary>
public sealed partial class DashboardRoutesTests
{
    const string NotBuilt = "the program was built without the dashboard, because Node.js was not there";

    /// <summary>What a browser gets before the first page shows, compressed.</summary>
    const int FirstLoad = 300 * 1024;

    [Fact]
    public async Task Exactly_these_files_need_no_token()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Client.DefaultRequestHeaders.Authorization = null;
        foreach (var route in new DashboardRoutes().All)
        {
            using var answer = await house.Client.GetAsync(route.Pattern);
            Assert.Equal((HttpStatusCode.OK, route.Pattern), (answer.StatusCode, answer.RequestMessage!.RequestUri!.AbsolutePath));
            using var head = await house.Client.SendAsync(new(HttpMethod.Head, route.Pattern));
            Assert.Equal((HttpStatusCode.OK, 0), (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length));
        }
        foreach (var near in new[]
                 {
                     "/dashboard/", "/dashboard/index.html", "/dashboard/assets", "/dashboard/assets/", "/dashboard/assets/x.js", "/Dashboard", "/dashboard.html", "/dashboard/../openapi.json", "/dashboard/%2e%2e/openapi.json",
                     "/dashboard%2Fassets", "/dashboard/theme.js/", "/dashboard/theme.js.gz", "/dashboard//theme.js", "/dashboard/assets/..%2f..%2fopenapi.json",
                 })
        {
            using var answer = await house.Client.GetAsync(new Uri($"{house.Serving.Address.ToString().TrimEnd('/')}{near}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest, $"{near}: {answer.StatusCode}");
        }
        using var post = await house.Client.PostAsync("/dashboard", null);
        Assert.Equal(HttpStatusCode.Unauthorized, post.StatusCode);
    }

    [Fact]
    public async Task The_page_runs_its_own_files_and_nothing_else()
    {
        await using var house = await GatewayHouse.OpenAsync();
        using var page = await house.Client.GetAsync("/dashboard");
        if (DashboardFiles.All.Count == 0)
        {
            Assert.Contains("without the dashboard", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            return;
        }
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(DashboardRoutes.PagePolicy, policy);
        foreach (var word in new[] { "default-src 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'", "frame-ancestors 'none'", "base-uri 'none'" }) Assert.Contains(word, policy, StringComparison.Ordinal);
        foreach (var word in new[] { "unsafe", "http:", "*", "blob:" }) Assert.DoesNotContain(word, policy, StringComparison.Ordinal);
        var markup = await page.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", markup);
        foreach (Match source in Sources().Matches(markup)) Assert.StartsWith("/dashboard/", source.Groups[1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_keeps_what_is_named_by_its_content_and_asks_about_the_rest()
    {
        Assert.SkipWhen(DashboardFiles.All.Count == 0, NotBuilt);
        await using var house = await GatewayHouse.OpenAsync();
        foreach (var file in DashboardFiles.All)
        {
            var path = file.Name == DashboardFiles.Page ? "/dashboard" : $"/dashboard/{file.Name}";
            using var answer = await house.Client.GetAsync(path);
            Assert.Equal(file.IsNamedByContent, answer.Headers.CacheControl!.ToString().Contains("immutable", StringComparison.Ordinal));
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            using var unchanged = await house.Client.SendAsync(again);
            Assert.Equal((HttpStatusCode.NotModified, 0), (unchanged.StatusCode, (await unchanged.Content.ReadAsByteArrayAsync()).Length));
        }
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    public async Task What_the_client_takes_compressed_it_gets_compressed(string takes, string? coding)
    {
        Assert.SkipWhen(DashboardFiles.All.Count == 0, NotBuilt);
        await using var house = await GatewayHouse.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dashboard");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", takes);
        using var answer = await house.Client.SendAsync(request);
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        var body = await answer.Content.ReadAsStreamAsync();
        await using Stream plain = coding switch { "br" => new BrotliStream(body, CompressionMode.Decompress), "gzip" => new GZipStream(body, CompressionMode.Decompress), _ => body };
        Assert.Equal(Encoding.UTF8.GetString(DashboardFiles.All.Single(file => file.Name == DashboardFiles.Page).Plain()), await new StreamReader(plain).ReadToEndAsync());
    }

    [Fact]
    public void The_first_load_is_small()
    {
        Assert.SkipWhen(DashboardFiles.All.Count == 0, NotBuilt);
        var page = DashboardFiles.All.Single(file => file.Name == DashboardFiles.Page);
        var first = Sources().Matches(Encoding.UTF8.GetString(page.Plain())).Select(source => source.Groups[1].Value["/dashboard/".Length..]).Distinct().ToList();
        Assert.Contains(first, name => name.EndsWith(".js", StringComparison.Ordinal));
        var bytes = page.Gzip.Length + first.Sum(name => DashboardFiles.All.Single(file => file.Name == name).Gzip.Length);
        Assert.True(bytes < FirstLoad, $"{bytes} bytes");
    }

    [Fact]
    public void Without_its_files_there_is_one_page_that_says_so() => Assert.Equal("/dashboard", Assert.Single(new DashboardRoutes([]).All).Pattern);

    [Fact]
    public async Task Switched_off_there_is_nothing_of_it()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "server": {"dashboard_enabled": false} """);
        Assert.Equal(404, (await house.GetAsync("/dashboard")).Status);
        Assert.Equal(404, (await house.PostAsync("/api/session", "{}")).Status);
        house.Client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(401, (await house.GetAsync("/dashboard")).Status);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Sources();
}
