using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;
using ArtSimilarity.Indexing;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim verify</c>: looks for damage in a gallery and holds its indexes against it.</summary>
internal static class VerifyCommand
{
    private const int Searches = 50, Neighbors = 10;

    /// <summary>How many faults are shown.</summary>
    private const int Shown = 20;

    /// <summary>An index that finds less than this is not the gallery's, or damaged: the default settings find 0.98 and more.</summary>
    private const double LeastRecall = 0.8;

    public static Command Create(CliConsole console)
    {
        Option<string> gallery = CommonOptions.Gallery();
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand(
            "verify",
            "Looks for damage in a gallery: the structure of the file, the checksum of every work and signature, what they say of one another, and whether the indexes, those of regions too, answer as an exact search does. The exit code is 1 when something is found.")
        {
            Examples = [("After a crash of the disk, or before a backup", "artsim verify --gallery my.db")],
        };
        command.Add(gallery);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => RunAsync(console, parsed.GetRequiredValue(gallery), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, string galleryPath, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, null, cancellationToken);
        List<string> faults = [.. await gallery.Store.VerifyAsync(null, cancellationToken)];
        List<VerifyDocument.VerifiedIndex> indexes = [];
        if (faults.Count == 0)
        {
            IReadOnlyList<GalleryModel> models = await gallery.Store.GetModelsAsync(cancellationToken);
            IReadOnlyList<FeatureSpaceSummary> held = await gallery.Store.GetFeatureSpacesAsync(cancellationToken);
            foreach (GalleryModel model in models.Where(model => model.Count >= OpenGallery.ApproximateFrom))
            {
                string name = model.IsKnown ? model.Origin.Reference : model.Name;
                FeatureSpaceSummary summary = held.Single(summary => summary.Space == model.Space);
                (int searches, double recall) = await VerifyIndexAsync(console, gallery, name, model.Space, summary, null, faults, cancellationToken);
                indexes.Add(new VerifyDocument.VerifiedIndex(name, searches, recall));
            }

            foreach (RegionSpace space in (await RegionSpace.ListAsync(console, gallery.Store, models, cancellationToken)).Where(space => space.Summary.Count >= OpenGallery.ApproximateFrom))
            {
                (int searches, double recall) = await VerifyIndexAsync(console, gallery, space.Name, space.Whole, space.Summary, space.Layout, faults, cancellationToken);
                indexes.Add(new VerifyDocument.VerifiedIndex(space.Model, searches, recall) { Regions = space.Layout.Name, Pooled = space.Layout.IsPooled });
            }
        }

        return ResultWriter.Write(console, json, new CommandResult<VerifyDocument>(
            () => new VerifyDocument(gallery.Store.FilePath, faults, indexes, JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                foreach (string fault in faults.Take(Shown))
                {
                    console.Output.WriteLine(char.ToUpperInvariant(fault[0]) + fault[1..] + ".");
                }

                if (faults.Count > Shown)
                {
                    console.Output.WriteLine($"And {faults.Count - Shown} more; --json lists up to a hundred.");
                }

                foreach (VerifyDocument.VerifiedIndex index in indexes)
                {
                    console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The index of {index.Name} finds {index.Recall:0.000} of what an exact search finds ({Counted.Of(index.Searches, "search", "searches")})."));
                }

                console.Output.WriteLine(faults.Count == 0 ? $"{gallery.Store.FilePath} is sound." : $"{gallery.Store.FilePath} is damaged: {Counted.Of(faults.Count, "fault")}. Restore a backup, or index the pictures anew.");
            })
        {
            ExitCode = faults.Count == 0 ? ExitCode.Done : ExitCode.Failed,
        });
    }

    /// <summary>Searches by some signatures through the index and exactly. Exact searches hold all signatures of the space in memory.</summary>
    private static async Task<(int Searches, double Recall)> VerifyIndexAsync(
        CliConsole console, OpenGallery gallery, string name, FeatureSpace searched, FeatureSpaceSummary summary, RegionLayout? regions, List<string> faults, CancellationToken cancellationToken)
    {
        const float Rounding = 1e-3f;
        await gallery.PrepareAsync(console, summary.Space, cancellationToken);
        int found = 0, wanted = 0;
        List<Signature> queries = await ChooseQueriesAsync(gallery.Store, searched, summary, cancellationToken);
        foreach (Signature signature in queries)
        {
            GallerySearchResult exact = await gallery.Gallery.SearchAsync(signature, Neighbors, new GallerySearchOptions { Quality = 1, Regions = regions }, cancellationToken);
            GallerySearchResult approximate = await gallery.Gallery.SearchAsync(signature, Neighbors, new GallerySearchOptions { Regions = regions }, cancellationToken);
            Dictionary<string, float> distances = exact.Results.ToDictionary(result => result.Painting.Key, result => result.Distance);
            wanted += exact.Results.Count;
            foreach (SimilarPainting result in approximate.Results)
            {
                if (!distances.TryGetValue(result.Painting.Key, out float distance))
                {
                    continue;
                }

                if (Math.Abs(distance - result.Distance) <= Rounding)
                {
                    found++;
                }
                else if (regions is null || result.Distance < distance)
                {
                    // An index of regions may miss the nearest one of a work and find another: that is farther away, and no damage.
                    found++;
                    faults.Add(string.Create(CultureInfo.InvariantCulture, $"the index of {name} has another distance for '{result.Painting.Key}' than its signature: {result.Distance:0.0000}, not {distance:0.0000}"));
                }
            }
        }

        double recall = (double)found / wanted;
        if (recall < LeastRecall)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"the index of {name} finds {recall:0.000} of what an exact search finds: delete the folder {gallery.Store.DerivedFilesDirectory}, it is built anew"));
        }

        return (queries.Count, recall);
    }

    /// <summary>Signatures spread over the works, the oldest and the newest among them.</summary>
    private static async Task<List<Signature>> ChooseQueriesAsync(SqliteGalleryStore store, FeatureSpace searched, FeatureSpaceSummary summary, CancellationToken cancellationToken)
    {
        List<Signature> chosen = [];
        int first = 0;
        await foreach (VectorSet block in store.ReadSignatureBlocksAsync(summary.Space, cancellationToken: cancellationToken))
        {
            while (chosen.Count < Searches && RowOf(chosen.Count) < first + block.Count)
            {
                chosen.Add(new Signature(searched, block[RowOf(chosen.Count) - first].ToArray()));
            }

            first += block.Count;
        }

        return chosen;

        int RowOf(int query) => (int)((long)query * (summary.Count - 1) / (Searches - 1));
    }
}
