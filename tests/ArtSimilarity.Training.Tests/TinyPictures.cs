using ArtSimilarity.Imaging;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Training.Tests;

/// <summary>Pictures of stripes: lying, standing, slanting; told apart by their direction alone.</summary>
internal sealed class TinyPictures : IImageDecoder
{
    public const int Side = 32;
    public static readonly string[] Labels = ["lying", "slanting", "standing"];

    public static List<LabelledImage> Create(int count, int seed = 1) => [.. Enumerable.Range(0, count).Select(i => new LabelledImage(
        FormattableString.Invariant($"p{i:0000}"),
        ImageSource.FromBytes(new[] { (byte)(i % 3), (byte)seed, (byte)(i & 255), (byte)(i >> 8) }, $"p{i:0000}.stripes"),
        new Dictionary<string, string> { ["direction"] = Labels[i % 3], ["parity"] = i % 2 == 0 ? "even" : "odd" }))];

    public static TrainingSet Prepare(TemporaryFolder folder, int count) => Prepare(folder, Create(count));

    /// <summary>Prepares pictures and waits for it: what follows stays on the test's thread, as libtorch wants it.</summary>
    public static TrainingSet Prepare(TemporaryFolder folder, IReadOnlyList<LabelledImage> images) =>
        TrainingSet.PrepareAsync(images, new TinyPictures(), folder.Path, Side, cancellationToken: Xunit.TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    public ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
        new(Decode(source, minimumSize, region, cancellationToken));

    public static RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
    {
        ReadOnlySpan<byte> what = source.ReadBytes().Span;
        if (what[0] > 2)
        {
            throw new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, "no stripes");
        }

        var random = new Random(what[1] + (what[2] * 251) + (what[3] * 65521));
        double phase = random.NextDouble() * 6.3, wave = 0.6 + (random.NextDouble() * 0.6);
        (double x, double y) = what[0] switch { 0 => (0, 1), 1 => (0.7, 0.7), _ => (1, 0) };
        var image = new RgbImage(Side, Side);
        for (int i = 0; i < Side * Side; i++)
        {
            double value = 128 + (100 * Math.Sin(phase + (wave * ((x * (i % Side)) + (y * (i / Side)))))) + random.Next(-25, 26);
            image.Pixels.Slice(3 * i, 3).Fill((byte)Math.Clamp(value, 0, 255));
        }

        return image;
    }
}
