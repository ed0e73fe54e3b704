using System.Buffers.Binary;

namespace ArtSimilarity.EncodedImages;

/// <summary>
/// What the markers of a JPEG tell without decoding it: how many scans there are, and how many warnings of libjpeg are harmless.
/// </summary>
/// <remarks>
/// Oddities outside the coded picture are harmless. They are bytes between the segments before the first scan, an unknown JFIF
/// version, an unknown Adobe colour transform, and spectral parameters in a sequential scan. The library libjpeg reads past them and the
/// picture is whole. Every other warning of libjpeg means that coded data were missing, left over or not decodable.
/// </remarks>
/// <param name="Scans">The scans, 1 for a baseline image.</param>
/// <param name="HarmlessWarnings">The warnings that libjpeg gives for the oddities.</param>
/// <param name="HeightAt">Where the two bytes of the height lie; 0 where no frame begins.</param>
/// <param name="HasEnd">Whether the marker of the end is there.</param>
/// <param name="Components">The colour components, 4 for CMYK and YCCK.</param>
/// <param name="IsAdobe">Whether the segment of Adobe is there; with it, inks are stored inverted.</param>
internal readonly record struct JpegStructure(int Scans, int HarmlessWarnings, int HeightAt, bool HasEnd, int Components, bool IsAdobe)
{
    public static JpegStructure Read(ReadOnlySpan<byte> bytes)
    {
        int scans = 0, harmless = 0, components = 0, adobeTransform = -1, heightAt = 0;
        bool sequential = false, jfif = false, hasEnd = false;
        int at = 2; // after SOI
        while (NextMarker(bytes, ref at, out byte marker, out bool gap))
        {
            if (gap && scans == 0)
            {
                harmless++;
            }

            if (marker == 0xD9)
            {
                hasEnd = true;
                break;
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue; // no segment follows
            }

            if (bytes.Length - at < 2)
            {
                break;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            ReadOnlySpan<byte> segment = bytes.Slice(at, Math.Min(Math.Max(length, 2), bytes.Length - at))[2..];
            at += 2 + segment.Length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2 when segment.Length >= 6:
                    heightAt = at - segment.Length + 1;
                    sequential = marker != 0xC2;
                    components = segment[5];
                    break;
                case 0xE0 when scans == 0 && segment.Length >= 14 && segment.StartsWith("JFIF\0"u8):
                    jfif = true;
                    harmless += segment[5] == 1 ? 0 : 1;
                    break;
                case 0xEE when scans == 0 && segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                    adobeTransform = segment[11];
                    break;
                case 0xDA:
                    if (scans++ == 0 && adobeTransform >= 0)
                    {
                        harmless += (components == 3 && !jfif && adobeTransform > 1) || (components == 4 && adobeTransform is not (0 or 2)) ? 1 : 0;
                    }

                    if (sequential && segment.Length >= 3 && !(segment[^3] == 0 && segment[^2] == 63 && segment[^1] == 0))
                    {
                        harmless++;
                    }

                    SkipCodedData(bytes, ref at);
                    break;
            }
        }

        return new JpegStructure(scans, harmless, heightAt, hasEnd, components, adobeTransform >= 0);
    }

    private static bool NextMarker(ReadOnlySpan<byte> bytes, ref int at, out byte marker, out bool gap)
    {
        gap = false;
        while (at < bytes.Length)
        {
            int found = bytes[at..].IndexOf((byte)0xFF);
            if (found < 0)
            {
                break;
            }

            gap |= found > 0;
            at += found;
            while (at < bytes.Length && bytes[at] == 0xFF)
            {
                at++;
            }

            if (at < bytes.Length && bytes[at++] is not 0 and byte code)
            {
                marker = code;
                return true;
            }

            gap = true;
        }

        marker = 0;
        return false;
    }

    private static void SkipCodedData(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length)
        {
            int found = bytes[at..].IndexOf((byte)0xFF);
            if (found < 0 || at + found + 1 >= bytes.Length)
            {
                at = bytes.Length;
                return;
            }

            at += found;
            if (bytes[at + 1] is not (0 or 0xFF or (>= 0xD0 and <= 0xD7)))
            {
                return;
            }

            at += bytes[at + 1] == 0xFF ? 1 : 2;
        }
    }
}
