using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace SimArt.Tests;

/// <summary>Every task can be done without a mouse: only the Tab key leads to a control, and only keys use it.</summary>
public sealed class KeyboardTests(PaintingsSite paintings, Site site)
{
    [Fact]
    public async Task Look_alikes_are_asked_for_and_refined()
    {
        await using Visitor visitor = await OpenAsync("/work?key=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        await UseAsync(visitor, page.GetByRole(AriaRole.Link, new() { Name = "Find look-alikes" }));
        await Assertions.Expect(visitor.Results.First).ToBeVisibleAsync();

        await UseAsync(visitor, page.GetByRole(AriaRole.Slider, new() { Name = "Between the feature spaces" }), "ArrowRight");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("space=.*space="));
        await UseAsync(visitor, page.GetByRole(AriaRole.Combobox, new() { Name = "Side by side with" }), "ArrowDown");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("beside="));
        await Assertions.Expect(page.Locator("section[aria-label=Results] section")).ToHaveCountAsync(2);
        await UseAsync(visitor, page.GetByRole(AriaRole.Combobox, new() { Name = "Side by side with" }), "ArrowUp");
        await UseAsync(visitor, page.GetByRole(AriaRole.Slider, new() { Name = "From alike to surprising" }), "ArrowRight");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("surprise=0.1"));
        await UseAsync(visitor, page.GetByRole(AriaRole.Combobox, new() { Name = "Show", Exact = true }), "ArrowUp");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("k=12"));
        await UseAsync(visitor, page.GetByRole(AriaRole.Checkbox, new() { Name = "Leave out the same artist" }), "Space");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("others=yes"));
        await Assertions.Expect(visitor.Results).ToHaveCountAsync(12);
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task The_endless_grid_has_an_end()
    {
        await using Visitor visitor = await OpenAsync("/");
        IPage page = visitor.Page;
        int cards = await page.Locator("li.card").CountAsync();
        await visitor.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Show more" }), appearsLater: true);
        int before = await page.Locator("li.card").CountAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("li.card").Nth(before)).ToBeAttachedAsync();
        await Assertions.Expect(page.Locator("li.card").Nth(before).GetByRole(AriaRole.Link).First).ToBeFocusedAsync();
        await visitor.TabToAsync(page.GetByRole(AriaRole.Contentinfo).GetByRole(AriaRole.Link, new() { Name = "API" }));
        Assert.InRange(await page.Locator("li.card").CountAsync(), cards + 1, paintings.Keys.Count - 1);
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_question_is_made_finer_and_taken_back()
    {
        await using Visitor visitor = await OpenAsync("/search?more=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        ILocator parts = page.GetByRole(AriaRole.List, new() { Name = "The question" }).GetByRole(AriaRole.Listitem);
        await UseAsync(visitor, visitor.Results.Nth(1).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^More like this") }));
        await Assertions.Expect(parts).ToHaveCountAsync(2);
        await UseAsync(visitor, parts.Nth(1).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Ask for less like") }));
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("less="));
        await UseAsync(visitor, visitor.Results.First.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Less like this") }));
        await Assertions.Expect(parts).ToHaveCountAsync(3);
        await UseAsync(visitor, parts.Nth(2).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Take .* off the question") }));
        await Assertions.Expect(parts).ToHaveCountAsync(2);

        await UseAsync(visitor, page.GetByText("Add to the question"));
        ILocator words = page.GetByRole(AriaRole.Searchbox, new() { Name = "Find a work" });
        await visitor.TabToAsync(words);
        await page.Keyboard.TypeAsync(await TitleOfAsync(paintings.Keys[40]));
        await UseAsync(visitor, page.GetByRole(AriaRole.List, new() { Name = "Works found" }).GetByRole(AriaRole.Button).First);
        await Assertions.Expect(parts).ToHaveCountAsync(3);
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_detail_is_typed_and_shown_in_the_results()
    {
        await using Visitor visitor = await OpenAsync("/search?more=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Choose a detail of") }).First);
        foreach ((string field, string number) in ((string, string)[])[("Left", "10"), ("Top", "20"), ("Width", "50"), ("Height", "40")])
        {
            await visitor.TabToAsync(page.GetByRole(AriaRole.Spinbutton, new() { Name = field }));
            await page.Keyboard.PressAsync("Control+A");
            await page.Keyboard.TypeAsync(number);
        }

        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("this detail") }));
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("region%3A0.1%2C0.2%2C0.5%2C0.4|region:0.1,0.2,0.5,0.4"));
        await Assertions.Expect(visitor.Results.First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task Works_are_compared_in_every_way_and_swapped()
    {
        await using Visitor visitor = await OpenAsync("/search?more=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        await UseAsync(visitor, visitor.Results.First.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Compare the question") }));
        await Assertions.Expect(page.Locator(".openseadragon-canvas canvas").First).ToBeVisibleAsync();

        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "Slider" }));
        ILocator slider = page.GetByRole(AriaRole.Slider, new() { NameRegex = new Regex("^Between ") });
        await UseAsync(visitor, slider, "ArrowRight");
        await Assertions.Expect(slider).ToHaveValueAsync("51");
        await Assertions.Expect(page.Locator(".wipe-line")).ToHaveAttributeAsync("style", new Regex("51%"));
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "Blink", Exact = true }));
        ILocator label = page.Locator(".stacked .result-count");
        string before = await label.InnerTextAsync();
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "Turn over" }));
        await Assertions.Expect(label).Not.ToHaveTextAsync(before);
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "Why similar" }));
        await UseAsync(visitor, page.GetByRole(AriaRole.Slider, new() { Name = "Strength of the heat map" }), "ArrowLeft");
        await Assertions.Expect(page.Locator(".heat").First).ToHaveAttributeAsync("style", new Regex("opacity: 0.95"));

        string[] keys = [.. Regex.Matches(page.Url, "key=([^&]+)").Select(match => match.Groups[1].Value)];
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Move .* to the left") }).First);
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"key={Regex.Escape(keys[1])}&key={Regex.Escape(keys[0])}"));

        await UseAsync(visitor, page.GetByRole(AriaRole.Link, new() { Name = "Citable link" }));
        await visitor.TabToAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Note" }));
        await page.Keyboard.TypeAsync("The same hand?");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("note=The"));
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "Copy the link" }));
        Assert.Contains("note=The", await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"), StringComparison.Ordinal);
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_path_is_chosen_and_its_works_are_taken()
    {
        await using Visitor visitor = await OpenAsync("/work?key=" + Asking.Quoted(paintings.Keys[5]));
        IPage page = visitor.Page;
        await UseAsync(visitor, page.GetByRole(AriaRole.Link, new() { Name = "Path to another work" }));
        await visitor.TabToAsync(page.GetByRole(AriaRole.Searchbox, new() { Name = "Find a work" }));
        await page.Keyboard.TypeAsync(await TitleOfAsync(paintings.Keys[40]));
        await UseAsync(visitor, page.GetByRole(AriaRole.List, new() { Name = "Works found" }).GetByRole(AriaRole.Button).First);
        await Assertions.Expect(page.Locator("ol.path li").Nth(1)).ToBeVisibleAsync();
        int works = await page.Locator("ol.path > li").CountAsync();
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "All to the light table" }));
        await Assertions.Expect(page.Locator("#table-count")).ToContainTextAsync($"{works}");
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task The_graph_is_walked_and_taken_home()
    {
        await using Visitor visitor = await OpenAsync("/graph?genre=landscape");
        IPage page = visitor.Page;
        await Assertions.Expect(page.Locator("a.node").First).ToBeVisibleAsync();
        await UseAsync(visitor, page.GetByRole(AriaRole.Combobox, new() { Name = "Neighbours of each" }), "ArrowDown");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("neighbors=5"));
        await visitor.TabToAsync(page.GetByRole(AriaRole.Link, new() { Name = "GEXF" }));
        IDownload graph = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        Assert.EndsWith(".gexf", graph.SuggestedFilename, StringComparison.Ordinal);
        await visitor.TabToAsync(page.Locator("a.node"));
        await Assertions.Expect(page.Locator(".graph-tip")).ToContainTextAsync("neighbour");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/work\\?key="));
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task The_light_table_is_ordered_noted_compared_and_cleared()
    {
        await using Visitor visitor = await OpenAsync("/");
        IPage page = visitor.Page;
        for (int i = 0; i < 3; i++)
        {
            await UseAsync(visitor, page.Locator("li.card").Nth(i).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("light table") }));
        }

        await UseAsync(visitor, page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Light table") }).First);
        ILocator items = page.Locator("li.table-item");
        await Assertions.Expect(items).ToHaveCountAsync(3);
        string last = (await items.Nth(2).GetAttributeAsync("data-key"))!;
        await UseAsync(visitor, items.Nth(2).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Move .* forward") }));
        await Assertions.Expect(items.Nth(1)).ToHaveAttributeAsync("data-key", last);
        await visitor.TabToAsync(items.Nth(1).Locator("textarea"));
        await page.Keyboard.TypeAsync("To the second room");
        await UseAsync(visitor, items.Nth(0).GetByRole(AriaRole.Checkbox), "Space");
        await UseAsync(visitor, items.Nth(1).GetByRole(AriaRole.Checkbox), "Space");
        await visitor.TabToAsync(page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^CSV") }));
        IDownload table = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        Assert.Contains("To the second room", await File.ReadAllTextAsync((await table.PathAsync())!, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "Clear the table" }));
        await Assertions.Expect(items).ToHaveCountAsync(0);
        await UseAsync(visitor, page.GetByRole(AriaRole.Button, new() { Name = "Undo" }));
        await Assertions.Expect(items).ToHaveCountAsync(3);
        await UseAsync(visitor, items.Nth(0).GetByRole(AriaRole.Checkbox), "Space");
        await UseAsync(visitor, items.Nth(1).GetByRole(AriaRole.Checkbox), "Space");
        await UseAsync(visitor, page.GetByRole(AriaRole.Link, new() { Name = "Compare these 2" }));
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/compare\\?key="));
        visitor.AssertNoComplaints();
    }

    private static async Task UseAsync(Visitor visitor, ILocator control, string key = "Enter")
    {
        await visitor.TabToAsync(control);
        await visitor.Page.Keyboard.PressAsync(key);
    }

    private async Task<Visitor> OpenAsync(string address)
    {
        Visitor visitor = await site.VisitAsync(paintings.Server.Address);
        await visitor.OpenAsync(address);
        return visitor;
    }

    private async Task<string> TitleOfAsync(string key)
    {
        JsonElement work = await paintings.Server.GetAsync("/api/v1/work?key=" + Asking.Quoted(key));
        return work.GetProperty("title").GetString() ?? key;
    }
}
