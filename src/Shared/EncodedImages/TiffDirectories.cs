using System.Buffers.Binary;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.EncodedImages;

/// <summary>Reads the directories of a TIFF or BigTIFF, no pixels. What lies outside the file is left out.</summary>
internal static class TiffDirectories
{
    // A file with more has no use as a picture; the bound keeps a hostile chain from costing time.
    private const int MostDirectories = 4096, MostValues = 4096;

    /// <summary>The page to decode: the largest picture in the file, the first among equals; never a smaller version or a mask.</summary>
    /// <returns>The page and all directories; <see langword="null"/> and none where the first directory cannot be read.</returns>
    public static (TiffPage? Picture, IReadOnlyList<TiffPage> All) Read(ReadOnlySpan<byte> bytes)
    {
        var pages = new List<TiffPage>();
        if (bytes.Length >= 8)
        {
            bool big = bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8);
            var file = new Reader(bytes, bytes[0] == 'M', big);
            ulong next = big ? file.Number(8, 8) : file.Number(4, 4);
            var seen = new HashSet<ulong>();
            for (int page = 0; next != 0 && seen.Count < MostDirectories && seen.Add(next); page++)
            {
                if (!file.TryRead(next, page, -1, out TiffPage? found, out ulong[] subIfds, out next))
                {
                    break;
                }

                pages.Add(found);
                for (int i = 0; i < subIfds.Length && seen.Count < MostDirectories; i++)
                {
                    if (seen.Add(subIfds[i]) && file.TryRead(subIfds[i], page, i, out TiffPage? sub, out _, out _))
                    {
                        pages.Add(sub);
                    }
                }
            }
        }

