using System.Net.Http.Json;
using System.Text.Json;

namespace SimArt.Tests;

/// <summary>A server that is killed loses nothing that it said was in.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Count = 80;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("simart-restart-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task Killed_while_it_indexes_it_comes_back_with_what_was_acknowledged()
    {
        string folder = PaintingsSite.LinkPaintings(_scratch.FullName, Count), data = Path.Combine(_scratch.FullName, "data");
        int acknowledged = 0;
        await using (SimArtServer first = await SimArtServer.StartAsync(data, ["--folder", folder]))
        {
            while (acknowledged == 0)
            {
                JsonElement indexing = (await first.Client.GetFromJsonAsync<JsonElement>("/api/v1/gallery", TestContext.Current.CancellationToken)).GetProperty("indexing");
                acknowledged = indexing.GetProperty("message").GetString()!.StartsWith("Looking at", StringComparison.Ordinal) ? indexing.GetProperty("done").GetInt32() : 0;
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            await first.KillAsync();
        }

        await using SimArtServer second = await SimArtServer.StartAsync(data, ["--folder", folder]);
        int there = (await second.Client.GetFromJsonAsync<JsonElement>("/api/v1/gallery", TestContext.Current.CancellationToken)).GetProperty("works").GetInt32();
        await PaintingsSite.WaitUntilIndexedAsync(second, TimeSpan.FromMinutes(3));

        Assert.InRange(there, acknowledged, Count);
        Assert.Equal(Count, (await second.Client.GetFromJsonAsync<JsonElement>("/api/v1/gallery", TestContext.Current.CancellationToken)).GetProperty("works").GetInt32());
    }

    [Fact]
    public async Task A_gallery_that_is_not_there_is_said_in_a_sentence()
    {
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => SimArtServer.StartAsync(_scratch.FullName, ["--gallery", Path.Combine(_scratch.FullName, "none.db")]));
        Assert.Contains("there is no such gallery", e.Message, StringComparison.Ordinal);
        string noGallery = Path.Combine(_scratch.FullName, "text.db");
        await File.WriteAllTextAsync(noGallery, new string('x', 5000), TestContext.Current.CancellationToken);
        e = await Assert.ThrowsAsync<InvalidOperationException>(() => SimArtServer.StartAsync(_scratch.FullName, ["--gallery", noGallery]));
        Assert.Contains("text.db", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<InvalidOperationException>(() => SimArtServer.StartAsync(_scratch.FullName, ["--galery", "x"]));
        Assert.Contains("There is no option --galery", e.Message, StringComparison.Ordinal);
    }
}
