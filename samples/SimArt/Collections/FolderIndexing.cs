using ArtSimilarity.Catalogues;
using ArtSimilarity.Studio;

namespace SimArt.Collections;

/// <summary>
/// Adds the pictures of a folder, or paints some first where no folder is given. The gallery keeps each batch as it comes: after a kill the next start goes
/// on where this one stopped.
/// </summary>
internal sealed partial class FolderIndexing(Collection collection, GalleryBrowser browser, IOptions<SimArtOptions> options, ILogger<FolderIndexing> logger) : BackgroundService
{
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
        IReadOnlyList<PaintingImage> works = PictureFolder.Read(folder, cancellationToken: cancellationToken);
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

        await browser.RefreshAsync(cancellationToken); // before the page is told, which then shows all of them
        _progress = new IndexingAnswer(
            works.Count, works.Count, report.Failures.Count, "done", report.Failures.Count == 0 ? "All pictures are in." : $"All pictures are in but {report.Failures.Count}, which cannot be used.");
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
