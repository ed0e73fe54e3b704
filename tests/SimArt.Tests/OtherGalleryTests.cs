using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace SimArt.Tests;

/// <summary>A folder while it is being read, with a copy of a painting in it; and a gallery made by <c>artsim</c>, with regions.</summary>
public sealed class OtherGalleryTests(PaintingsSite paintings, Site site) : IDisposable
{
    private const int FolderCount = 60, RegionCount = 12;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("simart-other-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task A_folder_tells_its_progress_and_copies_are_folded_under_one_result()
    {
        string folder = PaintingsSite.LinkPaintings(_scratch.FullName, FolderCount);
        string original = Directory.EnumerateFiles(Path.Combine(folder, "images")).Order(StringComparer.Ordinal).ElementAt(7);
        string key = Path.GetFileNameWithoutExtension(original);
        byte[] copy = await SmallCopyAsync(original);
        await File.WriteAllBytesAsync(Path.Combine(folder, "images", "copy.jpg"), copy, TestContext.Current.CancellationToken);
        await using SimArtServer server = await SimArtServer.StartAsync(Path.Combine(_scratch.FullName, "data"), ["--folder", folder]);
        await using Visitor visitor = await site.VisitAsync(server.Address);
        IPage page = visitor.Page;
        await page.GotoAsync("/");
        await Assertions.Expect(page.GetByRole(AriaRole.Progressbar, new() { Name = "Pictures read" })).ToBeVisibleAsync();
        Assert.Empty(await visitor.StumblingBlocksAsync());
        await Assertions.Expect(page.GetByText("Nothing matches all of this.")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("li.card").First).ToBeVisibleAsync(); // by themselves
        await PaintingsSite.WaitUntilIndexedAsync(server, TimeSpan.FromMinutes(3));
        await Assertions.Expect(page.Locator("#indexing")).ToContainTextAsync("The folder has been read");
        await Assertions.Expect(page.Locator(".result-count")).ToContainTextAsync($"{FolderCount + 1} works");
        string[] keys = [.. (await server.GetAsync("/api/v1/works?limit=200")).GetProperty("items").EnumerateArray().Select(work => work.GetProperty("key").GetString()!)];
        string copied = keys.Single(each => each.Contains("copy", StringComparison.Ordinal)), first = keys.Single(each => each.Contains(key, StringComparison.Ordinal));

        // By another work: both are found, and one stands under the other.
        await visitor.OpenAsync($"/search?k=96&more={Asking.Quoted(keys[20])}");
        ILocator folded = page.Locator("details.copies");
        await Assertions.Expect(folded).ToHaveCountAsync(1);
        await Assertions.Expect(visitor.Results).ToHaveCountAsync(FolderCount - 1);
        await folded.Locator("summary").ClickAsync();
        Assert.Equal(
            new[] { copied, first }.Order(StringComparer.Ordinal),
            ((string[])[(await visitor.Results.Filter(new() { Has = folded }).GetAttributeAsync("data-key"))!, Uri.UnescapeDataString(Regex.Match((await folded.GetByRole(AriaRole.Link).First.GetAttributeAsync("href"))!, "key=([^&]+)").Groups[1].Value)]).Order(StringComparer.Ordinal));
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Fold copies under one result" }).UncheckAsync();
        await Assertions.Expect(visitor.Results).ToHaveCountAsync(FolderCount);
        await page.GoBackAsync();
        await folded.Locator("summary").ClickAsync();
        await folded.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^See what differs") }).ClickAsync();
        await Assertions.Expect(page.Locator(".stack-box img")).ToBeVisibleAsync();

        // By the work itself: its page names the copy.
        await visitor.OpenAsync("/work?key=" + Asking.Quoted(first));
        await Assertions.Expect(page.Locator(".note details.copies")).ToContainTextAsync("1 copy");
        visitor.AssertNoComplaints();
    }

    [Fact]
    public async Task A_gallery_made_by_the_command_line_is_searched_in_regions_and_by_pictures_of_allowed_hosts()
    {
        string folder = PaintingsSite.LinkPaintings(_scratch.FullName, RegionCount), gallery = Path.Combine(_scratch.FullName, "gallery.db");
        await IndexAsync(Path.Combine(folder, "images"), gallery);
        await using SimArtServer server = await SimArtServer.StartAsync(
            Path.Combine(_scratch.FullName, "data"), ["--gallery", gallery], new Dictionary<string, string> { ["IiifHosts"] = "127.0.0.1", ["AllowPrivateAddresses"] = "true" });
        string key = (await server.GetAsync("/api/v1/works")).GetProperty("items")[3].GetProperty("key").GetString()!;
        await using Visitor visitor = await site.VisitAsync(server.Address);
        IPage page = visitor.Page;
        await visitor.OpenAsync($"/search?more=region:0.1,0.1,0.4,0.4:{Asking.Quoted(key)}");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Look inside regions of works" }).CheckAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("regions=yes"));
        await Assertions.Expect(page.GetByRole(AriaRole.Slider, new() { Name = "From alike to surprising" })).ToBeDisabledAsync();
        await Assertions.Expect(visitor.Results.Locator(".region-mark").First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
        await server.PostAsync("/api/v1/search", new { parts = new[] { new { key } }, inRegions = true, surprise = 0.5 }, System.Net.HttpStatusCode.BadRequest);

        // A manifest of another server, by the page.
        string manifest = $"{paintings.Server.Address}iiif/manifest?key={Asking.Quoted(paintings.Keys[9])}";
        await visitor.OpenAsync("/search");
        await page.GetByRole(AriaRole.Textbox, new() { NameRegex = new Regex("IIIF image or manifest") }).FillAsync(manifest);
        await page.GetByRole(AriaRole.Button, new() { Name = "Fetch it" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("more=upload"));
        await Assertions.Expect(visitor.Results.First).ToBeVisibleAsync();
        visitor.AssertNoComplaints();
    }

    private async Task<byte[]> SmallCopyAsync(string original)
    {
        string id = await paintings.Server.UploadedAsync(await File.ReadAllBytesAsync(original, TestContext.Current.CancellationToken));
        return await paintings.Server.BytesAsync($"/api/v1/uploads/{id}/image");
    }

    private static async Task IndexAsync(string images, string gallery)
    {
        string configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Debug" : "Release";
        string program = Path.Combine(SimArtServer.RepositoryRoot(), "tools", "ArtSimilarity.Cli", "bin", configuration, "net10.0", "artsim.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, "index", images, "--gallery", gallery, "--regions"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
    }
}
