using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.Imaging;

/// <summary>
/// Resizes images with a triangle filter whose support grows with the reduction, so that nothing aliases: what Pillow calls
/// <c>BILINEAR</c> and torchvision "bilinear with antialias". Both passes are in 22-bit fixed point, horizontal before
/// vertical, as Pillow does them: the result is the same to the last bit, here and on every machine.
/// </summary>
/// <remarks>Safe to call from several threads at once. Scratch memory comes from a pool.</remarks>
public static class ImageResampler
{
    private const int FractionBits = 22;
    private const int Half = 1 << (FractionBits - 1);

    /// <summary>Resizes an image, or a region of it, into a new image. The aspect ratio is not kept: the picture is squashed.</summary>
    /// <param name="source">The image to resize; not changed.</param>
    /// <param name="size">The size of the result, at least 1×1.</param>
    /// <param name="region">
    /// The part to resize, rounded to whole pixels; pixels outside it do not contribute. <see langword="null"/> takes all.
    /// </param>
    /// <returns>The resized image (a copy where nothing is to be resized); the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="size"/> is below 1, or the result is too large for one array.</exception>
    public static RgbImage Resize(RgbImage source, ImageSize size, ImageRegion? region = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var result = new RgbImage(size.Width, size.Height) { Damage = source.Damage };
        try
        {
            Resize(source, region, size, result.Pixels);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Resizes an image, or a region of it, into memory of the caller. The aspect ratio is not kept: the picture is squashed.</summary>
    /// <param name="source">The image to resize; not changed.</param>
    /// <param name="region">
    /// The part to resize, rounded to whole pixels; pixels outside it do not contribute. <see langword="null"/> takes all.
    /// </param>
    /// <param name="size">The size of the result, at least 1×1.</param>
    /// <param name="destination">Receives <c>3 × width × height</c> bytes, R G B, row after row; must not be the source's pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="size"/> is below 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public static void Resize(RgbImage source, ImageRegion? region, ImageSize size, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        if (destination.Length != 3L * size.Width * size.Height)
        {
            throw new ArgumentException($"An image of {size} pixels has {3L * size.Width * size.Height} bytes, not {destination.Length}.", nameof(destination));
        }

        (int x, int y, int width, int height) = region?.ToPixels(source.Size) ?? (0, 0, source.Width, source.Height);
        int stride = 3 * source.Width;
        ReadOnlySpan<byte> pixels = source.Pixels;
        pixels = pixels.Slice((y * stride) + (3 * x), ((height - 1) * stride) + (3 * width));

        if (width == size.Width && height == size.Height)
        {
            CopyRows(pixels, stride, height, 3 * width, destination);
        }
        else if (height == size.Height)
        {
            ResizeHorizontally(pixels, stride, width, height, destination, size.Width);
        }
        else if (width == size.Width)
        {
            ResizeVertically(pixels, stride, 3 * width, height, destination, size.Height);
        }
        else
        {
            int rowBytes = 3 * size.Width;
            byte[] rented = ArrayPool<byte>.Shared.Rent(checked(rowBytes * height));
            try
            {
                Span<byte> narrowed = rented.AsSpan(0, rowBytes * height);
                ResizeHorizontally(pixels, stride, width, height, narrowed, size.Width);
                ResizeVertically(narrowed, rowBytes, rowBytes, height, destination, size.Height);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static void CopyRows(ReadOnlySpan<byte> source, int stride, int rows, int rowBytes, Span<byte> destination)
    {
        if (rowBytes == stride)
        {
            source.CopyTo(destination);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            source.Slice(row * stride, rowBytes).CopyTo(destination[(row * rowBytes)..]);
        }
    }

    private static void ResizeHorizontally(ReadOnlySpan<byte> source, int stride, int width, int rows, Span<byte> destination, int newWidth)
    {
        var filter = new TriangleFilter(width, newWidth);
        try
        {
            for (int row = 0; row < rows; row++)
            {
                // A pixel of three bytes is read as four: the byte behind the row is there for all rows but the last.
                ReadOnlySpan<byte> input = source.Slice(row * stride, (3 * width) + (row < rows - 1 ? 1 : 0));
                Span<byte> output = destination.Slice(row * 3 * newWidth, 3 * newWidth);
                for (int i = 0; i < newWidth; i++)
                {
                    ReadOnlySpan<int> weights = filter.Weights(i);
                    int offset = 3 * filter.First(i);
                    if (offset + (3 * weights.Length) < input.Length)
                    {
                        WeighPixel(input, offset, weights, output, 3 * i);
                    }
                    else
                    {
                        WeighPixelByChannel(input, offset, weights, output, 3 * i);
                    }
                }
            }
        }
        finally
        {
            filter.Return();
        }
    }

    private static void WeighPixel(ReadOnlySpan<byte> input, int offset, ReadOnlySpan<int> weights, Span<byte> output, int target)
    {
        ref byte first = ref Unsafe.Add(ref MemoryMarshal.GetReference(input), offset);
        Vector128<int> sum = Vector128.Create(Half);
        for (int t = 0; t < weights.Length; t++)
        {
            uint pixel = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, 3 * t));
            Vector128<ushort> wide = Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte());
            sum += Vector128.WidenLower(wide).AsInt32() * weights[t];
        }

        sum >>= FractionBits;
        output[target] = (byte)sum[0];
        output[target + 1] = (byte)sum[1];
        output[target + 2] = (byte)sum[2];
    }

    private static void WeighPixelByChannel(ReadOnlySpan<byte> input, int offset, ReadOnlySpan<int> weights, Span<byte> output, int target)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            int sum = Half;
            for (int t = 0; t < weights.Length; t++)
            {
                sum += input[offset + channel + (3 * t)] * weights[t];
            }

            output[target + channel] = (byte)(sum >> FractionBits);
        }
    }

    private static void ResizeVertically(ReadOnlySpan<byte> source, int stride, int rowBytes, int rows, Span<byte> destination, int newRows)
    {
        var filter = new TriangleFilter(rows, newRows);
        try
        {
            for (int row = 0; row < newRows; row++)
            {
                WeighRows(source[(filter.First(row) * stride)..], stride, filter.Weights(row), destination.Slice(row * rowBytes, rowBytes));
            }
        }
        finally
        {
            filter.Return();
        }
    }

    private static void WeighRows(ReadOnlySpan<byte> source, int stride, ReadOnlySpan<int> weights, Span<byte> output)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= output.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                Vector256<int> sum0 = Vector256.Create(Half), sum1 = sum0, sum2 = sum0, sum3 = sum0;
                for (int t = 0; t < weights.Length; t++)
                {
                    Vector256<int> weight = Vector256.Create(weights[t]);
                    (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Create(source.Slice((t * stride) + i, Vector256<byte>.Count)));
                    sum0 += Vector256.WidenLower(low).AsInt32() * weight;
                    sum1 += Vector256.WidenUpper(low).AsInt32() * weight;
                    sum2 += Vector256.WidenLower(high).AsInt32() * weight;
                    sum3 += Vector256.WidenUpper(high).AsInt32() * weight;
                }

                // Weights are positive and add up to one, so nothing can leave 0 to 255: narrowing loses only zeros.
                Vector256<short> lower = Vector256.Narrow(sum0 >> FractionBits, sum1 >> FractionBits);
                Vector256<short> upper = Vector256.Narrow(sum2 >> FractionBits, sum3 >> FractionBits);
                Vector256.Narrow(lower.AsUInt16(), upper.AsUInt16()).CopyTo(output[i..]);
            }
        }

        for (; i <= output.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector128<int> sum0 = Vector128.Create(Half), sum1 = sum0, sum2 = sum0, sum3 = sum0;
            for (int t = 0; t < weights.Length; t++)
            {
                Vector128<int> weight = Vector128.Create(weights[t]);
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Create(source.Slice((t * stride) + i, Vector128<byte>.Count)));
                sum0 += Vector128.WidenLower(low).AsInt32() * weight;
                sum1 += Vector128.WidenUpper(low).AsInt32() * weight;
                sum2 += Vector128.WidenLower(high).AsInt32() * weight;
                sum3 += Vector128.WidenUpper(high).AsInt32() * weight;
            }

            Vector128<short> lower = Vector128.Narrow(sum0 >> FractionBits, sum1 >> FractionBits);
            Vector128<short> upper = Vector128.Narrow(sum2 >> FractionBits, sum3 >> FractionBits);
            Vector128.Narrow(lower.AsUInt16(), upper.AsUInt16()).CopyTo(output[i..]);
        }

        for (; i < output.Length; i++)
        {
            int sum = Half;
            for (int t = 0; t < weights.Length; t++)
            {
                sum += source[(t * stride) + i] * weights[t];
            }

            output[i] = (byte)(sum >> FractionBits);
        }
    }

    /// <summary>For every output position: the first input position that contributes, and the fixed-point weights from there on.</summary>
    private readonly struct TriangleFilter
    {
        private readonly int _taps;
        private readonly int[] _weights;
        private readonly int[] _ranges;

        public TriangleFilter(int length, int newLength)
        {
            double scale = (double)length / newLength;
            double support = Math.Max(scale, 1);
            _taps = ((int)Math.Ceiling(support) * 2) + 1;
            _weights = ArrayPool<int>.Shared.Rent(checked(_taps * newLength));
            _ranges = ArrayPool<int>.Shared.Rent(2 * newLength);
            double[] exact = ArrayPool<double>.Shared.Rent(_taps);
            for (int i = 0; i < newLength; i++)
            {
                double center = (i + 0.5) * scale;
                int first = Math.Max(0, (int)(center - support + 0.5));
                int count = Math.Min(length, (int)(center + support + 0.5)) - first;
                double total = 0;
                for (int t = 0; t < count; t++)
                {
                    double distance = Math.Abs((first + t - center + 0.5) * (1 / support));
                    exact[t] = Math.Max(0, 1 - distance);
                    total += exact[t];
                }

                _ranges[2 * i] = first;
                _ranges[(2 * i) + 1] = count;
                for (int t = 0; t < count; t++)
                {
                    _weights[(i * _taps) + t] = (int)(0.5 + (exact[t] / total * (1 << FractionBits)));
                }
            }

            ArrayPool<double>.Shared.Return(exact);
        }

        public int First(int index) => _ranges[2 * index];

        public ReadOnlySpan<int> Weights(int index) => _weights.AsSpan(index * _taps, _ranges[(2 * index) + 1]);

        public void Return()
        {
            ArrayPool<int>.Shared.Return(_weights);
            ArrayPool<int>.Shared.Return(_ranges);
        }
    }
}
