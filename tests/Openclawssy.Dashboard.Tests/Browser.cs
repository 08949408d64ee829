using Microsoft.Playwright;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;

[assembly: AssemblyFixture(typeof(Openclawssy.Dashboard.Tests.Browser))]

namespace Openclawssy.Dashboard.Tests;

/// <summary>The system's Chromium, started once for all tests. Where there is none, they skip and say so.</summary>
public sealed class Browser : IAsyncLifetime
{
    static readonly string[] places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // How long a page is waited for, in milliseconds: no judgement of its speed, which other work on the machine decides.
    const int Patience = 60_000;

    IPlaywright? playwright;
    IBrowser? chromium;

    public async ValueTask InitializeAsync()
    {
        if (places.FirstOrDefault(File.Exists) is not { } path || Gateway.Dashboard.DashboardFiles.All.Count == 0) return;
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        chromium = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A window of its own: its cookies and storage are nobody else's. A gateway's own certificate is taken as it is, as by a person who trusted it.</summary>
    public async Task<Window> OpenAsync(Uri gateway, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(Gateway.Dashboard.DashboardFiles.All.Count == 0, "the program was built without the dashboard, because Node.js was not there");
        Assert.SkipWhen(chromium is null, "there is no Chromium here (apt-get install chromium)");
        var context = await chromium.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, AcceptDownloads = true, IgnoreHTTPSErrors = gateway.Scheme == "https" });
        context.SetDefaultTimeout(Patience);
        return new(await context.NewPageAsync(), gateway);
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null) await chromium.DisposeAsync();
        playwright?.Dispose();
    }
}

/// <summary>One window, and everything that went wrong in it.</summary>
public sealed class Window : IAsyncDisposable
{
    readonly List<string> complaints = [];
    readonly List<string> foreign = [];

    public Window(IPage page, Uri gateway)
    {
        (Page, Gateway) = (page, gateway);
        page.Console += (_, message) =>
        {
            // The browser itself writes a line for each refused request; those are what some tests are about.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) Add(complaints, message.Text);
        };
        page.PageError += (_, error) => Add(complaints, error);
        page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.Scheme is not ("data" or "blob") && address.Authority != gateway.Authority) Add(foreign, request.Url);
        };
    }

    public IPage Page { get; }
    public Uri Gateway { get; }

    /// <summary>Errors of scripts and refusals of the page's policy.</summary>
    public IReadOnlyList<string> Complaints { get { lock (complaints) return [.. complaints]; } }

    /// <summary>Requests that went elsewhere.</summary>
    public IReadOnlyList<string> Foreign { get { lock (foreign) return [.. foreign]; } }

    /// <summary>A further tab, with the same cookies and storage.</summary>
    public async Task<Window> OpenTabAsync() => new(await Page.Context.NewPageAsync(), Gateway);

    public Task GoAsync(string place) => Page.GotoAsync(new Uri(Gateway, "/dashboard" + place).ToString());

    /// <summary>Opens a page and signs in as a person does.</summary>
    public async Task<Window> SignInAsync(string place = "", bool remember = false)
    {
        await GoAsync(place);
        await Page.GetByLabel("Token").FillAsync(GatewayHouse.Token);
        if (remember) await Page.GetByLabel("Remember me in this browser").CheckAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).WaitForAsync();
        return this;
    }

    /// <summary>Waits until nothing on the page says that it is loading.</summary>
    public async Task SettledAsync()
    {
        await Page.Locator("main").WaitForAsync();
        await Assertions.Expect(Page.Locator(".waiting")).ToHaveCountAsync(0);
        await Assertions.Expect(Page.GetByText("Verifying every record")).ToHaveCountAsync(0);
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public void AssertClean()
    {
        Assert.Empty(Complaints);
        Assert.Empty(Foreign);
    }

    void Add(List<string> to, string text) { lock (complaints) to.Add(text); }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
