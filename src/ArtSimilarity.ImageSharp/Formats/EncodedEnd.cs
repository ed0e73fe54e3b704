using System.Buffers.Binary;

namespace ArtSimilarity.ImageSharp.Formats;

/// <summary>Tells truncated files, which ImageSharp decodes as far as they go without a word.</summary>
internal static class EncodedEnd
{
    /// <summary>Whether the encoded picture is there to its end; <see langword="true"/> for formats whose decoder tells itself.</summary>
    public static bool IsThere(ImageSharpFormats format, ReadOnlySpan<byte> bytes) => format switch
    {
        ImageSharpFormats.Png => PngEnds(bytes),
        ImageSharpFormats.WebP => bytes.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + 8L <= bytes.Length + 1L, // the last padding may be left out
        ImageSharpFormats.Gif => GifFrameEnds(bytes),
        ImageSharpFormats.Tga => TgaEnds(bytes),
        _ => true,
    };

    private static bool PngEnds(ReadOnlySpan<byte> bytes)
    {
        for (long at = 8; at + 8 <= bytes.Length;)
        {
            if (bytes[(int)(at + 4)..].StartsWith("IEND"u8))
            {
                return true;
            }

            at += 12L + BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)at..]);
        }

        return false;
    }

    // The first frame: after it, nothing matters.
    private static bool GifFrameEnds(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 13)
        {
            return false;
        }

        int at = 13 + ColourTable(bytes[10]);
        while (at < bytes.Length)
        {
            byte kind = bytes[at];
            if (kind == 0x2C)
            {
                return at + 10 <= bytes.Length && SubBlocks(bytes, at + 10 + ColourTable(bytes[at + 9]) + 1) >= 0;
            }

            if (kind == 0x3B)
            {
                return true;
            }

            at = kind == 0x21 ? SubBlocks(bytes, at + 2) : at + 1;
            if (at < 0)
            {
                return false;
            }
        }

        return false;
    }

    private static bool TgaEnds(ReadOnlySpan<byte> bytes)
    {
        int bytesPerPixel = (bytes[16] + 7) / 8;
        int map = bytes[1] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[5..]) * ((bytes[7] + 7) / 8) : 0;
        long at = 18 + bytes[0] + map;
        long pixels = (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]) * BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]);
        if (bytes[2] < 9)
        {
            return at + (pixels * bytesPerPixel) <= bytes.Length;
        }

        while (pixels > 0)
        {
            if (at >= bytes.Length)
            {
                return false;
            }

            int packet = bytes[(int)at];
            int count = (packet & 0x7F) + 1;
            at += 1 + ((packet & 0x80) != 0 ? bytesPerPixel : count * bytesPerPixel);
            pixels -= count;
        }

        return at <= bytes.Length;
    }

    private static int ColourTable(byte flags) => (flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0;

    /// <summary>The place after a row of sub-blocks; −1 where it is cut short.</summary>
    private static int SubBlocks(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length)
        {
            int length = bytes[at];
            if (length == 0)
            {
                return at + 1;
            }

            at += 1 + length;
        }

        return -1;
    }
}
