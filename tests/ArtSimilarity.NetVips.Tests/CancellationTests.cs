using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips.Decoding;
using ArtSimilarity.Testing;
using NetVips;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

public sealed class CancellationTests
{
    [Theory]
    [InlineData("png", null)]
    [InlineData("png", 64)]
    [InlineData("jpeg", null)]
    [InlineData("jpeg", 700)]
    [InlineData("tiff", 64)]
    public void A_decoding_cancelled_after_its_first_strip_decodes_no_other(string format, int? minimum)
    {
        byte[] bytes = Encode(format);
        using var cancellation = new CancellationTokenSource();
        List<int> strips = [];
        int all = 0;
        var decoder = new NetVipsImageDecoder
        {
            RowsDecoded = (done, rows) =>
            {
                strips.Add(done);
                all = rows;
                cancellation.Cancel();
            },
        };

        Assert.ThrowsAny<OperationCanceledException>(() =>
            decoder.Decode(ImageSource.FromBytes(bytes), minimum is { } side ? new ImageSize(side, side) : null, cancellationToken: cancellation.Token));

        Assert.Single(strips);
        Assert.InRange(strips[0], 1, all * 0.6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void A_progressive_jpeg_is_read_no_further_once_cancelled(int shrink)
    {
        byte[] bytes = Encode("progressive");
        using var cancellation = new CancellationTokenSource();
        using var source = new CancellableSource(bytes, cancellation.Token);
        using Image image = Image.JpegloadSource(source, shrink: shrink, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning);
        cancellation.Cancel();

        // All scans are read before the first row.
        VipsException e = Assert.Throws<VipsException>(() => image.Avg());
        Assert.NotEmpty(e.Message);
    }

    [Fact]
    public void A_progressive_jpeg_is_decoded_the_same_with_and_without_a_token()
    {
        byte[] bytes = Encode("progressive");
        using var cancellation = new CancellationTokenSource();
        foreach (ImageSize? minimum in new ImageSize?[] { null, new(900, 900), new(200, 200) })
        {
            using RgbImage with = new NetVipsImageDecoder().Decode(ImageSource.FromBytes(bytes), minimum, cancellationToken: cancellation.Token);
            using RgbImage without = new NetVipsImageDecoder().Decode(ImageSource.FromBytes(bytes), minimum, cancellationToken: CancellationToken.None);
            Assert.True(with.Pixels.SequenceEqual(without.Pixels));
        }
    }

    private static byte[] Encode(string format)
    {
        if (format == "png")
        {
            return SyntheticPng.Encode(10_000, 4_000, 8, 0, new byte[10_001 * 4_000]);
        }

        using Image noise = Image.Gaussnoise(5000, 4001, sigma: 40, mean: 128, seed: 1);
        using Image gray = noise.Cast(Enums.BandFormat.Uchar);
        return format == "tiff" ? gray.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate) : gray.JpegsaveBuffer(q: 90, interlace: format == "progressive");
    }
}
