using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace SimArt.Tests;

/// <summary>What visitors do, in a real browser, on 500 paintings.</summary>
public sealed partial class BrowserTests(PaintingsSite paintings, Site site)
{
    [Fact]
    public async Task Browsing_filters_sorts_and_comes_back()
    {
        await using Visitor visitor = await OpenAsync("/");
        IPage page = visitor.Page;
        ILocator count = page.Locator(".result-count");
        Assert.Contains("500 works", await count.InnerTextAsync(), StringComparison.Ordinal);

        ILocator choice = page.GetByRole(AriaRole.Complementary).GetByRole(AriaRole.Checkbox).First;
        string label = await choice.EvaluateAsync<string>("node => node.closest('label')?.innerText ?? node.getAttribute('aria-label') ?? ''");
        await choice.CheckAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("genre="));
        string number = Digits.Match(label).Value;
        await Assertions.Expect(count).ToContainTextAsync($"{number} work");

        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search the collection" }).FillAsync("no-work-has-this-word");
        await Assertions.Expect(page.GetByText("Nothing matches all of this.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search the collection" }).FillAsync("");
        await Assertions.Expect(count).ToContainTextAsync($"{number} work");

        await page.Locator("li.card a.card-link").First.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/work\\?key="));
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator(".result-count")).ToContainTextAsync($"{number} work");
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task The_grid_goes_on_while_one_scrolls()
    {
        await using Visitor visitor = await OpenAsync("/");
        ILocator cards = visitor.Page.Locator("li.card");
        int before = await cards.CountAsync();
        for (int i = 0; i < 8; i++)
        {
            await visitor.Page.Mouse.WheelAsync(0, 3000);
            await visitor.Page.WaitForTimeoutAsync(150);
        }

        await Assertions.Expect(cards.Nth(before + 30)).ToBeAttachedAsync();
    }

    [Fact]
    public async Task A_page_that_is_left_while_it_loads_loads_no_more()
    {
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        IPage page = visitor.Page;
        int asked = 0;
        var left = new TaskCompletionSource();
        await page.RouteAsync(new Regex("/api/v1/works\\?"), async route =>
        {
            if (Interlocked.Increment(ref asked) > 1)
            {
                await left.Task; // the next works are on their way when one leaves
            }

            await route.ContinueAsync();
        });
        await page.GotoAsync("/");
        await Assertions.Expect(page.Locator("li.card").First).ToBeVisibleAsync();
        for (int i = 0; i < 50 && asked < 2; i++)
        {
            await page.Mouse.WheelAsync(0, 1000);
            await page.WaitForTimeoutAsync(100);
        }

        Assert.Equal(2, asked);
        await page.EvaluateAsync("() => document.querySelector('nav a[href=\"/table\"]').click()");
        await Assertions.Expect(page.GetByText("The light table is empty.")).ToBeVisibleAsync();
        left.SetResult();
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_map_that_is_being_made_is_asked_for_again()
    {
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        int asked = 0;
        await visitor.Page.RouteAsync("**/api/v1/map?*", async route =>
        {
            if (++asked == 1)
            {
                await route.FulfillAsync(new RouteFulfillOptions { Status = 202, ContentType = "application/json", Body = "{\"building\":true}" });
                return;
            }

            await route.ContinueAsync();
        });
        await visitor.Page.GotoAsync("/map");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Take what is in view" })).ToBeVisibleAsync();
        await visitor.Page.WaitForFunctionAsync("() => !document.body.innerText.includes('The map is being loaded')");
        Assert.Equal(2, asked);
        Assert.Equal(0, await visitor.Page.GetByText("There is no work on the map yet.").CountAsync());
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_work_leads_to_its_look_alikes_and_they_to_a_finer_question()
    {
        await using Visitor visitor = await OpenAsync("/work?key=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Find look-alikes" }).ClickAsync();
        await Assertions.Expect(visitor.Results.First).ToBeVisibleAsync();
        Assert.Equal(24, await visitor.Results.CountAsync());
        await Assertions.Expect(visitor.Results.First).ToContainTextAsync("Rank 1");
        await Assertions.Expect(visitor.Results.First).ToContainTextAsync("Nearer than");
        Assert.DoesNotMatch("distance [0-9.]+ ?%", await visitor.Results.First.InnerTextAsync());

        string first = (await visitor.Results.First.GetAttributeAsync("data-key"))!;
        await visitor.Results.Nth(1).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^More like this") }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("more=.*more="));
        await visitor.Results.First.WaitForAsync();
        ILocator less = page.Locator($"section[aria-label=Results] li.card[data-key='{first}'] button[aria-label^='Less like this']");
        if (await less.CountAsync() > 0)
        {
            await less.ClickAsync();
            await Assertions.Expect(page).ToHaveURLAsync(new Regex("less="));
            await Assertions.Expect(page.GetByRole(AriaRole.List, new() { Name = "The question" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
            await Assertions.Expect(page.Locator($"section[aria-label=Results] li.card[data-key='{first}']")).ToHaveCountAsync(0);
        }

        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Take .* off the question") }).Last.ClickAsync();
        await Assertions.Expect(visitor.Results.First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task Two_spaces_stand_side_by_side_with_what_they_share()
    {
        await using Visitor visitor = await OpenAsync("/search?more=" + Asking.Quoted(paintings.Keys[5]) + "&beside=before");

        await Assertions.Expect(visitor.Page.Locator("section[aria-label=Results] section")).ToHaveCountAsync(2);
        string note = await visitor.Page.Locator("section[aria-label=Results] .note").First.InnerTextAsync();
        int shared = Digits.Match(note) is { Success: true } match ? int.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        await Assertions.Expect(visitor.Page.Locator("li.card.shared")).ToHaveCountAsync(2 * shared);
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task An_upload_is_searched_by_identified_and_forgotten()
    {
        byte[] picture = await PictureOfAsync(paintings.Keys[9]);
        await using Visitor visitor = await OpenAsync("/search");
        IPage page = visitor.Page;
        await page.SetInputFilesAsync("input[type=file] >> nth=0", new FilePayload { Name = "mine.jpg", MimeType = "image/jpeg", Buffer = picture });
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("upload"));
        await Assertions.Expect(visitor.Results.First).ToHaveAttributeAsync("data-key", paintings.Keys[9]);

        await page.GetByRole(AriaRole.Link, new() { Name = "Which work is this?" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/identify\\?upload="));
        await Assertions.Expect(page.Locator($"main a[href*='{Asking.Quoted(paintings.Keys[9])}']").First).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(visitor.Results.First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget this picture now" }).ClickAsync();
        await Assertions.Expect(page).Not.ToHaveURLAsync(new Regex("upload"));
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_file_that_is_no_picture_is_refused_in_words()
    {
        await using Visitor visitor = await OpenAsync("/search");
        await visitor.Page.SetInputFilesAsync("input[type=file] >> nth=0", new FilePayload { Name = "x.jpg", MimeType = "image/jpeg", Buffer = "no picture"u8.ToArray() });

        await Assertions.Expect(visitor.Page.Locator(".problem").First).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.Locator(".problem").First).ToContainTextAsync(new Regex("cannot be used|no picture|format", RegexOptions.IgnoreCase));
    }

    [Fact]
    public async Task A_detail_is_chosen_by_keys_alone()
    {
        await using Visitor visitor = await OpenAsync("/work?key=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        await visitor.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Search by a detail" }));
        await page.Keyboard.PressAsync("Enter");
        await visitor.TabToAsync(page.Locator(".region-box"));
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Shift+ArrowDown");
        await visitor.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Search by this detail" }));
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page).ToHaveURLAsync(new Regex("region"));
        await Assertions.Expect(visitor.Results.First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("(a detail)").First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_comparison_says_why_and_its_parts_add_up()
    {
        await using Visitor visitor = await OpenAsync(CompareAddress("why"));
        IPage page = visitor.Page;
        ILocator sum = page.Locator("figcaption.sum");
        await Assertions.Expect(sum).ToHaveCountAsync(2);
        foreach (string text in await sum.AllInnerTextsAsync())
        {
            double[] numbers = [.. Numbers.Matches(text).Select(match => double.Parse(match.Value.Replace('−', '-'), System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal(numbers[2], numbers[0] + numbers[1], 2e-4);
        }

        // The cursor of the heat map goes by keys.
        ILocator pointer = page.Locator(".why-box [tabindex='0']").First;
        await visitor.TabToAsync(pointer);
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".place").First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    [Theory]
    [InlineData("")]
    [InlineData("slider")]
    [InlineData("blink")]
    [InlineData("difference")]
    public async Task Works_are_compared_in_every_way(string view)
    {
        await using Visitor visitor = await OpenAsync(CompareAddress(view));
        await Assertions.Expect(visitor.Page.Locator(view.Length == 0 ? ".openseadragon-canvas canvas" : ".stack-box img").First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task Time_is_walked_by_keys_and_a_path_found()
    {
        JsonElement dated = (await paintings.Server.GetAsync("/api/v1/works?from=1&sort=year&limit=200")).GetProperty("items");
        string key = dated[dated.GetArrayLength() / 2].GetProperty("key").GetString()!;
        await using Visitor visitor = await OpenAsync("/genealogy?key=" + Asking.Quoted(key));
        IPage page = visitor.Page;
        string before = page.Url;
        await visitor.TabToAsync(page.Locator("a.age").First);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).Not.ToHaveURLAsync(before);

        await visitor.OpenAsync($"/path?a={Asking.Quoted(paintings.Keys[0])}&b={Asking.Quoted(paintings.Keys[100])}");
        await Assertions.Expect(page.Locator($"main a[href*='{Asking.Quoted(paintings.Keys[100])}']").First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task The_map_is_used_by_keys_and_fills_the_light_table()
    {
        await using Visitor visitor = await OpenAsync("/map");
        IPage page = visitor.Page;
        await visitor.TabToAsync(page.Locator("canvas.map"));
        await page.Keyboard.PressAsync("+");
        await page.Keyboard.PressAsync("+");
        await page.Keyboard.PressAsync("+");
        await visitor.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Take what is in view" }));
        await page.Keyboard.PressAsync("Enter");
        await visitor.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Put them on the light table" }));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#table-count")).ToBeVisibleAsync();
        await visitor.OpenAsync("/table");
        await Assertions.Expect(page.Locator("main textarea").First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task The_light_table_keeps_notes_exports_and_is_shared_by_a_link()
    {
        await using Visitor visitor = await OpenAsync("/work?key=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^To the light table") }).First.ClickAsync();
        await visitor.OpenAsync("/work?key=" + Asking.Quoted(paintings.Keys[6]));
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^To the light table") }).First.ClickAsync();
        await visitor.OpenAsync("/table");
        await page.Locator("main textarea").First.FillAsync("<img src=x onerror=alert(1)> =1+1");
        await page.Locator("main textarea").First.BlurAsync();

        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator("section[aria-label='Take it along'] button").First.ClickAsync());
        string text = await File.ReadAllTextAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.Contains("onerror=alert(1)", text, StringComparison.Ordinal);
        Assert.Contains(paintings.Keys[6], text, StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "Copy a link to this table" }).ClickAsync();
        await Assertions.Expect(page.Locator("#toasts")).ToContainTextAsync("clipboard");
        string link = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        await using Visitor other = await site.VisitAsync(paintings.Server.Address);
        await other.OpenAsync(link);
        // An empty table takes what came by the link at once; one with works asks first.
        await Assertions.Expect(other.Page.Locator("main textarea").First).ToHaveValueAsync(new Regex("onerror"));
        visitor.AssertNoComplaints();
        other.AssertNoComplaints();
    }

    [Fact]
    public async Task A_link_of_two_works_is_cited()
    {
        await using Visitor visitor = await OpenAsync($"/link?a={Asking.Quoted(paintings.Keys[5])}&b={Asking.Quoted(paintings.Keys[6])}&note=A%20note");
        string text = await visitor.Page.Locator("main").InnerTextAsync();

        Assert.Contains("A note", text, StringComparison.Ordinal);
        Assert.Matches("[0-9a-f]{12}", text);
        visitor.AssertNoComplaints();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Nobody_stumbles_and_nothing_is_wider_than_the_screen(string page)
    {
        string? folder = Environment.GetEnvironmentVariable("SIMART_SCREENSHOTS");
        (int, ColorScheme)[] windows = string.IsNullOrEmpty(folder)
            ? [(390, ColorScheme.Dark), (1440, ColorScheme.Light)]
            : [.. new[] { 390, 820, 1440 }.SelectMany(width => new[] { (width, ColorScheme.Dark), (width, ColorScheme.Light) })];
        foreach ((int width, ColorScheme scheme) in windows)
        {
            await using Visitor visitor = await site.VisitAsync(paintings.Server.Address, width, 900, scheme);
            await visitor.OpenAsync(await AddressOfAsync(page));

            Assert.Empty(await visitor.StumblingBlocksAsync());
            Assert.Equal(1, await visitor.Page.Locator("main h1").CountAsync());
            Assert.True(await visitor.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width, $"{page} is wider than {width} pixels.");
            if (page != "unknown") // the browser itself complains of the 404
            {
                visitor.AssertNoComplaints();
            }

            if (!string.IsNullOrEmpty(folder))
            {
                await visitor.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{page}-{width}-{scheme}.png") });
            }
        }
    }

    [Fact]
    public async Task The_first_page_loads_little_script()
    {
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        List<IResponse> scripts = [];
        visitor.Page.Response += (_, response) =>
        {
            if (response.Request.ResourceType == "script")
            {
                scripts.Add(response);
            }
        };
        await visitor.OpenAsync("/");
        long bytes = 0;
        foreach (IResponse script in scripts)
        {
            bytes += (await script.BodyAsync()).Length;
        }

        Assert.InRange(bytes, 1, 100_000);
    }

    public static TheoryData<string> Pages => ["browse", "work", "search-start", "search", "beside", "identify-start", "identify", "identify-none", "compare", "why", "genealogy", "path", "graph", "map", "table-empty", "table", "link", "about", "api", "unknown"];

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits { get; }

    [GeneratedRegex("[-−]?[0-9]+\\.[0-9]+")]
    private static partial Regex Numbers { get; }

    private async Task<Visitor> OpenAsync(string address)
    {
        Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        await visitor.OpenAsync(address);
        return visitor;
    }

    private string CompareAddress(string view) => $"/compare?key={Asking.Quoted(paintings.Keys[5])}&key={Asking.Quoted(paintings.Keys[6])}{(view.Length == 0 ? "" : "&view=" + view)}";

    private async Task<string> AddressOfAsync(string page)
    {
        string a = Asking.Quoted(paintings.Keys[5]), b = Asking.Quoted(paintings.Keys[6]);
        return page switch
        {
            "browse" => "/",
            "work" => "/work?key=" + a,
            "search-start" => "/search",
            "search" => $"/search?more={a}&less={b}",
            "beside" => $"/search?more={a}&beside=before",
            "identify-start" => "/identify",
            "identify" => "/identify?upload=" + await paintings.Server.UploadedAsync(await PictureOfAsync(paintings.Keys[5])),
            "identify-none" => "/identify?upload=" + await paintings.Server.UploadedAsync(TestPictures.Noise(1200, 1000)),
            "compare" => CompareAddress(""),
            "why" => CompareAddress("why"),
            "genealogy" => "/genealogy?key=" + Asking.Quoted((await paintings.Server.GetAsync("/api/v1/works?from=1850&sort=year&limit=1")).GetProperty("items")[0].GetProperty("key").GetString()!),
            "path" => $"/path?a={a}&b={b}",
            "graph" => "/graph?genre=" + Asking.Quoted((await paintings.Server.GetAsync("/api/v1/facets")).GetProperty("facets")[0].GetProperty("values")[3].GetProperty("value").GetString()!),
            "table-empty" => "/table",
            "table" => $"/table?key={a}&key={b}",
            "link" => $"/link?a={a}&b={b}",
            "unknown" => "/work?key=no-such-work",
            _ => "/" + page,
        };
    }

    private async Task<byte[]> PictureOfAsync(string key) => await paintings.Server.BytesAsync($"/images?key={Asking.Quoted(key)}&size=1280");
}
