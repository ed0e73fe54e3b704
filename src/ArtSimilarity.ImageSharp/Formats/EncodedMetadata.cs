using System.Buffers.Binary;
using System.IO.Compression;
using ArtSimilarity.EncodedImages;

namespace ArtSimilarity.ImageSharp.Formats;

/// <summary>The colour profile and orientation of PNG and WebP, which ImageSharp 2 does not read, or not as most programs write them.</summary>
/// <param name="Profile">The ICC profile; <see langword="null"/> where there is none.</param>
/// <param name="Orientation">The EXIF orientation, 1 where none is stated.</param>
internal sealed record EncodedMetadata(byte[]? Profile, int Orientation)
{
    private const int LongestProfile = 4 * 1024 * 1024;

    public static EncodedMetadata OfPng(ReadOnlySpan<byte> bytes)
    {
        byte[]? profile = null;
        int orientation = 1;
        for (long at = 8; at + 12 <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)at..]);
            ReadOnlySpan<byte> type = bytes.Slice((int)at + 4, 4);
            if (length > bytes.Length - at - 12)
            {
                break;
            }

            ReadOnlySpan<byte> data = bytes.Slice((int)at + 8, (int)length);
            if (type.SequenceEqual("iCCP"u8) && data.IndexOf((byte)0) is >= 0 and int end && end + 2 < data.Length)
            {
                profile ??= Inflate(data[(end + 2)..]);
            }
            else if (type.SequenceEqual("eXIf"u8))
            {
                orientation = ExifOrientation(data);
            }

            at += 12L + length;
        }

        return new EncodedMetadata(profile, orientation);
    }

    public static EncodedMetadata OfWebP(ReadOnlySpan<byte> bytes)
    {
        byte[]? profile = null;
        int orientation = 1;
        for (long at = 12; at + 8 <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)(at + 4)..]);
            if (length > bytes.Length - at - 8)
            {
                break;
            }

            ReadOnlySpan<byte> type = bytes.Slice((int)at, 4), data = bytes.Slice((int)at + 8, (int)length);
            if (type.SequenceEqual("ICCP"u8) && data.Length <= LongestProfile)
            {
                profile ??= data.ToArray();
            }
            else if (type.SequenceEqual("EXIF"u8))
            {
                orientation = ExifOrientation(data);
            }

            at += 8L + length + (length & 1);
        }

        return new EncodedMetadata(profile, orientation);
    }

    // EXIF is a TIFF without pixels; some programs keep the prefix that it has in JPEG.
    private static int ExifOrientation(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8))
        {
            exif = exif[6..];
        }

        return TiffDirectories.Read(exif).All is [{ Orientation: int orientation }, ..] ? orientation : 1;
    }

    // What cannot be unpacked, or unpacks to more than any profile has, is no profile.
    private static byte[]? Inflate(ReadOnlySpan<byte> data)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
            using var profile = new MemoryStream();
            byte[] buffer = new byte[16 * 1024];
            int read;
            while ((read = zlib.Read(buffer)) > 0)
            {
                if (profile.Length + read > LongestProfile)
                {
                    return null;
                }

                profile.Write(buffer, 0, read);
            }

            return profile.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
