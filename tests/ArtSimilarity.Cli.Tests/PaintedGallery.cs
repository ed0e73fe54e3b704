using System.Text.Json;

[assembly: AssemblyFixture(typeof(ArtSimilarity.Cli.Tests.PaintedGallery))]

namespace ArtSimilarity.Cli.Tests;

/// <summary>
/// The demo, run once for all tests on four pictures of each kind, with the model that every build has; tests only read what it
/// left.
/// </summary>
public sealed class PaintedGallery : IAsyncLifetime
{
    public const int Count = 52;

    private readonly ScratchFolder _folder = new();

    public JsonElement Document { get; private set; }

    public string Folder => _folder["demo"];

    public string Paintings => Path.Combine(Folder, "paintings");

    public string Images => Path.Combine(Paintings, "images");

    public string Catalogue => Path.Combine(Paintings, "paintings.csv");

    public string Gallery => Path.Combine(Folder, "gallery.db");

    public string Report => Path.Combine(Folder, "report.html");

    public async ValueTask InitializeAsync()
    {
        CliRun run = await CliRun.Of(CancellationToken.None, "demo", "--out", Folder, "--limit", "52", "--model", "classical", "--json");
        Document = run.Json();
    }

    /// <summary>The image of a painted work, whatever its format.</summary>
    public string ImageOf(string key) => Directory.GetFiles(Images, key + ".*").Single();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
