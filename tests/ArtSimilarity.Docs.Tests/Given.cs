using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using ArtSimilarity.Onnx;
using Microsoft.Extensions.DependencyInjection;

namespace ArtSimilarity.Docs.Tests;

/// <summary>
/// The variables that snippets of the documentation use without declaring them. Snippets are compiled and never run, so none has a value. A
/// snippet's own variable of the same name comes first.
/// </summary>
public static class Given
{
    public static IServiceCollection services => throw NeverRun();

    public static IServiceProvider provider => throw NeverRun();

    public static Gallery gallery => throw NeverRun();

    public static IEnumerable<PaintingImage> works => throw NeverRun();

    public static Signature signature => throw NeverRun();

    public static string contentHash => throw NeverRun();

    public static RgbImage[] images => throw NeverRun();

    public static OnnxFeatureExtractor extractor => throw NeverRun();

    public static VectorSet vectors => throw NeverRun();

    public static int[] ids => throw NeverRun();

    public static float[] numbers => throw NeverRun();

    public static float[] query => throw NeverRun();

    public static Neighbor[] neighbors => throw NeverRun();

    private static InvalidOperationException NeverRun() => new("Snippets are compiled, not run.");
}
