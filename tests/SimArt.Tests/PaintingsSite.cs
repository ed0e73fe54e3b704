using System.Net.Http.Json;
using System.Text.Json;
using ArtSimilarity.TestSupport;

[assembly: AssemblyFixture(typeof(SimArt.Tests.PaintingsSite))]

namespace SimArt.Tests;

/// <summary>One server for all tests, with 500 of the shared paintings, indexed by itself from a folder.</summary>
public sealed class PaintingsSite : IAsyncLifetime
{
    public const int Count = 500;

    private static readonly TimeSpan IndexTime = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("simart-tests-");
    private SimArtServer? _server;

    public SimArtServer Server
    {
        get
        {
            SharedData.Require("paintings");
            return _server!;
        }
    }

    public HttpClient Client => Server.Client;

    /// <summary>Where the paintings and the data of the server lie: no answer may name it.</summary>
    public string Scratch => _scratch.FullName;

    /// <summary>The keys of all works, in order.</summary>
    public IReadOnlyList<string> Keys { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        if (!SharedData.IsPresent)
        {
            return; // each test says why it is skipped
        }

        string folder = LinkPaintings(_scratch.FullName, Count);
        _server = await SimArtServer.StartAsync(Path.Combine(_scratch.FullName, "data"), ["--folder", folder]);
        await WaitUntilIndexedAsync(_server, IndexTime);
        JsonElement works = await _server.Client.GetFromJsonAsync<JsonElement>("/api/v1/works?limit=200");
        List<string> keys = [];
        for (int offset = 0; offset < works.GetProperty("total").GetInt32(); offset += 200)
        {
            JsonElement page = await _server.Client.GetFromJsonAsync<JsonElement>($"/api/v1/works?limit=200&offset={offset}");
            keys.AddRange(page.GetProperty("items").EnumerateArray().Select(work => work.GetProperty("key").GetString()!));
        }

        Keys = keys;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _scratch.Delete(recursive: true);
    }

    /// <summary>A folder of links to the first shared paintings, with their catalogue.</summary>
    public static string LinkPaintings(string scratch, int count)
    {
        string source = SharedData.Require("paintings"), folder = Path.Combine(scratch, "paintings"), images = Path.Combine(folder, "images");
        Directory.CreateDirectory(images);
        File.Copy(Path.Combine(source, "paintings.csv"), Path.Combine(folder, "paintings.csv"));

        // Every 26th, so that all genres are among them.
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(source, "images")).Order(StringComparer.Ordinal)];
        for (int i = 0; i < count; i++)
        {
            string file = files[i * (files.Length / count)];
            File.CreateSymbolicLink(Path.Combine(images, Path.GetFileName(file)), file);
        }

        return folder;
    }

    public static async Task WaitUntilIndexedAsync(SimArtServer server, TimeSpan limit)
    {
        using var ending = new CancellationTokenSource(limit);
        while (true)
        {
            JsonElement gallery = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/gallery", ending.Token);
            string? state = gallery.GetProperty("indexing").GetProperty("state").GetString();
            if (state == "done" && gallery.GetProperty("works").GetInt32() == gallery.GetProperty("indexing").GetProperty("total").GetInt32())
            {
                return;
            }

            Assert.NotEqual("failed", state);
            await Task.Delay(200, ending.Token);
        }
    }
}
