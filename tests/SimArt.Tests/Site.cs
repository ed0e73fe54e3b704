using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(SimArt.Tests.Site))]

namespace SimArt.Tests;

/// <summary>A browser for all tests. A test is skipped, with the reason, where there is none.</summary>
public sealed class Site : IAsyncLifetime
{
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Array.Find(Browsers, File.Exists) is string path)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Headless = true, Args = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A window of its own, as a new visitor has it.</summary>
    public async Task<Visitor> VisitAsync(Uri address, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, $"There is no browser at {string.Join(", ", Browsers)}.");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.AbsoluteUri,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            AcceptDownloads = true,
        });
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        return new Visitor(context, await context.NewPageAsync());
    }
}

/// <summary>A window, and what went wrong in it.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    internal Visitor(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.SetDefaultTimeout(30_000);
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add(message.Text);
            }
        };
    }

    public IPage Page { get; }

    public ILocator Heading => Page.Locator("main h1");

    public ILocator Results => Page.Locator("section[aria-label=Results] li.card");

    /// <summary>Opens a page, and waits until its heading and its pictures are there.</summary>
    public async Task OpenAsync(string address)
    {
        await Page.GotoAsync(address);
        await SettledAsync();
    }

    public async Task SettledAsync()
    {
        await Heading.First.WaitForAsync();
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    /// <summary>Reaches a control by the Tab key alone.</summary>
    /// <param name="target">The control.</param>
    /// <param name="appearsLater">Whether it appears only while one goes there.</param>
    public async Task TabToAsync(ILocator target, bool appearsLater = false)
    {
        if (!appearsLater)
        {
            await target.First.WaitForAsync();
        }

        for (int i = 0; i < 800; i++)
        {
            if (await target.EvaluateAllAsync<bool>("nodes => nodes.length > 0 && nodes[0] === document.activeElement"))
            {
                return;
            }

            await Page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The Tab key does not reach {target}.");
    }

    /// <summary>Finds with axe what people with disabilities would stumble over.</summary>
    public async Task<IReadOnlyList<string>> StumblingBlocksAsync()
    {
        AxeResult found = await Page.RunAxe();
        return [.. found.Violations.Select(violation => $"{violation.Id}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}")];
    }

    public void AssertNoComplaints() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
