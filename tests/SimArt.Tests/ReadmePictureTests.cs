using System.Text.Json;
using Microsoft.Playwright;

namespace SimArt.Tests;

/// <summary>Makes the pictures of the sample's README anew: SIMART_README_PICTURES=docs/images dotnet run -c Release --project tests/SimArt.Tests -- --filter-class '*ReadmePictureTests'.</summary>
public sealed class ReadmePictureTests(PaintingsSite paintings, Site site)
{
    private const int Quality = 78;

    [Fact]
    public async Task The_pictures_of_the_readme_are_made()
    {
        string? folder = Environment.GetEnvironmentVariable("SIMART_README_PICTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SIMART_README_PICTURES names no folder.");
        JsonElement dated = (await paintings.Server.GetAsync("/api/v1/works?genre=landscape&from=1860&to=1900&sort=year&limit=200")).GetProperty("items");
        string landscape = KeyOf(dated[dated.GetArrayLength() / 2]);
        string nearest = (await paintings.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key = landscape } }, k = 1 })).Keys()[0];
        await ShootAsync(folder!, "simart-look-alikes", $"/search?more={Asking.Quoted(landscape)}", ColorScheme.Light);
        await ShootAsync(folder!, "simart-why", $"/compare?key={Asking.Quoted(landscape)}&key={Asking.Quoted(nearest)}&view=why", ColorScheme.Dark);
        await ShootAsync(folder!, "simart-time", "/genealogy?key=" + Asking.Quoted(landscape), ColorScheme.Light);
        await ShootAsync(folder!, "simart-map", "/map", ColorScheme.Dark);
    }

    private static string KeyOf(JsonElement work) => work.GetProperty("key").GetString()!;

    private async Task ShootAsync(string folder, string name, string address, ColorScheme scheme)
    {
        await using Visitor visitor = await site.VisitAsync(paintings.Server.Address, 1280, 800, scheme);
        await visitor.OpenAsync(address);
        await visitor.Page.WaitForTimeoutAsync(2000); // the last thumbnails of the map are drawn without a request
        visitor.AssertNoComplaints();
        await visitor.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(SimArtServer.RepositoryRoot(), folder, name + ".jpg"), Type = ScreenshotType.Jpeg, Quality = Quality });
    }
}
