using System.Buffers.Binary;
using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using CsCheck;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

public sealed class BmpTests
{
    private static readonly NetVipsImageDecoder Decoder = new();
    private static readonly NetVipsImageDecoder Accepting = new(new NetVipsOptions { DamagedImages = DamagedImages.Accept });

    // Three pixels wide, two high: red green blue above, white black yellow below.
    private static readonly byte[] Expected = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 255, 0];
    private static readonly byte[] Palette = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 0]; // B G R 0

    public static TheoryData<string, byte[]> Variants => new()
    {
        { "24 bits", File(40, 24, 0, [], [255, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0]) },
        { "24 bits from the top", File(40, 24, 0, [], [0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0], height: -2) },
        { "24 bits of OS/2", File(12, 24, 0, [], [255, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0]) },
        { "24 bits without the last padding", File(40, 24, 0, [], [255, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0]) },
        { "8 bits", File(40, 8, 0, Palette, [3, 4, 5, 0, 0, 1, 2, 0]) },
        { "8 bits of Windows 5", File(124, 8, 0, Palette, [3, 4, 5, 0, 0, 1, 2, 0]) },
        { "8 bits of OS/2 2", File(64, 8, 0, Palette, [3, 4, 5, 0, 0, 1, 2, 0]) },
        { "4 bits", File(40, 4, 0, Palette, [0x34, 0x50, 0, 0, 0x01, 0x20, 0, 0]) },
        { "RLE8", File(40, 8, 1, Palette, [0, 3, 3, 4, 5, 0, 0, 0, 1, 0, 1, 1, 1, 2, 0, 1]) },
        { "RLE8 with a step aside", File(40, 8, 1, Palette, [1, 3, 1, 4, 1, 5, 0, 2, 0, 1, 0, 2, 0, 0, 0, 0, 0, 1], colours: null) },
        { "RLE4", File(40, 4, 2, Palette, [0, 3, 0x34, 0x50, 0, 0, 2, 0x01, 1, 0x20, 0, 1]) },
        { "32 bits", File(40, 32, 0, [], [255, 255, 255, 0, 0, 0, 0, 9, 0, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]) },
        { "16 bits", File(40, 16, 0, [], [0xFF, 0x7F, 0, 0, 0xE0, 0x7F, 0, 0, 0x00, 0x7C, 0xE0, 0x03, 0x1F, 0, 0, 0]) },
        { "16 bits in fields 5-6-5", File(40, 16, 3, [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0], [0xFF, 0xFF, 0, 0, 0xE0, 0xFF, 0, 0, 0x00, 0xF8, 0xE0, 0x07, 0x1F, 0, 0, 0]) },
        { "32 bits in fields of ten", File(40, 32, 3, [0, 0, 0xF0, 0x3F, 0, 0xFC, 0x0F, 0, 0xFF, 3, 0, 0], [0xFF, 0xFF, 0xFF, 0x3F, 0, 0, 0, 0, 0, 0xFC, 0xFF, 0x3F, 0, 0, 0xF0, 0x3F, 0, 0xFC, 0x0F, 0, 0xFF, 3, 0, 0]) },
        { "32 bits with transparency", File(108, 32, 3, [], [255, 255, 255, 255, 0, 0, 0, 255, 0, 255, 255, 255, 0, 0, 255, 255, 0, 255, 0, 255, 255, 0, 0, 255], fields: true) },
        { "32 bits with transparency that is 0 everywhere", File(108, 32, 3, [], [255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0], fields: true) },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_gives_the_same_picture(string name, byte[] file)
    {
        byte[] expected = Expected;
        if (name == "RLE8 with a step aside")
        {
            // The step from the end of the lower row leads outside: nothing is drawn above, so it shows the first colour.
            expected = [255, 0, 0, 255, 0, 0, 255, 0, 0, .. Expected[9..]];
        }

        using RgbImage image = Decoder.Open(ImageSource.FromBytes(file, name));
        Assert.Equal(new ImageSize(3, 2), image.Size);
        Assert.Equal(expected, image.Pixels.ToArray());
        Assert.Null(image.Damage);
    }

    [Fact]
    public void One_bit_a_pixel_begins_with_the_highest_bit()
    {
        byte[] file = File(40, 1, 0, [255, 255, 255, 0, 0, 0, 255, 0], [0b0100_0000, 0, 0, 0, 0b1010_0000, 0, 0, 0]);
        using RgbImage image = Decoder.Open(ImageSource.FromBytes(file));
        Assert.Equal([255, 0, 0, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 0, 0, 255, 255, 255], image.Pixels.ToArray());
    }

    [Fact]
    public void Transparency_is_flattened_on_white()
    {
        byte[] file = File(108, 32, 3, [], [.. Enumerable.Repeat<byte[]>([50, 100, 200, 51], 6).SelectMany(p => p)], fields: true);
        using RgbImage image = Decoder.Open(ImageSource.FromBytes(file));
        Assert.InRange(image.Pixels[0], 243, 245);
        Assert.InRange(image.Pixels[1], 223, 225);
        Assert.InRange(image.Pixels[2], 213, 215);
    }

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "rows of pixels are missing", File(40, 24, 0, [], [255, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 9]) },
        { "a pixel has colour 9", File(40, 8, 0, Palette, [3, 4, 9, 0, 0, 1, 2, 0]) },
        { "runs of pixels are missing", File(40, 8, 1, Palette, [3, 3, 0, 0]) },
        { "beyond the picture", File(40, 8, 1, Palette, [200, 3, 0, 0, 3, 3, 0, 1]) },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Damage_is_told(string reason, byte[] file)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(file)));
        Assert.Equal(ImageDecodeError.Corrupt, e.Error);
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
        using RgbImage image = Accepting.Open(ImageSource.FromBytes(file));
        Assert.Contains(reason, image.Damage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, "JPEG inside")]
    [InlineData(5, "PNG inside")]
    [InlineData(77, "the compression 77")]
    public void A_compression_that_is_not_read_is_named(int compression, string name)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(File(40, 24, compression, [], new byte[24]))));
        Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
        Assert.Contains(name, e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_claims_too_much_is_refused_without_memory()
    {
        byte[] bomb = File(40, 24, 0, [], [], width: 30_000, height: 30_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ImageDecodeError.LimitExceeded, Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(bomb))).Error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Changed_bytes_give_a_picture_or_a_typed_error()
    {
        byte[][] files = [.. Variants.Select(v => v.Data.Item2)];
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Select(Gen.Int[0, 100], Gen.Byte).Array[1, 8]).Sample(
            (file, changes) =>
            {
                byte[] bytes = (byte[])files[file].Clone();
                foreach ((int at, byte value) in changes)
                {
                    bytes[at % bytes.Length] = value;
                }

                try
                {
                    using RgbImage image = Accepting.Open(ImageSource.FromBytes(bytes), new ImageSize(2, 2));
                }
                catch (ImageDecodeException e)
                {
                    Assert.InRange(e.Reason.Length, 5, 300);
                }
            },
            iter: 3000,
            threads: 2);
    }

    private static byte[] File(
        int headerLength, int bits, int compression, byte[] afterHeader, byte[] pixels, int width = 3, int height = 2, int? colours = null, bool fields = false)
    {
        bool core = headerLength == 12;
        byte[] header = new byte[14 + headerLength];
        header[0] = (byte)'B';
        header[1] = (byte)'M';
        Write(header, 10, header.Length + afterHeader.Length);
        Write(header, 14, headerLength);
        if (core)
        {
            header[18] = (byte)width;
            header[20] = (byte)height;
            header[22] = 1;
            header[24] = (byte)bits;
        }
        else
        {
            Write(header, 18, width);
            Write(header, 22, height);
            header[26] = 1;
            header[28] = (byte)bits;
            Write(header, 30, compression);
            Write(header, 46, colours ?? (bits <= 8 ? afterHeader.Length / 4 : 0));
        }

        if (fields)
        {
            Write(header, 54, 0xFF0000);
            Write(header, 58, 0xFF00);
            Write(header, 62, 0xFF);
            Write(header, 66, unchecked((int)0xFF000000));
        }

        return [.. header, .. afterHeader, .. pixels];
    }

    private static void Write(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
}
