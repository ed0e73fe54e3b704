using System.Diagnostics;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Classification;

/// <summary>Classifies many images on every core, with progress on the error stream.</summary>
internal static class ClassificationRun
{
    /// <summary>Classifies images. One that cannot be used is named on the error stream, and the rest goes on.</summary>
    /// <returns>The works in the order given.</returns>
    public static async Task<IReadOnlyList<ClassifiedWork>> RunAsync(
        CliConsole console, OnnxImageClassifier classifier, IReadOnlyList<PaintingImage> works, int parallelism, InputLimits limits, CancellationToken cancellationToken)
    {
        NetVipsImageDecoder decoder = limits.NewDecoder();
        var classified = new ClassifiedWork[works.Count];
        var clock = Stopwatch.StartNew();
        int done = 0;
        await LiveProgress.RunAsync(console, "Classifying", works.Count, "images", report => Task.Run(
            () =>
            {
                Parallel.For(0, works.Count, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, i =>
                {
                    classified[i] = Classify(decoder, classifier, works[i], cancellationToken);
                    int count = Interlocked.Increment(ref done);
                    report(count, count / Math.Max(0.001, clock.Elapsed.TotalSeconds));
                });
                return true;
            },
            cancellationToken));
        foreach (ClassifiedWork failed in classified.Where(work => work.Failure is not null))
        {
            console.Warn($"{failed.Work.Image.Name}: {failed.Failure}");
        }

        foreach (ClassifiedWork damaged in classified.Where(work => work.Damage is not null))
        {
            console.Warn($"{damaged.Work.Image.Name}: {damaged.Damage}");
        }

        return classified;
    }

    private static ClassifiedWork Classify(NetVipsImageDecoder decoder, OnnxImageClassifier classifier, PaintingImage work, CancellationToken cancellationToken)
    {
        try
        {
            using RgbImage image = decoder.Decode(work.Image, classifier.InputSize, cancellationToken: cancellationToken);
            float[] probabilities = new float[classifier.Labels.Count];
            classifier.Classify([image], probabilities, cancellationToken);
            return new ClassifiedWork(work, probabilities, null) { Damage = image.Damage };
        }
        catch (ImageDecodeException e)
        {
            return new ClassifiedWork(work, null, e.Reason);
        }
    }
}
