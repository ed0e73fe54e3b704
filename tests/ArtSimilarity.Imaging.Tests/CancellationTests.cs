using System.Diagnostics;
using ArtSimilarity.Conformance;
using NetVips;
using Xunit;

namespace ArtSimilarity.Imaging.Tests;

/// <summary>A cancelled decoding stops: it uses a small part of the processor time that a whole one uses.</summary>
[Collection(nameof(CancellationTests))]
[CollectionDefinition(nameof(CancellationTests), DisableParallelization = true)]
public sealed class CancellationTests
{
    public static TheoryData<string, int?> Images => new()
    {
        { "png", null },
        { "png", 64 },
        { "progressive", null },
        { "progressive", 64 },
        { "jpeg", null },
        { "tiff", 64 },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void A_decoding_cancelled_under_way_stops_early(string format, int? minimum)
    {
        byte[] bytes = Encode(format);
        var decoder = new VipsImageDecoder();
        ImageSize? size = minimum is { } side ? new ImageSize(side, side) : null;
        decoder.Open(ImageSource.FromBytes(bytes), size).Dispose(); // everything is loaded
        TimeSpan whole = Measure(() => decoder.Open(ImageSource.FromBytes(bytes), size).Dispose());

        using var cancellation = new CancellationTokenSource();
        TimeSpan cut = Measure(() =>
        {
            cancellation.CancelAfter(whole / 20);
            Assert.ThrowsAny<OperationCanceledException>(() => decoder.Decode(ImageSource.FromBytes(bytes), size, cancellationToken: cancellation.Token));
        });

        Assert.True(cut < whole * 0.6, $"{cut} of {whole}");
    }

    // The processor time of this process: other programs of the machine do not count.
    private static TimeSpan Measure(Action action)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        action();
        process.Refresh();
        return process.TotalProcessorTime - before;
    }

    private static byte[] Encode(string format)
    {
        if (format == "png")
        {
            return SyntheticPng.Encode(10_000, 8_000, 8, 0, new byte[10_001 * 8_000]);
        }

        using Image noise = Image.Gaussnoise(5000, 4000, sigma: 40, mean: 128, seed: 1);
        using Image gray = noise.Cast(Enums.BandFormat.Uchar);
        return format == "tiff" ? gray.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate) : gray.JpegsaveBuffer(q: 90, interlace: format == "progressive");
    }
}
