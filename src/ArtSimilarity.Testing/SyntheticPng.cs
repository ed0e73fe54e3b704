using System.Buffers.Binary;
using System.IO.Compression;

namespace ArtSimilarity.Testing;

/// <summary>Writes PNG files for tests, without any imaging library.</summary>
public static class SyntheticPng
{
    /// <summary>An RGB image whose every pixel is known: see <see cref="PixelAt"/>.</summary>
    /// <param name="width">The width, in pixels.</param>
    /// <param name="height">The height, in pixels.</param>
    /// <returns>The bytes of the file.</returns>
    public static byte[] Gradient(int width, int height)
    {
        byte[] rows = new byte[height * (1 + (3 * width))];
        for (int y = 0, at = 0; y < height; y++)
        {
            at++; // filter type 0
            for (int x = 0; x < width; x++)
            {
                (rows[at++], rows[at++], rows[at++]) = PixelAt(x, y, width, height);
            }
        }

        return Encode(width, height, 8, 2, rows);
    }

    /// <summary>The pixel of <see cref="Gradient"/> at a place: red grows to the right, green downwards, blue is a checkerboard.</summary>
    /// <param name="x">The column, from 0.</param>
    /// <param name="y">The row, from 0.</param>
    /// <param name="width">The width of the image, in pixels.</param>
    /// <param name="height">The height of the image, in pixels.</param>
    /// <returns>The three channels, from 0 to 255.</returns>
    public static (byte Red, byte Green, byte Blue) PixelAt(int x, int y, int width, int height) =>
        ((byte)(x * 255 / Math.Max(1, width - 1)), (byte)(y * 255 / Math.Max(1, height - 1)), (byte)((((x / 16) + (y / 16)) & 1) * 200));

    /// <summary>A PNG with the given header and scanlines (each with its filter byte); the two need not agree.</summary>
    /// <param name="width">The width that the header says, in pixels.</param>
    /// <param name="height">The height that the header says, in pixels.</param>
    /// <param name="bitDepth">Bits a channel: 1, 2, 4, 8 or 16.</param>
    /// <param name="colourType">0 for grey, 2 for RGB, 3 for a palette, 4 for grey and 6 for RGB with alpha.</param>
    /// <param name="rows">The scanlines before compression.</param>
    /// <param name="interlaced">What the header says of interlacing.</param>
    /// <returns>The bytes of the file.</returns>
    public static byte[] Encode(int width, int height, byte bitDepth, byte colourType, ReadOnlySpan<byte> rows, bool interlaced = false)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = bitDepth;
        header[9] = colourType;
        header[12] = interlaced ? (byte)1 : (byte)0;
        WriteChunk(file, "IHDR"u8, header);
        using (var data = new MemoryStream())
        {
            using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
            {
                zlib.Write(rows);
            }

            WriteChunk(file, "IDAT"u8, data.ToArray());
        }

        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        uint crc = Crc(Crc(uint.MaxValue, type), data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return crc;
    }
}
