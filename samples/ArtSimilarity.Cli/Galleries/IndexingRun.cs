using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>Adds works to an open gallery and builds its index, with progress on the error stream.</summary>
internal static class IndexingRun
{
    public static async Task<AddReport> RunAsync(CliConsole console, OpenGallery gallery, List<PaintingImage> works, CancellationToken cancellationToken)
    {
        try
        {
            AddReport added = await LiveProgress.RunAsync(console, "Indexing", works.Count, "images", report =>
                gallery.Gallery.AddAsync(
                    works,
                    new ImmediateProgress<AddProgress>(progress => report(progress.Done, progress.Elapsed > TimeSpan.Zero ? progress.Done / progress.Elapsed.TotalSeconds : 0)),
                    cancellationToken));
            if (added.Added + added.Skipped > 0)
            {
                await gallery.PrepareAsync(console, gallery.LoadedSpace, cancellationToken);
            }

            return added;
        }
        catch (OperationCanceledException e)
        {
            throw new CommandFailedException("interrupted; what was indexed is kept, and running the same command again continues.", e);
        }
    }

    public static IReadOnlyList<FailedImage> Failures(AddReport report) => [.. report.Failures.Select(failure => new FailedImage(failure.ImageName, failure.Reason))];

    /// <summary>Lists the images that failed on the error stream.</summary>
    public static void ReportFailures(CliConsole console, AddReport report)
    {
        foreach (AddFailure failure in report.Failures)
        {
            console.Warn($"{failure.ImageName}: {failure.Reason}");
        }
    }
}
