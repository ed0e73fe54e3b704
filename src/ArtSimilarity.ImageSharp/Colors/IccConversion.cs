using System.Buffers.Binary;

namespace ArtSimilarity.ImageSharp.Colors;

/// <summary>
/// Converts pixels of a simple ICC profile to sRGB, relative colorimetric. A simple profile has three tone curves and a matrix, or
/// one tone curve for gray. Those of displays and working spaces are simple (Adobe RGB, Display P3, ProPhoto).
/// </summary>
internal sealed class IccConversion
{
    // From the profile connection space (XYZ under D50) to linear sRGB.
    private static readonly double[] ToSrgb =
    [
        3.1338561, -1.6168667, -0.4906146,
        -0.9787684, 1.9161415, 0.0334540,
        0.0719453, -0.2289914, 1.4052427,
    ];

    private const int EncodingSteps = 8192;
    private static readonly byte[] Encoding = MakeEncoding();

    private readonly float[][] _linear; // a tone curve for each channel, 256 values
    private readonly float[] _matrix;

    private IccConversion(float[][] linear, float[] matrix)
    {
        _linear = linear;
        _matrix = matrix;
    }

    /// <summary>Reads a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="unsupported">Why it cannot be converted, if it is a sound profile of another kind.</param>
    /// <returns>The conversion; <see langword="null"/> where none is needed (sRGB) or possible, or the profile is of no use.</returns>
    public static IccConversion? Read(ReadOnlySpan<byte> profile, out string? unsupported)
    {
        unsupported = null;
        if (profile.Length < 132 || !profile[36..].StartsWith("acsp"u8))
        {
            return null; // not a profile; other readers ignore it as well
        }

        bool gray = profile[16..].StartsWith("GRAY"u8), rgb = profile[16..].StartsWith("RGB "u8);
        if (!gray && !rgb)
        {
            unsupported = $"an ICC profile for {System.Text.Encoding.Latin1.GetString(profile.Slice(16, 4)).Trim()} colours";
            return null;
        }

        IccConversion? conversion;
        if (gray)
        {
            float[]? curve = Curve(Tag(profile, "kTRC"u8));
            conversion = curve is null ? null : new IccConversion([curve, curve, curve], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        }
        else
        {
            float[]? red = Curve(Tag(profile, "rTRC"u8)), green = Curve(Tag(profile, "gTRC"u8)), blue = Curve(Tag(profile, "bTRC"u8));
            double[]? matrix = Matrix(Tag(profile, "rXYZ"u8), Tag(profile, "gXYZ"u8), Tag(profile, "bXYZ"u8));
            conversion = red is null || green is null || blue is null || matrix is null ? null : new IccConversion([red, green, blue], Product(ToSrgb, matrix));
        }

        if (conversion is null)
        {
            unsupported = "an ICC profile made of tables";
            return null;
        }

        return conversion.IsIdentity() ? null : conversion;
    }

    /// <summary>Converts pixels in place.</summary>
    /// <param name="pixels">Red, green, blue and perhaps more, interleaved.</param>
    /// <param name="step">Bytes from pixel to pixel.</param>
    public void Convert(Span<byte> pixels, int step = 3)
    {
        for (int i = 0; i + 2 < pixels.Length; i += step)
        {
            float r = _linear[0][pixels[i]], g = _linear[1][pixels[i + 1]], b = _linear[2][pixels[i + 2]];
            pixels[i] = Encode((_matrix[0] * r) + (_matrix[1] * g) + (_matrix[2] * b));
            pixels[i + 1] = Encode((_matrix[3] * r) + (_matrix[4] * g) + (_matrix[5] * b));
            pixels[i + 2] = Encode((_matrix[6] * r) + (_matrix[7] * g) + (_matrix[8] * b));
        }
    }

    private bool IsIdentity()
    {
        // The corners of the cube and a ramp tell: a profile of sRGB changes nothing by more than a rounding.
        Span<byte> pixels = stackalloc byte[3 * 32];
        for (int i = 0; i < 32; i++)
        {
            byte level = (byte)(i * 8);
            (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) =
                i < 16 ? (level, level, level) : ((byte)((i & 1) * 220), (byte)(((i >> 1) & 1) * 220), (byte)(((i >> 2) & 1) * 220));
        }

        Span<byte> converted = stackalloc byte[pixels.Length];
        pixels.CopyTo(converted);
        Convert(converted);
        for (int i = 0; i < pixels.Length; i++)
        {
            if (Math.Abs(pixels[i] - converted[i]) > 1)
            {
                return false;
            }
        }

        return true;
    }

    private static byte Encode(float linear) => Encoding[(int)(Math.Clamp(linear, 0f, 1f) * EncodingSteps)];

    private static byte[] MakeEncoding()
    {
        byte[] table = new byte[EncodingSteps + 1];
        for (int i = 0; i <= EncodingSteps; i++)
        {
            double linear = i == EncodingSteps ? 1 : (i + 0.5) / EncodingSteps;
            table[i] = (byte)Math.Round(255 * (linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055));
        }

        table[0] = 0;
        return table;
    }

    private static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> profile, ReadOnlySpan<byte> name)
    {
        uint count = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(profile[128..]), 200);
        for (int i = 0; i < count && 132 + (12 * i) + 12 <= profile.Length; i++)
        {
            ReadOnlySpan<byte> entry = profile.Slice(132 + (12 * i), 12);
            if (entry.StartsWith(name))
            {
                uint at = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]), length = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
                return at <= profile.Length && length <= profile.Length - at ? profile.Slice((int)at, (int)length) : default;
            }
        }

        return default;
    }

    private static double Fixed(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes) / 65536.0;

    private static double[]? Matrix(ReadOnlySpan<byte> red, ReadOnlySpan<byte> green, ReadOnlySpan<byte> blue)
    {
        if (red.Length < 20 || green.Length < 20 || blue.Length < 20)
        {
            return null;
        }

        double[] matrix = new double[9];
        for (int row = 0; row < 3; row++)
        {
            int at = 8 + (4 * row);
            (matrix[3 * row], matrix[(3 * row) + 1], matrix[(3 * row) + 2]) = (Fixed(red[at..]), Fixed(green[at..]), Fixed(blue[at..]));
        }

        return matrix;
    }

    private static float[]? Curve(ReadOnlySpan<byte> tag)
    {
        float[] curve = new float[256];
        if (tag.Length >= 12 && tag.StartsWith("curv"u8))
        {
            uint count = BinaryPrimitives.ReadUInt32BigEndian(tag[8..]);
            if (count > 65536 || tag.Length < 12 + (2 * count))
            {
                return null;
            }

            for (int i = 0; i < 256; i++)
            {
                double x = i / 255.0;
                curve[i] = count switch
                {
                    0 => (float)x,
                    1 => (float)Math.Pow(x, BinaryPrimitives.ReadUInt16BigEndian(tag[12..]) / 256.0),
                    _ => (float)Between(tag[12..], x * (count - 1), (int)count),
                };
            }

            return curve;
        }

        if (tag.Length >= 12 && tag.StartsWith("para"u8))
        {
            int kind = BinaryPrimitives.ReadUInt16BigEndian(tag[8..]);
            int parameters = kind switch { 0 => 1, 1 => 3, 2 => 4, 3 => 5, 4 => 7, _ => 0 };
            if (parameters == 0 || tag.Length < 12 + (4 * parameters))
            {
                return null;
            }

            double[] p = new double[7];
            for (int i = 0; i < parameters; i++)
            {
                p[i] = Fixed(tag[(12 + (4 * i))..]);
            }

            (double g, double a, double b, double c, double d, double e, double f) = (p[0], p[1], p[2], p[3], p[4], p[5], p[6]);
            for (int i = 0; i < 256; i++)
            {
                double x = i / 255.0;
                double y = kind switch
                {
                    0 => Math.Pow(x, g),
                    1 => (a * x) + b >= 0 ? Math.Pow((a * x) + b, g) : 0,
                    2 => (a * x) + b >= 0 ? Math.Pow((a * x) + b, g) + c : c,
                    3 => x >= d ? Math.Pow((a * x) + b, g) : c * x,
                    _ => x >= d ? Math.Pow((a * x) + b, g) + e : (c * x) + f,
                };
                curve[i] = double.IsFinite(y) ? (float)Math.Clamp(y, 0, 1) : 0;
            }

            return curve;
        }

        return null;
    }

    private static double Between(ReadOnlySpan<byte> table, double at, int count)
    {
        int low = Math.Min((int)at, count - 2);
        double from = BinaryPrimitives.ReadUInt16BigEndian(table[(2 * low)..]), to = BinaryPrimitives.ReadUInt16BigEndian(table[(2 * (low + 1))..]);
        return (from + ((to - from) * (at - low))) / ushort.MaxValue;
    }

    private static float[] Product(double[] a, double[] b)
    {
        float[] product = new float[9];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                product[(3 * row) + column] = (float)((a[3 * row] * b[column]) + (a[(3 * row) + 1] * b[3 + column]) + (a[(3 * row) + 2] * b[6 + column]));
            }
        }

        return product;
    }
}
