using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>Adds works to an open gallery and builds its index, with progress on the error stream.</summary>
internal static class IndexingRun
{
    /// <summary>How many pictures of a kind are named.</summary>
    private const int Named = 10;

    public static async Task<AddReport> RunAsync(CliConsole console, OpenGallery gallery, List<PaintingImage> works, AddOptions options, CancellationToken cancellationToken)
    {
        try
        {
            AddReport added = await LiveProgress.RunAsync(console, "Indexing", works.Count, "images", report =>
                gallery.Gallery.AddAsync(
                    works,
                    options,
                    new ImmediateProgress<AddProgress>(progress => report(progress.Done, progress.Elapsed > TimeSpan.Zero ? progress.Done / progress.Elapsed.TotalSeconds : 0)),
                    cancellationToken));
            if (added.Added + added.Skipped > 0)
            {
                await gallery.PrepareAsync(console, gallery.LoadedSpace, cancellationToken);
            }

            return added;
        }
        catch (OnnxModelException e)
        {
            throw new CommandFailedException($"the model fails for every picture, so the run was ended. {e.Message}", e);
        }
        catch (GalleryStoreException e) when (e.LostKeys.Count > 0)
        {
            string file = e.Message.Contains(gallery.Store.FilePath, StringComparison.Ordinal) ? "" : gallery.Store.FilePath + ": ";
            throw new CommandFailedException($"{file}{e.Message} Running the same command again indexes them.", e);
        }
        catch (OperationCanceledException e)
        {
            throw new CommandFailedException("interrupted; what was indexed is kept, and running the same command again continues.", e);
        }
    }

    public static IReadOnlyList<FailedImage> Failures(AddReport report) => [.. report.Failures.Select(failure => new FailedImage(failure.ImageName, failure.Reason))];

    /// <summary>Says on the error stream which images failed, and what happened to works that were there.</summary>
    public static void Report(CliConsole console, AddReport report, IReadOnlyList<PaintingImage> works)
    {
        foreach (AddFailure failure in report.Failures)
        {
            console.Warn($"{failure.ImageName}: {failure.Reason}");
        }

        HashSet<string> keysOfPaths = [.. works.Where(work => work.FurtherKeys.Count > 0).Select(work => work.Painting.Key)];
        ILookup<bool, AddFailure> refused = report.Failures.Where(failure => failure.Reason.Contains("another picture", StringComparison.Ordinal)).ToLookup(failure => keysOfPaths.Contains(failure.Key));
        if (refused[true].Any())
        {
            console.Warn("Pictures of the same key are kept apart: give another --prefix to these, or --replace-images to put them in the place of the others.");
        }

        if (refused[false].Any())
        {
            console.Warn("An id of the catalogue is that of another picture in the gallery: correct the id, or give --replace-images to put the pictures in the place of the others.");
        }

        foreach (AddWarning warning in report.Warnings.Take(Named))
        {
            console.Warn($"{warning.ImageName}: {warning.Text}");
        }

        if (report.Warnings.Count > Named)
        {
            console.Warn($"{Counted.Of(report.Warnings.Count - Named, "more picture is", "more pictures are")} small or damaged; --json names all.");
        }

        if (report.Renamed.Count > 0)
        {
            console.Warn($"{Counted.Of(report.Renamed.Count, "work")} got another key: {Counted.FirstOf([.. report.Renamed.Select(renamed => $"{renamed.FormerKey} → {renamed.Key}")])}.");
        }

        if (report.Replaced.Count > 0)
        {
            console.Warn($"{Counted.Of(report.Replaced.Count, "work has", "works have")} another picture than before: {Counted.FirstOf(report.Replaced)}. What the catalogue says of them was kept.");
        }

        if (report.Erased.Count > 0)
        {
            console.Warn($"{Counted.Of(report.ErasedValues, "value")} of {Counted.Of(report.Erased.Count, "work")} {(report.ErasedValues == 1 ? "was" : "were")} erased, as --replace-catalogue asks: {Counted.FirstOf(report.Erased)}.");
        }

        if (report.SameImages.Count > 0)
        {
            console.Warn($"{Counted.Of(report.SameImages.Count, "picture has", "pictures have")} the content of another work: {Counted.FirstOf([.. report.SameImages.Select(same => $"{same.Key} = {same.OtherKey}")])}.");
        }
    }
}
