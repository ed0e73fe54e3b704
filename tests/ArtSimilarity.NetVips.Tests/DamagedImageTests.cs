using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using CsCheck;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

/// <summary>Damaged files: a typed error with one line of reason, or a picture; nothing else, and no endless work.</summary>
public sealed class DamagedImageTests
{
    private static readonly NetVipsImageDecoder Decoder = new();
    private static readonly NetVipsImageDecoder Accepting = new(new NetVipsOptions { DamagedImages = DamagedImages.Accept });

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
    public void Bytes_zeroed_inside_a_jpeg_are_told_at_every_size()
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Require("images/large/titian_Titian_46.jpg"));
        bytes.AsSpan(bytes.Length / 2, 2000).Clear();
        AssertDamage(bytes);
    }

    [Fact]
    public void A_changed_byte_of_compressed_data_is_told_by_the_checksums_of_a_png()
    {
        byte[] bytes = SyntheticPng.Gradient(400, 300);
        bytes[bytes.Length / 2] ^= 0x10;
        AssertDamage(bytes);
    }

    [Fact]
    public void A_file_cut_at_half_gives_its_beginning_where_damage_is_accepted()
    {
        foreach (string file in new[] { "formats/gray.jpg", "formats/titian46_palette.png", "formats/titian46.gif" })
        {
            byte[] bytes = File.ReadAllBytes(SharedData.Require("images/" + file));
            using RgbImage whole = Accepting.Open(ImageSource.FromBytes(bytes));
            Assert.Null(whole.Damage);
            using RgbImage half = Accepting.Open(ImageSource.FromBytes(bytes.AsMemory(0, bytes.Length / 2)));
            Assert.NotNull(half.Damage);
            Assert.Equal(whole.Size, half.Size);
            int beginning = 3 * whole.Width * (whole.Height / 8);
            Assert.True(whole.Pixels[..beginning].SequenceEqual(half.Pixels[..beginning]), file);
        }
    }

    [Theory]
    [InlineData("between segments")]
    [InlineData("JFIF version")]
    [InlineData("Adobe transform")]
    [InlineData("spectral selection")]
    public void Oddities_outside_the_coded_picture_are_not_damage(string oddity)
    {
        byte[] sound;
        using (global::NetVips.Image quarters = TestImages.Quarters(200, 123))
        {
            sound = quarters.JpegsaveBuffer(q: 100, subsampleMode: global::NetVips.Enums.ForeignSubsample.Off, keep: global::NetVips.Enums.ForeignKeep.None);
        }

        sound = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0, .. sound[2..]];
        byte[] odd = (byte[])sound.Clone();
        switch (oddity)
        {
            case "between segments":
                odd = [.. sound[..20], 1, 2, 3, 0xFF, 0, .. sound[20..]];
                break;
            case "JFIF version":
                odd[11] = 9;
                break;
            case "Adobe transform":
                odd = [0xFF, 0xD8, 0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 7, .. sound[20..]];
                break;
            default:
                int scan = sound.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
                odd[scan + 2 + sound[scan + 3] - 2] = 0; // the end of the spectrum: 0 instead of 63
                break;
        }

        Assert.NotEqual(sound, odd);
        foreach (ImageSize? minimum in new ImageSize?[] { null, new(30, 20), new(16, 9) })
        {
            using RgbImage expected = Decoder.Open(ImageSource.FromBytes(sound), minimum);
            using RgbImage image = Decoder.Open(ImageSource.FromBytes(odd), minimum);
            Assert.Null(image.Damage);
            Assert.Equal(expected.Size, image.Size);
            Assert.True(expected.Pixels.SequenceEqual(image.Pixels));
        }

        // Damage beside an oddity is still seen.
        odd = [.. odd[..^40], 0xFF, 0xD9];
        AssertDamage(odd);
    }

    [Fact]
    public void Damage_goes_with_the_picture_into_its_parts()
    {
        byte[] png = SyntheticPng.Gradient(40, 30);
        using RgbImage image = Accepting.Open(ImageSource.FromBytes(png.AsMemory(0, png.Length / 2)));
        using RgbImage part = image.Crop(new ImageRegion(0, 0, 0.5, 0.5));
        using RgbImage small = ImageResampler.Resize(image, new ImageSize(10, 10));
        Assert.NotNull(image.Damage);
        Assert.Equal(image.Damage, part.Damage);
        Assert.Equal(image.Damage, small.Damage);
    }

    [Fact]
    public void Every_broken_file_gives_a_picture_or_a_typed_error()
    {
        string[] files = Directory.GetFiles(SharedData.Require("images/broken"));
        Assert.NotEmpty(files);
        foreach (string path in files)
        {
            DecodeOrRefuse(File.ReadAllBytes(path), path, null);
            DecodeOrRefuse(File.ReadAllBytes(path), path, new ImageSize(100, 100));
        }
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

    private static void AssertDamage(byte[] bytes)
    {
        foreach (ImageSize? minimum in new ImageSize?[] { null, new(60, 40), new(16, 9) })
        {
            ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(bytes, "x"), minimum));
            Assert.Equal(ImageDecodeError.Corrupt, e.Error);
            AssertExplains(e, "x");
            using RgbImage image = Accepting.Open(ImageSource.FromBytes(bytes), minimum);
            Assert.StartsWith("damaged ", image.Damage, StringComparison.Ordinal);
        }
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
