using ArtSimilarity.ImageSharp.Decoding;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.SyntheticImages;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using CsCheck;
using NetVips;
using Xunit;

namespace ArtSimilarity.ImageSharp.Tests;

/// <summary>Hostile and damaged files: a typed error with one line of reason, or a picture; nothing else.</summary>
public sealed class ImageSharpLimitTests
{
    private static readonly ImageSharpImageDecoder Decoder = new();

    [Theory]
    [InlineData(50_000, 50_000)]
    [InlineData(90_000, 10)]
    public void A_header_that_claims_too_much_is_refused_before_any_pixel_is_decoded(int width, int height)
    {
        byte[] bomb = SyntheticPng.Encode(width, height, 8, 2, []);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(bomb)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        Assert.Contains($"{width}×{height}", e.Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Each_limit_of_the_options_is_kept_to_the_pixel()
    {
        byte[] png = SyntheticPng.Gradient(30, 20);
        AssertLimit(png, new ImageSharpOptions { MaxBytes = png.Length - 1 }, new ImageSharpOptions { MaxBytes = png.Length });
        AssertLimit(png, new ImageSharpOptions { MaxPixels = 599 }, new ImageSharpOptions { MaxPixels = 600 });
        AssertLimit(png, new ImageSharpOptions { MaxSide = 29 }, new ImageSharpOptions { MaxSide = 30 });
        AssertLimit(png, new ImageSharpOptions { MaxDecodedBytes = 1799 }, new ImageSharpOptions { MaxDecodedBytes = 1800 });
        byte[] tiff = SyntheticTiff.File(SyntheticTiff.Solid(30, 20, 2, 1, 2, 3, 0).Set(338, 0));
        AssertLimit(tiff, new ImageSharpOptions { MaxBands = 3 }, new ImageSharpOptions { MaxBands = 4 });
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSharpImageDecoder(new ImageSharpOptions { MaxBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSharpImageDecoder(new ImageSharpOptions { MaxPixels = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSharpImageDecoder(new ImageSharpOptions { MaxSide = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSharpImageDecoder(new ImageSharpOptions { MaxBands = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSharpImageDecoder(new ImageSharpOptions { MaxDecodedBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSharpImageDecoder(new ImageSharpOptions { Formats = ImageSharpFormats.None }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSharpImageDecoder(new ImageSharpOptions { Formats = (ImageSharpFormats)32 }));
    }

    [Fact]
    public void A_stream_of_a_cancelled_decoding_cannot_be_read()
    {
        using var cancellation = new CancellationTokenSource();
        using var stream = new CancellableStream(new byte[10], cancellation.Token);
        Assert.Equal(4, stream.Read(new byte[4], 0, 4));
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => stream.Read(new byte[4], 0, 4));
    }

    [Theory]
    [InlineData("formats/gray.jpg")]
    [InlineData("formats/progressive.jpg")]
    [InlineData("formats/titian46_palette.png")]
    [InlineData("formats/titian46_alpha.png")]
    [InlineData("formats/titian46_lossless.webp")]
    [InlineData("formats/titian46.gif")]
    public void A_file_cut_at_any_quarter_is_refused(string file)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Require("images/" + file));
        for (int quarter = 1; quarter < 4; quarter++)
        {
            Assert.False(DecodeOrRefuse(bytes[..(int)((long)bytes.Length * quarter / 4)], file));
        }
    }

    [Fact]
    public void A_cut_bmp_or_tga_is_refused()
    {
        byte[] bmp = [(byte)'B', (byte)'M', 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 20, 0, 0, 0, 20, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], .. new byte[1200]];
        byte[] tga = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 20, 0, 24, 0x20, .. new byte[1200]];
        byte[] runs = [0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 8, 0, 24, 0x20, .. Enumerable.Repeat<byte[]>([0x8F, 50, 100, 200], 8).SelectMany(run => run)];
        foreach (byte[] file in new[] { bmp, tga, runs })
        {
            Assert.True(DecodeOrRefuse(file, "whole"));
            Assert.False(DecodeOrRefuse(file[..^9], "cut"));
            Assert.False(DecodeOrRefuse(file[..(file.Length / 2)], "cut"));
        }
    }

    [Theory]
    [InlineData("tiff/c_zstd.tif", false)]
    [InlineData("tiff/deflate_zeroed.tif", false)]
    [InlineData("tiff/deflate_zeroed_most.tif", false)]
    [InlineData("tiff/ifdfirst_trunc5.tif", false)]
    [InlineData("tiff/jpegtif_zeroed.tif", false)]
    [InlineData("tiff/lzw_zeroed.tif", false)]
    [InlineData("tiff/rgb_extra_unspecified.tif", true)]
    [InlineData("tiff/thumbfirst.tif", true)]
    [InlineData("formats/x.bmp", true)]
    [InlineData("formats/x.heic", false)]
    [InlineData("formats/x.jp2", false)]
    [InlineData("formats/x.jxl", false)]
    [InlineData("bombs/bands1000.tif", false)]
    [InlineData("bombs/bands200_10000.tif", false)]
    public void Every_shared_case_is_decoded_as_libvips_does_or_refused(string file, bool decodes)
    {
        string path = SharedData.Require("cases/" + file);
        Assert.Equal(decodes, DecodeOrRefuse(File.ReadAllBytes(path), file));
        if (decodes)
        {
            using RgbImage expected = new NetVipsImageDecoder().Open(ImageSource.FromFile(path));
            using RgbImage image = Decoder.Open(ImageSource.FromFile(path));
            Assert.True(image.Pixels.SequenceEqual(expected.Pixels));
        }
    }

    [Fact]
    public void Every_broken_file_gives_a_picture_or_a_typed_error()
    {
        string[] files = Directory.GetFiles(SharedData.Require("images/broken"));
        Assert.NotEmpty(files);
        foreach (string path in files)
        {
            DecodeOrRefuse(File.ReadAllBytes(path), path);
        }
    }

    [Fact]
    public void Changed_bytes_give_a_picture_or_a_typed_error()
    {
        using Image quarters = TestImages.Quarters(90, 70);
        using Image noise = Image.Gaussnoise(90, 70, sigma: 40, mean: 128, seed: 1);
        using Image gray = noise.Cast(Enums.BandFormat.Uchar);
        byte[][] files =
        [
            quarters.JpegsaveBuffer(), gray.JpegsaveBuffer(interlace: true), quarters.PngsaveBuffer(), gray.PngsaveBuffer(interlace: true), quarters.WebpsaveBuffer(),
            gray.WebpsaveBuffer(lossless: true), quarters.GifsaveBuffer(), gray.TiffsaveBuffer(), quarters.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Lzw),
            quarters.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate), quarters.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Jpeg),
            quarters.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Packbits),
            [0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 8, 0, 24, 0x20, .. Enumerable.Repeat<byte[]>([0x8F, 50, 100, 200], 8).SelectMany(run => run)],
            [(byte)'B', (byte)'M', 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 20, 0, 0, 0, 20, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], .. new byte[1200]],
        ];
        int pictures = 0, errors = 0;
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Select(Gen.Int[0, 100_000], Gen.Byte, Gen.Bool).Array[1, 12]).Sample(
            (file, changes) =>
            {
                byte[] bytes = (byte[])files[file].Clone();
                foreach ((int at, byte value, bool early) in changes)
                {
                    bytes[at % (early ? Math.Min(bytes.Length, 200) : bytes.Length)] = value;
                }

                Interlocked.Increment(ref DecodeOrRefuse(bytes, "changed") ? ref pictures : ref errors);
            },
            iter: 1500,
            threads: 2);
        Assert.True(pictures > 50 && errors > 50, $"{pictures} pictures, {errors} errors");
    }

    [Theory]
    [InlineData("images/broken/jpegdecoder_32d08f4a5eb10332506ebedbb9bc7257.jpg")]
    [InlineData("images/broken/jpegdecoder_2c9e7a1805f8b47630bbb83d21bf8222.jpg")]
    [InlineData("images/broken/its_551adc8ce6c3c9cc59040903b0428f47.tif")]
    public void What_goes_wrong_inside_the_library_is_told_in_words_about_the_picture(string file)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromFile(SharedData.Require(file))));
        AssertOwnWords(e);
    }

    [Fact]
    public void A_tiff_in_tiles_is_refused_by_name()
    {
        byte[] tiled = SyntheticTiff.File(SyntheticTiff.Solid(16, 16, 2, 1, 2, 3).Set(322, 16).Set(323, 16));
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(tiled)));
        Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
        Assert.StartsWith("TIFF in tiles is not supported without libvips", e.Reason, StringComparison.Ordinal);
        Assert.EndsWith("ArtSimilarity.NetVips", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_bytes_behind_the_head_of_a_scan_are_damage_here_alone()
    {
        ImageSource source = ImageSource.FromFile(SharedData.Require("images/broken/jpegdecoder_extraneous-bytes-after-sos.jpg"));
        Assert.Equal(ImageDecodeError.Corrupt, Assert.Throws<ImageDecodeException>(() => Decoder.Open(source)).Error);
        using RgbImage image = new NetVipsImageDecoder().Open(source);
        Assert.Null(image.Damage);
    }

    /// <summary>What a runtime says of its arrays and references stands in the cause, and not in the reason.</summary>
    private static void AssertOwnWords(ImageDecodeException e)
    {
        for (Exception? cause = e.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is not NotSupportedException && cause.GetType().Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
            {
                Assert.DoesNotContain(cause.Message, e.Reason, StringComparison.Ordinal);
            }
        }
    }

    private static bool DecodeOrRefuse(byte[] bytes, string name)
    {
        try
        {
            using RgbImage image = Decoder.Open(ImageSource.FromBytes(bytes, name), new ImageSize(50, 50));
            return true;
        }
        catch (ImageDecodeException e)
        {
            Assert.Equal(name, e.ImageName);
            Assert.InRange(e.Reason.Length, 5, 400);
            Assert.DoesNotContain('\n', e.Reason);
            AssertOwnWords(e);
            return false;
        }
    }

    private static void AssertLimit(byte[] image, ImageSharpOptions tooTight, ImageSharpOptions enough)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new ImageSharpImageDecoder(tooTight).Open(ImageSource.FromBytes(image)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        using RgbImage decoded = new ImageSharpImageDecoder(enough).Open(ImageSource.FromBytes(image));
        Assert.Equal(30, decoded.Width);
    }
}
