using System.Numerics.Tensors;

namespace ArtSimilarity.Benchmarks.Designs;

/// <summary>Vectors of length 1.</summary>
internal sealed class UnitRows
{
    private readonly float[] _rows;

    public UnitRows(float[] rows, int dimensions)
    {
        _rows = rows;
        Dimensions = dimensions;
        Count = rows.Length / dimensions;
        for (int row = 0; row < Count; row++)
        {
            Span<float> vector = rows.AsSpan(row * dimensions, dimensions);
            TensorPrimitives.Divide(vector, Math.Max(TensorPrimitives.Norm<float>(vector), float.Epsilon), vector);
        }
    }

    public int Count { get; }

    public int Dimensions { get; }

    public ReadOnlySpan<float> this[int row] => _rows.AsSpan(row * Dimensions, Dimensions);

    public float[] Mean(IEnumerable<int> rows)
    {
        float[] mean = new float[Dimensions];
        int count = 0;
        foreach (int row in rows)
        {
            TensorPrimitives.Add(mean, this[row], mean);
            count++;
        }

        TensorPrimitives.Divide(mean, Math.Max(1, count), mean);
        return mean;
    }
}
