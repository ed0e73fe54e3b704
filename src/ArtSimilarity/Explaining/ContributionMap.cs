using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Explaining;

/// <summary>What each position of a grid over an image adds to a similarity.</summary>
/// <remarks>Does not change once created, so it may be read from several threads.</remarks>
public sealed class ContributionMap
{
    private readonly double[] _values;

    internal ContributionMap(int width, int height, double[] values)
    {
        Width = width;
        Height = height;
        _values = values;
    }

    /// <summary>The columns of the grid, which covers the whole upright image evenly.</summary>
    public int Width { get; }

    /// <summary>The rows of the grid.</summary>
    public int Height { get; }

    /// <summary>What each position adds, row by row; below 0 where it makes the images less alike.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>The part of the image that a position covers.</summary>
    /// <param name="position">The position, counted row by row from 0.</param>
    /// <returns>The cell in fractions of the image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public ImageRegion CellOf(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, _values.Length);
        return FeatureMap.Cell(position, Width, Height);
    }

    /// <summary>Sums maps on the grid of the one with the most positions. A larger cell is shared out over the cells it covers, so that the sum stays.</summary>
    internal static ContributionMap Sum(IReadOnlyList<ContributionMap> maps)
    {
        ContributionMap finest = maps.MaxBy(map => map._values.Length)!;
        double[] sums = new double[finest._values.Length];
        foreach (ContributionMap map in maps)
        {
            for (int position = 0; position < map._values.Length; position++)
            {
                float[] shares = FeatureMap.Weights(map.CellOf(position), finest.Width, finest.Height);
                for (int cell = 0; cell < sums.Length; cell++)
                {
                    sums[cell] += shares[cell] * map._values[position];
                }
            }
        }

        return new ContributionMap(finest.Width, finest.Height, sums);
    }
}
