using System.Buffers.Binary;
using System.Numerics;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.EncodedImages;

/// <summary>
/// Reads BMP, which libvips does not. It takes 1, 2, 4, 8, 16, 24 and 32 bits a pixel, RLE4, RLE8, and bit fields with or without
/// transparency. It takes both orders of rows, and the headers of OS/2 and of Windows 3 to 5.
/// </summary>
internal sealed class BmpImage
{
    private const int FileHeader = 14, Rle8 = 1, Rle4 = 2;

    private readonly string _name;
    private readonly int _bits;
    private readonly int _compression;
    private readonly bool _topDown;
    private readonly int _pixelsAt;
    private readonly byte[] _palette; // R G B
    private readonly uint[] _masks; // red, green, blue, alpha

    /// <summary>Reads the header.</summary>
    /// <exception cref="ImageDecodeException">The header is cut short, contradicts itself, or asks for what BMP readers do not read.</exception>
    public BmpImage(ReadOnlySpan<byte> bytes, string name)
    {
        _name = name;
        if (bytes.Length < FileHeader + 12)
        {
            throw Corrupt("the header is cut short");
        }

        uint pixelsAt = BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]);
        uint headerLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FileHeader..]);
        if (headerLength is not (12 or (>= 16 and <= 124)) || bytes.Length < FileHeader + headerLength)
        {
            throw Corrupt($"a header of {headerLength} bytes");
        }

        // Fields that a short header leaves out are 0.
        Span<byte> header = stackalloc byte[124];
        header.Clear();
        bytes.Slice(FileHeader, (int)headerLength).CopyTo(header);
        bool core = headerLength == 12;
        long width = core ? BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) : BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        long height = core ? BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) : BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        _bits = BinaryPrimitives.ReadUInt16LittleEndian(header[(core ? 10 : 14)..]);
        _compression = core ? 0 : BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        long colours = core ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(header[32..]);
        _topDown = height < 0;
        height = Math.Abs(height);
        if (width is < 1 or > int.MaxValue || height is < 1 or > int.MaxValue)
        {
            throw Corrupt($"a size of {width}×{height} pixels");
        }

        (Width, Height) = ((int)width, (int)height);
        bool os2 = headerLength is > 12 and < 40 or 64;
        string? unsupported = (_compression, os2) switch
        {
            (3, true) => "Huffman compression of OS/2",
            (4, true) => "RLE24 compression of OS/2",
            (4, false) => "JPEG inside",
            (5, false) => "PNG inside",
            (0 or Rle8 or Rle4, _) or (3 or 6, false) => null,
            _ => $"the compression {_compression}",
        };
        if (unsupported is not null)
        {
            throw new ImageDecodeException(name, ImageDecodeError.UnsupportedFormat, $"BMP with {unsupported} is not supported; convert it to PNG");
        }

        bool bitFields = _compression is 3 or 6;
        if (_bits is not (1 or 2 or 4 or 8 or 16 or 24 or 32) || (_compression == Rle8 && _bits != 8) || (_compression == Rle4 && _bits != 4) || (bitFields && _bits is not (16 or 32)))
        {
            throw Corrupt($"{_bits} bits a pixel with the compression {_compression}");
        }

        if (_compression is Rle8 or Rle4 && _topDown)
        {
            throw Corrupt("run lengths in rows from the top");
        }

        int at = FileHeader + (int)headerLength;
        _masks = _bits == 16 ? [0x7C00, 0x03E0, 0x001F, 0] : [0xFF0000, 0xFF00, 0xFF, 0];
        if (bitFields)
        {
            // A header of 40 bytes has the masks behind it, a longer one inside.
            int count = _compression == 6 || headerLength >= 56 ? 4 : 3;
            ReadOnlySpan<byte> masks = headerLength == 40 ? bytes[at..] : header[40..];
            if (masks.Length < 4 * count)
            {
                throw Corrupt("the bit masks are cut short");
            }

            for (int i = 0; i < count; i++)
            {
                _masks[i] = BinaryPrimitives.ReadUInt32LittleEndian(masks[(4 * i)..]);
            }

            at += headerLength == 40 ? 4 * count : 0;
            uint union = 0;
            for (int i = 0; i < 4; i++)
            {
                uint mask = _masks[i];
                uint ones = mask == 0 ? 0 : mask >> BitOperations.TrailingZeroCount(mask);
                if ((ones & (ones + 1)) != 0 || (union & mask) != 0 || (_bits == 16 && mask > ushort.MaxValue))
                {
                    throw Corrupt("bit masks that overlap or have gaps");
                }

                union |= mask;
            }
        }

        if (pixelsAt < at || pixelsAt > bytes.Length)
        {
            throw Corrupt($"pixels that begin at byte {pixelsAt} of {bytes.Length}");
        }

        _pixelsAt = (int)pixelsAt;
        _palette = _bits <= 8 ? ReadPalette(bytes[at.._pixelsAt], core ? 3 : 4, colours == 0 ? 1 << _bits : (int)Math.Min(colours, 1 << _bits)) : [];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Channels of <see cref="Read"/>: red, green, blue and, where the header has a mask for it, transparency.</summary>
    public int Bands => _masks[3] != 0 ? 4 : 3;

    /// <summary>What <see cref="Read"/> found wrong with the pixels; <see langword="null"/> for sound ones.</summary>
    public string? Damage { get; private set; }

    /// <summary>The pixels, from the top, without padding. What is missing is black.</summary>
    public byte[] Read(ReadOnlySpan<byte> bytes, CancellationToken cancellationToken)
    {
        byte[] pixels = new byte[checked(Bands * Width * Height)];
        ReadOnlySpan<byte> data = bytes[_pixelsAt..];
        if (_compression is Rle8 or Rle4)
        {
            ReadRuns(data, pixels, cancellationToken);
            return pixels;
        }

        long stride = (((long)Width * _bits) + 31) / 32 * 4;
        long needed = (((long)Width * _bits) + 7) / 8; // the last row's padding may be left out
        for (int row = 0; row < Height; row++)
        {
            if ((row & 63) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            long from = row * stride;
            if (from + needed > data.Length)
            {
                Damage ??= $"rows of pixels are missing: {row} of {Height} are there";
                break;
            }

            Span<byte> target = pixels.AsSpan(Bands * Width * (_topDown ? row : Height - 1 - row), Bands * Width);
            ReadRow(data.Slice((int)from, (int)needed), target);
        }

        if (Bands == 4)
        {
            ShowWhereNothingIsVisible(pixels);
        }

        return pixels;
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> bytes, int entry, int count)
    {
        // Many writers state more colours than they leave room for; a pixel that names a missing one is damage.
        byte[] palette = new byte[3 * Math.Min(count, bytes.Length / entry)];
        for (int i = 0; i < palette.Length / 3; i++)
        {
            (palette[3 * i], palette[(3 * i) + 1], palette[(3 * i) + 2]) = (bytes[(entry * i) + 2], bytes[(entry * i) + 1], bytes[entry * i]);
        }

        return palette;
    }

    private void ReadRow(ReadOnlySpan<byte> row, Span<byte> target)
    {
        switch (_bits)
        {
            case 24:
                for (int i = 0; i < target.Length; i += 3)
                {
                    (target[i], target[i + 1], target[i + 2]) = (row[i + 2], row[i + 1], row[i]);
                }

                break;
            case 16 or 32:
                int bands = Bands, length = _bits / 8;
                for (int x = 0; x < Width; x++)
                {
                    uint value = length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]);
                    for (int band = 0; band < bands; band++)
                    {
                        target[(bands * x) + band] = Scale(value, _masks[band]);
                    }
                }

                break;
            default:
                int perByte = 8 / _bits, mask = (1 << _bits) - 1;
                for (int x = 0; x < Width; x++)
                {
                    Colour((row[x / perByte] >> (8 - _bits - (x % perByte * _bits))) & mask, target[(3 * x)..]);
                }

                break;
        }
    }

    private static byte Scale(uint value, uint mask)
    {
        if (mask == 0)
        {
            return 0;
        }

        int shift = BitOperations.TrailingZeroCount(mask);
        ulong most = mask >> shift;
        return (byte)(((((value & mask) >> shift) * 255UL) + (most / 2)) / most);
    }

    private void Colour(int index, Span<byte> target)
    {
        if (3 * index + 2 < _palette.Length)
        {
            _palette.AsSpan(3 * index, 3).CopyTo(target);
        }
        else
        {
            Damage ??= $"a pixel has colour {index} of a palette of {_palette.Length / 3}";
        }
    }

    private void ReadRuns(ReadOnlySpan<byte> data, byte[] pixels, CancellationToken cancellationToken)
    {
        // Pixels that no run covers show the first colour.
        if (_palette.Length >= 3)
        {
            for (int i = 0; i < pixels.Length; i += 3)
            {
                _palette.AsSpan(0, 3).CopyTo(pixels.AsSpan(i));
            }
        }

        int x = 0, row = 0, at = 0, steps = 0;
        while (at + 1 < data.Length)
        {
            if ((++steps & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            int count = data[at], code = data[at + 1];
            at += 2;
            if (count > 0)
            {
                for (int i = 0; i < count; i++)
                {
                    Put(pixels, x++, row, _bits == 8 ? code : (i & 1) == 0 ? code >> 4 : code & 15);
                }
            }
            else if (code == 0)
            {
                (x, row) = (0, row + 1);
            }
            else if (code == 1)
            {
                return;
            }
            else if (code == 2)
            {
                if (at + 1 >= data.Length)
                {
                    break;
                }

                (x, row) = (x + data[at], row + data[at + 1]);
                at += 2;
            }
            else
            {
                int length = _bits == 8 ? code : (code + 1) / 2;
                if (at + length > data.Length)
                {
                    break;
                }

                for (int i = 0; i < code; i++)
                {
                    Put(pixels, x++, row, _bits == 8 ? data[at + i] : (i & 1) == 0 ? data[at + (i / 2)] >> 4 : data[at + (i / 2)] & 15);
                }

                at += length + (length & 1);
            }

            if (row > Height || (row == Height && x > 0))
            {
                Damage ??= "runs of pixels go on above the picture";
                return;
            }
        }

        // Some writers leave out the mark at the end of a complete picture.
        if (row < Height - 1 || (row == Height - 1 && x < Width))
        {
            Damage ??= $"runs of pixels are missing: they end in row {row + 1} of {Height}";
        }
    }

    private void Put(byte[] pixels, int x, int row, int index)
    {
        if (x < Width && row < Height)
        {
            Colour(index, pixels.AsSpan(3 * (((Height - 1 - row) * Width) + x)));
        }
        else
        {
            Damage ??= "a run of pixels goes beyond the picture";
        }
    }

    // Writers that know no transparency leave the field 0 everywhere, and mean a picture that can be seen.
    private static void ShowWhereNothingIsVisible(byte[] pixels)
    {
        for (int i = 3; i < pixels.Length; i += 4)
        {
            if (pixels[i] != 0)
            {
                return;
            }
        }

        for (int i = 3; i < pixels.Length; i += 4)
        {
            pixels[i] = byte.MaxValue;
        }
    }

    private ImageDecodeException Corrupt(string what) => new(_name, ImageDecodeError.Corrupt, $"damaged BMP: {what}");
}
