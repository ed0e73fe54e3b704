using ArtSimilarity;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Studio;
using Microsoft.Extensions.Options;
using SimArt.Api;

namespace SimArt.Collections;

/// <summary>
/// Adds the pictures of a folder, or paints some first where no folder is given. The gallery keeps each batch as it comes: after a kill the next start goes
/// on where this one stopped.
/// </summary>
internal sealed partial class FolderIndexing(Collection collection, IOptions<SimArtOptions> options, ILogger<FolderIndexing> logger) : BackgroundService
{
    private static readonly string[] CatalogueNames = ["paintings.csv", "metadata.csv"];
    private static readonly HashSet<string> Extensions =
        new([".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".avif"], StringComparer.OrdinalIgnoreCase);

    private volatile IndexingAnswer? _progress;

    /// <summary>How far it is; <see langword="null"/> where nothing is indexed.</summary>
    public IndexingAnswer? Progress => _progress;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Gallery is not null)
        {
            return;
        }

        _progress = new IndexingAnswer(0, 0, 0, "running", "Looking for pictures.");
        try
        {
            await Task.Run(() => IndexAsync(stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CatalogueException or GalleryStoreException or InvalidOperationException)
        {
            LogFailed(e);
            _progress = _progress with { State = "failed", Message = "The folder could not be indexed. The server's log says why." };
        }
    }

    private async Task IndexAsync(CancellationToken cancellationToken)
    {
        string folder = options.Value.Folder is string given ? Path.GetFullPath(given) : Paint(cancellationToken);
        List<PaintingImage> works = Collect(folder, cancellationToken);
        foreach (SearchSpace space in collection.Spaces)
        {
            await collection.Gallery.Store.RememberModelAsync(space.Space, ModelOrigin.Of(space.Extractor!), cancellationToken);
        }

        var progress = new Told(done => _progress = new IndexingAnswer(done.Done, works.Count, done.Failed, "running", "Looking at the pictures."));
        AddReport report = await collection.Gallery.AddAsync(works, progress, cancellationToken);
        foreach (AddFailure failure in report.Failures)
        {
            LogUnusable(failure.Key, failure.Reason);
        }

        string told = report.Failures.Count == 0 ? "All pictures are in." : $"All pictures are in but {report.Failures.Count}, which cannot be used.";
        _progress = new IndexingAnswer(works.Count, works.Count, report.Failures.Count, "done", told);
        LogDone(report.Added, report.Skipped, report.Failures.Count);
    }

    private string Paint(CancellationToken cancellationToken)
    {
        string folder = Path.Combine(options.Value.Data, "paintings");
        if (!File.Exists(Path.Combine(folder, SyntheticGallery.CatalogueFile)))
        {
            var progress = new Progress<int>(painted => _progress = new IndexingAnswer(painted, SyntheticGallery.DefaultCount, 0, "running", "Painting pictures to look at."));
            SyntheticGallery.Paint(folder, SyntheticGallery.DefaultCount, progress, cancellationToken);
        }

        return folder;
    }

    private List<PaintingImage> Collect(string folder, CancellationToken cancellationToken)
    {
        string? list = CatalogueNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        MetadataCatalogue? catalogue = list is null ? null : MetadataCatalogue.Read(list);
        List<PaintingImage> works = [];
        HashSet<string> keys = new(StringComparer.Ordinal);
        var enumeration = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        foreach (string file in Directory.EnumerateFiles(folder, "*", enumeration).Where(file => Extensions.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string relative = Path.GetRelativePath(folder, file).Replace('\\', '/');
            CatalogueEntry? entry = catalogue?.Find(file, relative);
            string key = entry?.Id is string id && keys.Add(id) ? id : relative;
            works.Add(new PaintingImage(entry?.Describe(key, file) ?? new Painting(key) { ImageUri = file }, ImageSource.FromFile(file)));
        }

        return works;
    }

    [LoggerMessage(LogLevel.Error, "The folder could not be indexed")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(LogLevel.Warning, "{Key} cannot be used: {Reason}")]
    private partial void LogUnusable(string key, string reason);

    [LoggerMessage(LogLevel.Information, "Indexed: {Added} added, {Skipped} were there, {Failed} cannot be used")]
    private partial void LogDone(int added, int skipped, int failed);

    /// <summary>Progress that is told at once, and in order.</summary>
    private sealed class Told(Action<AddProgress> tell) : IProgress<AddProgress>
    {
        public void Report(AddProgress value) => tell(value);
    }
}
