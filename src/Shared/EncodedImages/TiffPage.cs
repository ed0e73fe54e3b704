namespace ArtSimilarity.EncodedImages;

/// <summary>One image file directory of a TIFF: the fields that decide whether and how it is decoded.</summary>
internal sealed class TiffPage
{
    public const int MinIsWhite = 0, MinIsBlack = 1, Rgb = 2, Palette = 3, Separated = 5, YCbCr = 6, CieLab = 8;

    /// <summary>The page, counted from 0 along the chain of directories.</summary>
    public int Page { get; init; }

    /// <summary>The place in the page's list of subordinate directories; −1 for the page itself.</summary>
    public int SubIfd { get; init; } = -1;

    /// <summary>Where in the file the directory lies.</summary>
    public ulong Offset { get; init; }

    /// <summary>As in EXIF, 1 to 8.</summary>
    public int Orientation { get; set; } = 1;

    public long Width { get; set; }

    public long Height { get; set; }

    public long SubfileType { get; set; }

    public int[] BitsPerSample { get; set; } = [1];

    public int[] SampleFormat { get; set; } = [1];

    public long SamplesPerPixel { get; set; } = 1;

    public int[] ExtraSamples { get; set; } = [];

    /// <summary>Where in the file the low byte of the only value of <see cref="ExtraSamples"/> lies; 0 where there is another number of values.</summary>
    public ulong ExtraSampleAt { get; set; }

    public int Compression { get; set; } = 1;

    public int? Photometric { get; set; }

    public int InkSet { get; set; } = 1;

    public long TileWidth { get; set; }

    public long TileHeight { get; set; }

    /// <summary>Where strips or tiles begin; of very many, the first.</summary>
    public ulong[] DataOffsets { get; set; } = [];

    /// <summary>How long strips or tiles are; of very many, the first.</summary>
    public ulong[] DataLengths { get; set; } = [];

    /// <summary>A smaller version of another picture in the file.</summary>
    public bool IsReduced => (SubfileType & 1) != 0;

    public bool IsMask => (SubfileType & 4) != 0;

    /// <summary>The samples that carry colour, those before the extra ones.</summary>
    public int ColourSamples => Photometric switch
    {
        Rgb or YCbCr or CieLab => 3,
        Separated => 4,
        null => (int)Math.Clamp(SamplesPerPixel - ExtraSamples.Length, 1, 4),
        _ => 1,
    };

    /// <summary>The place of the first sample stated to be transparency, or −1. A sample of no stated meaning is not transparency.</summary>
    public int AlphaSample
    {
        get
        {
            int extra = Array.FindIndex(ExtraSamples, kind => kind is 1 or 2);
            return extra < 0 ? -1 : (int)SamplesPerPixel - ExtraSamples.Length + extra;
        }
    }

    public string CompressionName => Compression switch
    {
        1 => "no compression",
        2 or 3 or 4 => "CCITT fax",
        5 => "LZW",
        6 => "old-style JPEG",
        7 => "JPEG",
        8 or 32946 => "deflate",
        32773 => "PackBits",
        33003 or 33005 or 33004 or 34712 => "JPEG 2000",
        34661 => "JBIG",
        34676 or 34677 => "SGI Log",
        34887 => "LERC",
        34925 => "LZMA",
        50000 => "ZSTD",
        50001 => "WebP",
        50002 or 52546 => "JPEG XL",
        int other => $"scheme {other}",
    };

    /// <summary>Whether strips or tiles lie beyond the end of a file.</summary>
    public bool IsCutAt(long length)
    {
        if (Compression == 1 && TileWidth == 0 && DataOffsets.Length > 0)
        {
            // Byte counts of such files are often wrong; what is needed is known.
            Int128 row = ((Int128)Width * SamplesPerPixel * BitsPerSample[0] + 7) / 8;
            return DataOffsets.Min() + row * Height > length;
        }

        for (int i = 0; i < Math.Min(DataOffsets.Length, DataLengths.Length); i++)
        {
            if ((Int128)DataOffsets[i] + DataLengths[i] > length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Why the colours of this page cannot be told, or <see langword="null"/> when they can.</summary>
    public string? WhyUnsupported()
    {
        string? space = Photometric switch
        {
            null or MinIsWhite or MinIsBlack or Rgb or Palette or Separated or YCbCr or CieLab => null,
            4 => "a transparency mask alone",
            9 => "ICC Lab colours",
            10 => "ITU Lab colours",
            32803 or 34892 => "raw data of a camera's sensor (DNG)",
            32844 or 32845 => "logarithmic (LogLuv) colours",
            int other => $"the unknown colour space {other}",
        };
        if (space is not null)
        {
            return space;
        }

        if (Photometric == CieLab && BitsPerSample[0] != 16 && SampleFormat[0] != 3)
        {
            return $"Lab colours of {BitsPerSample[0]} bits"; // libvips 8.18 ends in an error of its own
        }

        if (Array.Find(SampleFormat, f => f is not (1 or 4) && !(f == 2 && Photometric == CieLab)) is not 0 and int format)
        {
            return format switch
            {
                2 => "signed numbers as samples",
                3 => $"{BitsPerSample[0]}-bit floating-point samples, whose range and colour space the file does not state",
                5 or 6 => "complex numbers as samples",
                _ => $"samples of the unknown kind {format}",
            };
        }

        if (Array.Find(BitsPerSample, b => b is not (1 or 2 or 4 or 8 or 16)) is not 0 and int bits)
        {
            return $"{bits} bits a sample";
        }

        if (Array.Exists(BitsPerSample, b => b != BitsPerSample[0]))
        {
            return "channels of different depths";
        }

        if (Photometric == Separated && (InkSet != 1 || SamplesPerPixel - ExtraSamples.Length != 4))
        {
            return $"{SamplesPerPixel - ExtraSamples.Length} inks that are not cyan, magenta, yellow and black";
        }

        return SamplesPerPixel < ColourSamples ? $"{SamplesPerPixel} channels where its colour space has {ColourSamples}" : null;
    }
}
