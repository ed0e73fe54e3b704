using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Tests;

/// <summary>A gallery with enough works for an approximate index, made of few: each has many variants, about as far from it as works of one kind are from one another.</summary>
internal static class JitteredGallery
{
    public const int Count = 2400;

    /// <summary>Writes works 0, 1, … under the feature space of a gallery, whose own works they are variants of.</summary>
    public static async Task WriteAsync(string source, string target)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await using SqliteGalleryStore from = SqliteGalleryStore.Open(source), to = SqliteGalleryStore.Open(target);
        FeatureSpace space = (await from.GetFeatureSpacesAsync(cancellationToken))[0].Space;
        VectorSet vectors = await from.ReadSignaturesAsync(space, cancellationToken: cancellationToken);
        var random = new Random(5);
        List<GalleryEntry> entries = [];
        for (int i = 0; i < Count; i++)
        {
            float[] vector = vectors[i % vectors.Count].ToArray();
            float spread = 0.7f * MathF.Sqrt(vector.Sum(number => number * number) / vector.Length);
            for (int d = 0; d < vector.Length; d++)
            {
                vector[d] += spread * ((2 * random.NextSingle()) - 1);
            }

            entries.Add(new GalleryEntry(new Painting($"{i}"), $"hash {i}", [new Signature(space, vector)]));
        }

        await to.WriteAsync(entries, cancellationToken);
    }

    /// <summary>Keeps a tuning with a gallery.</summary>
    public static async Task TuneAsync(string path, Func<FeatureSpace, FastScanTuning> tuning)
    {
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(new CliConsole("artsim", TextWriter.Null, TextWriter.Null, false, false), path, null, TestContext.Current.CancellationToken);
        FeatureSpace space = await gallery.SpaceAsync(TestContext.Current.CancellationToken);
        await gallery.Gallery.SetTuningAsync(tuning(space), space, TestContext.Current.CancellationToken);
    }
}
