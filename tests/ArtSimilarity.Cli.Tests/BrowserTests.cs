using System.Text.Json;
using Microsoft.Playwright;

namespace ArtSimilarity.Cli.Tests;

/// <summary>The report in a real browser.</summary>
public sealed class BrowserTests(PaintedGallery painted)
{
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    [Theory]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(1280, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task The_report_shows_its_pictures_and_fits_the_screen(int width, int height, ColorScheme scheme)
    {
        string? browserPath = Array.Find(Browsers, File.Exists);
        Assert.SkipWhen(browserPath is null, $"There is no browser at {string.Join(", ", Browsers)}.");
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = browserPath, Headless = true, Args = ["--no-sandbox"] });
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
        List<string> complaints = [], requests = [];
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(new Uri(painted.Report).AbsoluteUri);

        Assert.Equal(13 * 6, await page.Locator("img").CountAsync());
        Assert.Equal(0, await page.EvaluateAsync<int>("() => [...document.images].filter(image => !image.complete || image.naturalWidth === 0).length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => [...document.images].filter(image => image.getBoundingClientRect().width < 40).length"));
        Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width, "The page is wider than the screen.");

        // Pictures keep their shape: what is shown has the proportions of what was decoded.
        JsonElement? distortion = await page.EvaluateAsync("() => Math.max(...[...document.images].map(i => { const r = i.getBoundingClientRect(); return Math.abs(Math.log(r.width / r.height * i.naturalHeight / i.naturalWidth)); }))");
        Assert.InRange(distortion!.Value.GetDouble(), 0, 0.03);
        Assert.Empty(complaints);
        Assert.DoesNotContain(requests, url => url.StartsWith("http", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ARTSIM_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"report-{width}-{scheme}.png"), FullPage = true });
        }
    }
}