        TiffPage? picture = Largest(pages, p => !p.IsReduced && !p.IsMask) ?? Largest(pages, p => !p.IsMask) ?? Largest(pages, _ => true);
        return (picture, pages);
    }

    /// <summary>The smallest reduced version of a page that is at least as large as a size; the page itself where there is none.</summary>
    public static TiffPage AtLeast(TiffPage picture, IReadOnlyList<TiffPage> all, ImageSize size)
    {
        TiffPage best = picture;
        foreach (TiffPage page in all)
        {
            if (page.IsReduced && !page.IsMask && page.Width >= size.Width && page.Height >= size.Height && page.Width < best.Width && page.Height < best.Height
                && IsHalved(picture, page)
                && page.Photometric == picture.Photometric && page.SamplesPerPixel == picture.SamplesPerPixel
                && page.BitsPerSample[0] == picture.BitsPerSample[0] && page.ExtraSamples.SequenceEqual(picture.ExtraSamples)
                && page.WhyUnsupported() is null)
            {
                best = page;
            }
        }

        return best;
    }

    // A level of a pyramid: the picture halved a whole number of times, rounded up or down at each step.
    private static bool IsHalved(TiffPage picture, TiffPage level)
    {
        (long lowWidth, long lowHeight, long highWidth, long highHeight) = (picture.Width, picture.Height, picture.Width, picture.Height);
        while (highWidth > level.Width && highWidth > 1)
        {
            (lowWidth, lowHeight) = (Math.Max(1, lowWidth / 2), Math.Max(1, lowHeight / 2));
            (highWidth, highHeight) = ((highWidth + 1) / 2, (highHeight + 1) / 2);
        }

        return level.Width >= lowWidth && level.Width <= highWidth && level.Height >= lowHeight && level.Height <= highHeight;
    }

    private static TiffPage? Largest(List<TiffPage> pages, Predicate<TiffPage> wanted)
    {
        TiffPage? largest = null;
        foreach (TiffPage page in pages)
        {
            if (wanted(page) && (largest is null || (Int128)page.Width * page.Height > (Int128)largest.Width * largest.Height))
            {
                largest = page;
            }
        }

        return largest;
    }

    private readonly ref struct Reader(ReadOnlySpan<byte> bytes, bool bigEndian, bool big)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        /// <summary>A number of 1, 2, 4 or 8 bytes; 0 where it lies outside the file.</summary>
        public ulong Number(ulong at, int length)
        {
            if (at > (ulong)_bytes.Length || (ulong)_bytes.Length - at < (ulong)length)
            {
                return 0;
            }

            ReadOnlySpan<byte> number = _bytes.Slice((int)at, length);
            return length switch
            {
                1 => number[0],
                2 => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(number) : BinaryPrimitives.ReadUInt16LittleEndian(number),
                4 => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(number) : BinaryPrimitives.ReadUInt32LittleEndian(number),
                _ => bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(number) : BinaryPrimitives.ReadUInt64LittleEndian(number),
            };
        }

        public bool TryRead(ulong at, int page, int subIfd, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TiffPage? directory, out ulong[] subIfds, out ulong next)
        {
            (int countLength, int entryLength, int offsetLength) = big ? (8, 20, 8) : (2, 12, 4);
            (directory, subIfds, next) = (null, [], 0);
            ulong entries = Number(at, countLength);
            ulong first = at + (ulong)countLength;
            if (at == 0 || entries == 0 || entries > MostValues || first > (ulong)_bytes.Length || (ulong)_bytes.Length - first < entries * (ulong)entryLength)
            {
                return false;
            }

            directory = new TiffPage { Offset = at, Page = page, SubIfd = subIfd };
            for (ulong i = 0; i < entries; i++)
            {
                ulong entry = first + (i * (ulong)entryLength);
                int tag = (int)Number(entry, 2);
                if (tag is not (254 or 256 or 257 or 258 or 259 or 262 or 273 or 274 or 277 or 279 or 322 or 323 or 324 or 325 or 330 or 332 or 338 or 339))
                {
                    continue;
                }

                ulong[] values = Values(entry, offsetLength);
                if (values.Length == 0)
                {
                    continue;
                }

                long value = (long)Math.Min(values[0], long.MaxValue);
                switch (tag)
                {
                    case 254: directory.SubfileType = value; break;
                    case 256: directory.Width = value; break;
                    case 257: directory.Height = value; break;
                    case 258: directory.BitsPerSample = ToInts(values); break;
                    case 259: directory.Compression = ToInts(values)[0]; break;
                    case 262: directory.Photometric = ToInts(values)[0]; break;
                    case 273 or 324: directory.DataOffsets = values; break;
                    case 279 or 325: directory.DataLengths = values; break;
                    case 274: directory.Orientation = ToInts(values)[0]; break;
                    case 277: directory.SamplesPerPixel = value; break;
                    case 322: directory.TileWidth = value; break;
                    case 323: directory.TileHeight = value; break;
                    case 330: subIfds = values; break;
                    case 332: directory.InkSet = ToInts(values)[0]; break;
                    case 338:
                        directory.ExtraSamples = ToInts(values);
                        ulong valueAt = entry + 4 + (ulong)offsetLength;
                        directory.ExtraSampleAt = values.Length == 1 ? valueAt + (bigEndian ? (ulong)ValueSize(entry) - 1 : 0) : 0;
                        break;
                    default: directory.SampleFormat = ToInts(values); break;
                }
            }

            next = Number(first + (entries * (ulong)entryLength), offsetLength);
            return true;
        }

        private int ValueSize(ulong entry) => (int)Number(entry + 2, 2) switch { 1 => 1, 3 => 2, 4 or 13 => 4, 16 or 18 => 8, _ => 0 };

        private ulong[] Values(ulong entry, int offsetLength)
        {
            int size = ValueSize(entry);
            ulong count = Math.Min(Number(entry + 4, offsetLength), MostValues);
            if (size == 0)
            {
                return [];
            }

            ulong at = entry + 4 + (ulong)offsetLength;
            if (count * (ulong)size > (ulong)offsetLength)
            {
                at = Number(at, offsetLength);
            }

            if (at > (ulong)_bytes.Length || (ulong)_bytes.Length - at < count * (ulong)size)
            {
                return [];
            }

            ulong[] values = new ulong[count];
            for (ulong i = 0; i < count; i++)
            {
                values[i] = Number(at + (i * (ulong)size), size);
            }

            return values;
        }

        private static int[] ToInts(ulong[] values) => Array.ConvertAll(values, v => (int)Math.Min(v, int.MaxValue));
    }
}
