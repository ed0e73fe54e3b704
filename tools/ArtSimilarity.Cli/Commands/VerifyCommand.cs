using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
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
            "Looks for damage in a gallery: the structure of the file, the checksum of every work and signature, what they say of one another, and whether the index answers as an exact search does. The exit code is 1 when something is found.")
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
            foreach (FeatureSpaceSummary summary in await gallery.Store.GetFeatureSpacesAsync(cancellationToken))
            {
                if (summary.Count >= OpenGallery.ApproximateFrom && !RegionLayout.IsOfRegions(summary.Space))
                {
                    indexes.Add(await VerifyIndexAsync(console, gallery, summary, faults, cancellationToken));
                }
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
                    console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The index of {index.Model} finds {index.Recall:0.000} of what an exact search finds ({Counted.Of(index.Searches, "search", "searches")})."));
                }

                console.Output.WriteLine(faults.Count == 0 ? $"{gallery.Store.FilePath} is sound." : $"{gallery.Store.FilePath} is damaged: {Counted.Of(faults.Count, "fault")}. Restore a backup, or index the pictures anew.");
            })
        {
            ExitCode = faults.Count == 0 ? ExitCode.Done : ExitCode.Failed,
        });
    }

    private static async Task<VerifyDocument.VerifiedIndex> VerifyIndexAsync(
        CliConsole console, OpenGallery gallery, FeatureSpaceSummary summary, List<string> faults, CancellationToken cancellationToken)
    {
        GalleryModel made = (await gallery.Store.GetModelsAsync(cancellationToken)).Single(model => model.Space == summary.Space);
        string model = made.IsKnown ? made.Origin.Reference : made.Name;
        await gallery.PrepareAsync(console, summary.Space, cancellationToken);
        int found = 0, wanted = 0;
        List<Signature> queries = await ChooseQueriesAsync(gallery.Store, summary, cancellationToken);
        foreach (Signature signature in queries)
        {
            GallerySearchResult exact = await gallery.Gallery.SearchAsync(signature, Neighbors, new GallerySearchOptions { Quality = 1 }, cancellationToken);
            GallerySearchResult approximate = await gallery.Gallery.SearchAsync(signature, Neighbors, null, cancellationToken);
            Dictionary<string, float> distances = exact.Results.ToDictionary(result => result.Painting.Key, result => result.Distance);
            wanted += exact.Results.Count;
            foreach (SimilarPainting result in approximate.Results)
            {
                if (distances.TryGetValue(result.Painting.Key, out float distance))
                {
                    found++;
                    const float rounding = 1e-3f;
                    if (Math.Abs(distance - result.Distance) > rounding)
                    {
                        faults.Add(string.Create(CultureInfo.InvariantCulture, $"the index of {model} has another distance for '{result.Painting.Key}' than its signature: {result.Distance:0.0000}, not {distance:0.0000}"));
                    }
                }
            }
        }

        double recall = (double)found / wanted;
        if (recall < LeastRecall)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"the index of {model} finds {recall:0.000} of what an exact search finds: delete the folder {gallery.Store.DerivedFilesDirectory}, it is built anew"));
        }

        return new VerifyDocument.VerifiedIndex(model, queries.Count, recall);
    }

    /// <summary>Signatures spread over the works, the oldest and the newest among them.</summary>
    private static async Task<List<Signature>> ChooseQueriesAsync(SqliteGalleryStore store, FeatureSpaceSummary summary, CancellationToken cancellationToken)
    {
        List<Signature> chosen = [];
        int first = 0;
        await foreach (VectorSet block in store.ReadSignatureBlocksAsync(summary.Space, cancellationToken: cancellationToken))
        {
            while (chosen.Count < Searches && RowOf(chosen.Count) < first + block.Count)
            {
                chosen.Add(new Signature(summary.Space, block[RowOf(chosen.Count) - first].ToArray()));
            }

            first += block.Count;
        }

        return chosen;

        int RowOf(int query) => (int)((long)query * (summary.Count - 1) / (Searches - 1));
    }
}
