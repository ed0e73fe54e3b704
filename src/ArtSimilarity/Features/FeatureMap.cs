using System.Numerics.Tensors;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>
/// Vectors at the positions of a grid over an image. Position (x, y) covers one cell of an even grid of
/// <see cref="Width"/> × <see cref="Height"/> cells over the whole upright image, whatever its aspect ratio.
/// </summary>
/// <remarks>
/// A convolutional network sees more than the cell: its receptive field is larger, and often covers the whole image. The cell is where that
/// field is centred. Does not change once created, so it may be read from several threads.
/// </remarks>
public sealed class FeatureMap
{
    private readonly float[] _values;

    /// <summary>Creates a map.</summary>
    /// <param name="width">The columns of the grid, at least 1.</param>
    /// <param name="height">The rows of the grid, at least 1.</param>
    /// <param name="dimensions">The length of the vector at each position, at least 1.</param>
    /// <param name="values">The vectors, row by row: <c>width × height × dimensions</c> numbers. Copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side or the length is below 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="values"/> has another length.</exception>
    public FeatureMap(int width, int height, int dimensions, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (values.Length != (long)width * height * dimensions)
        {
            throw new ArgumentException(
                $"A map of {width}×{height} positions with {dimensions} numbers each has {(long)width * height * dimensions} numbers, not {values.Length}.", nameof(values));
        }

        Width = width;
        Height = height;
        Dimensions = dimensions;
        _values = values.ToArray();
    }

    /// <summary>The columns of the grid.</summary>
    public int Width { get; }

    /// <summary>The rows of the grid.</summary>
    public int Height { get; }

    /// <summary>The length of the vector at each position.</summary>
    public int Dimensions { get; }

    /// <summary>The number of positions: <c>Width × Height</c>.</summary>
    public int Positions => Width * Height;

    /// <summary>The vectors, position after position, row by row.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>The vector at a position.</summary>
    /// <param name="position">The position, counted row by row from 0: <c>y × Width + x</c>.</param>
    /// <returns><see cref="Dimensions"/> numbers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public ReadOnlySpan<float> At(int position)
    {
        ThrowIfNoPosition(position);
        return _values.AsSpan(position * Dimensions, Dimensions);
    }

    /// <summary>The part of the image that a position covers.</summary>
    /// <param name="position">The position, counted row by row from 0.</param>
    /// <returns>The cell in fractions of the image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public ImageRegion CellOf(int position)
    {
        ThrowIfNoPosition(position);
        return Cell(position, Width, Height);
    }

    /// <summary>The position whose cell holds a point.</summary>
    /// <param name="x">From the left edge, in fractions of the image's width, 0 to 1.</param>
    /// <param name="y">From the top edge, in fractions of the image's height, 0 to 1.</param>
    /// <returns>The position, counted row by row from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The point is outside the image.</exception>
    public int PositionAt(double x, double y)
    {
        ThrowIfOutside(x, nameof(x));
        ThrowIfOutside(y, nameof(y));
        return (Math.Min((int)(y * Height), Height - 1) * Width) + Math.Min((int)(x * Width), Width - 1);
    }

    /// <summary>Averages the vectors of the positions in a region; a cell counts with the part of it that lies inside.</summary>
    /// <param name="region">The region; the whole gives the average over all positions.</param>
    /// <param name="average">Receives <see cref="Dimensions"/> numbers.</param>
    /// <exception cref="ArgumentException"><paramref name="average"/> has another length.</exception>
    public void Average(ImageRegion region, Span<float> average)
    {
        if (average.Length != Dimensions)
        {
            throw new ArgumentException($"The average has {Dimensions} numbers, not {average.Length}.", nameof(average));
        }

        float[] weights = WeightsOf(region);
        average.Clear();
        for (int position = 0; position < weights.Length; position++)
        {
            if (weights[position] > 0)
            {
                TensorPrimitives.MultiplyAdd(At(position), weights[position], average, average);
            }
        }
    }

    /// <summary>The weight of every position in the average over a region: its cell's part of the region's area.</summary>
    /// <param name="region">The region.</param>
    /// <returns>A weight for each position, row by row; they sum to 1.</returns>
    public float[] WeightsOf(ImageRegion region) => Weights(region, Width, Height);

    internal static float[] Weights(ImageRegion region, int width, int height)
    {
        double[] columns = Overlaps(region.X, region.Width, width);
        double[] rows = Overlaps(region.Y, region.Height, height);
        float[] weights = new float[width * height];
        for (int position = 0; position < weights.Length; position++)
        {
            weights[position] = (float)(rows[position / width] * columns[position % width]);
        }

        return weights;
    }

    internal static ImageRegion Cell(int position, int width, int height) =>
        new((double)(position % width) / width, (double)(position / width) / height, 1.0 / width, 1.0 / height);

    private static void ThrowIfOutside(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "A point of an image is given in fractions of its width and height, 0 to 1.");
        }
    }

    /// <summary>How much of an interval of 0 to 1 lies in each of equal steps; sums to 1.</summary>
    private static double[] Overlaps(double start, double length, int steps)
    {
        double[] overlaps = new double[steps];
        double sum = 0;
        for (int i = 0; i < steps; i++)
        {
            overlaps[i] = Math.Max(0, Math.Min(start + length, (i + 1.0) / steps) - Math.Max(start, (double)i / steps));
            sum += overlaps[i];
        }

        for (int i = 0; i < steps; i++)
        {
            overlaps[i] /= sum;
        }

        return overlaps;
    }

    private void ThrowIfNoPosition(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Positions);
    }
}
