using System.Diagnostics;
using ArtSimilarity.Conformance;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Imaging.Tests;

/// <summary>Damaged files: a typed error with one line of reason, or a picture; nothing else, and no endless work.</summary>
public sealed class DamagedImageTests
{
    private static readonly VipsImageDecoder Decoder = new();
    private static readonly VipsImageDecoder Accepting = new(new ImagingOptions { DamagedImages = DamagedImages.Accept });

    [Theory]
    [InlineData("html_error_page.jpg", ImageDecodeError.UnsupportedFormat)]
    [InlineData("jpegdecoder_derive-huffman-codes-overflow.jpg", ImageDecodeError.Corrupt)]
    [InlineData("jpegdecoder_32d08f4a5eb10332506ebedbb9bc7257.jpg", ImageDecodeError.Corrupt)]
    public void A_file_damaged_beyond_use_is_refused_with_its_name_and_reason(string file, ImageDecodeError expected)
    {
        string path = SharedData.Require("images/broken/" + file);
        foreach (ImageSize? minimum in new ImageSize?[] { null, new(100, 100) })
        {
            ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromFile(path), minimum));
            Assert.Equal(expected, e.Error);
            AssertExplains(e, path);
        }
    }

    [Fact]
    public void Every_broken_file_gives_a_picture_or_a_typed_error_within_little_memory()
    {
        string[] files = Directory.GetFiles(SharedData.Require("images/broken"));
        Assert.NotEmpty(files);
        foreach (string path in files)
        {
            DecodeOrRefuse(File.ReadAllBytes(path), path, null);
            DecodeOrRefuse(File.ReadAllBytes(path), path, new ImageSize(100, 100));
        }

        using var process = Process.GetCurrentProcess();
        Assert.InRange(process.WorkingSet64, 0, 1L << 30);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(600)]
    [InlineData(100)]
    public void Bit_flips_that_cut_coded_data_short_are_told_at_every_size(int? minimum)
    {
        ImageSource source = ImageSource.FromFile(SharedData.Require("images/broken/titian46_bitflips.jpg"));
        ImageSize? size = minimum is { } side ? new ImageSize(side, side) : null;

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(source, size));
        Assert.Equal(ImageDecodeError.Corrupt, e.Error);
        Assert.StartsWith("damaged JPEG: ", e.Reason, StringComparison.Ordinal);

        using RgbImage image = Accepting.Open(source, size);
        Assert.Equal(minimum ?? 2000, image.Width);
        Assert.StartsWith("damaged JPEG: ", image.Damage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("formats/gray.jpg")]
    [InlineData("formats/progressive.jpg")]
    [InlineData("formats/titian46_cmyk.jpg")]
    [InlineData("formats/titian46_palette.png")]
    [InlineData("formats/titian46_alpha.png")]
    [InlineData("formats/titian46_lossless.webp")]
    [InlineData("formats/titian46.gif")]
    public void A_file_cut_at_any_tenth_is_refused_at_every_size(string file)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Require("images/" + file));
        for (int tenth = 1; tenth < 10; tenth++)
        {
            byte[] cut = bytes[..(int)((long)bytes.Length * tenth / 10)];
            Assert.False(DecodeOrRefuse(cut, file, null));
            Assert.False(DecodeOrRefuse(cut, file, new ImageSize(64, 64)));
        }
    }

    [Theory]
    [InlineData("formats/progressive.jpg")]
    [InlineData("formats/titian46_palette.png")]
    [InlineData("formats/webp_with_jpg_extension.jpg")]
    [InlineData("formats/titian46.gif")]
    public void Random_changes_to_a_file_give_a_picture_or_a_typed_error(string file)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Require("images/" + file));
        Gen.Select(Gen.Int[0, Math.Min(bytes.Length, 4000) - 1], Gen.Byte).Array[1, 20].Sample(
            changes =>
            {
                byte[] changed = (byte[])bytes.Clone();
                foreach ((int at, byte value) in changes)
                {
                    changed[at] = value;
                }

                DecodeOrRefuse(changed, file, new ImageSize(64, 64));
            },
            iter: 25,
            threads: 2);
    }

    [Fact]
    public void Random_bytes_after_the_first_bytes_of_any_format_give_a_picture_or_a_typed_error()
    {
        byte[][] starts =
        [
            [], [0xFF, 0xD8, 0xFF, 0xE0], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
            [.. "GIF89a"u8], [.. "RIFF\0\u0001\0\0WEBPVP8 "u8], [.. "II*\0\u0008\0\0\0"u8], [.. "MM\0+\0\u0008\0\0"u8], [.. "\0\0\0\u0020ftypavif"u8],
        ];
        Gen.Select(Gen.Int[0, starts.Length - 1], Gen.Byte.Array[1, 600]).Sample(
            (start, rest) => { DecodeOrRefuse([.. starts[start], .. rest], "random", new ImageSize(32, 32)); },
            iter: 2000,
            threads: 2);
    }

    /// <summary>Whether the bytes gave a picture.</summary>
    private static bool DecodeOrRefuse(byte[] bytes, string name, ImageSize? minimum)
    {
        try
        {
            using RgbImage image = Decoder.Open(ImageSource.FromBytes(bytes, name), minimum);
            Assert.True(image is { Width: > 0, Height: > 0 });
            return true;
        }
        catch (ImageDecodeException e)
        {
            AssertExplains(e, name);
            return false;
        }
    }

    private static void AssertExplains(ImageDecodeException e, string name)
    {
        Assert.Equal(name, e.ImageName);
        Assert.StartsWith(name + ": ", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Reason.Length, 5, 300);
        Assert.DoesNotContain('\n', e.Reason);
    }
}
