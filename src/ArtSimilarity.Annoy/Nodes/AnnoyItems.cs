using System.Numerics.Tensors;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Nodes;

/// <summary>Vectors in the order of their ids, with their squared norms, as the trees see them.</summary>
internal sealed class AnnoyItems
{
    private const float SmallestSquare = 1e-30f, LargestSquare = 1e30f;

    private readonly VectorSet _vectors;
    private readonly int[] _rows;

    /// <summary>Vectors whose squares single precision cannot hold, scaled by powers of two: the trees see only directions.</summary>
    private readonly Dictionary<int, float[]> _scaled = [];

    /// <exception cref="ArgumentException">An id occurs twice.</exception>
    public AnnoyItems(VectorSet vectors, bool renumber)
    {
        _vectors = vectors;
        Ids = vectors.Ids.ToArray();
        _rows = new int[Ids.Length];
        SquaredNorms = new float[Ids.Length];
        for (int row = 0; row < _rows.Length; row++)
        {
            _rows[row] = row;
        }

        Array.Sort(Ids, _rows);
        for (int i = 0; i < _rows.Length; i++)
        {
            if (i > 0 && Ids[i] == Ids[i - 1])
            {
                throw new ArgumentException($"The id {Ids[i]} occurs twice.", nameof(vectors));
            }

            SquaredNorms[i] = AnnoyKernels.FastDot(this[i], this[i]);
            float largest = TensorPrimitives.MaxMagnitude(this[i]);
            if (largest != 0 && SquaredNorms[i] is < SmallestSquare or > LargestSquare)
            {
                int exponent = -Math.ILogB(largest);
                float[] scaled = this[i].ToArray();
                foreach (ref float number in scaled.AsSpan())
                {
                    number = (float)Math.ScaleB(number, exponent);
                }

                _scaled.Add(i, scaled);
                SquaredNorms[i] = AnnoyKernels.FastDot(scaled, scaled);
            }
        }

        SourceIds = Ids;
        if (renumber)
        {
            Ids = new int[_rows.Length];
            for (int i = 0; i < Ids.Length; i++)
            {
                Ids[i] = i;
            }
        }
    }

    public int Dimensions => _vectors.Dimensions;

    public int Count => Ids.Length;

    /// <summary>One more than the highest number: how many nodes of a file are items, the holes included.</summary>
    public long NodeCount => Count == 0 ? 0 : Ids[^1] + 1L;

    /// <summary>The numbers that the items get in the file, ascending.</summary>
    public int[] Ids { get; }

    /// <summary>The ids that they have among the vectors, ascending.</summary>
    public int[] SourceIds { get; }

    /// <summary>The squared norms of the directions.</summary>
    public float[] SquaredNorms { get; }

    /// <summary>The direction of the vector with the i-th number: the vector, or a scaled copy of it.</summary>
    public ReadOnlySpan<float> Direction(int i) => _scaled.Count > 0 && _scaled.TryGetValue(i, out float[]? scaled) ? scaled : this[i];

    /// <summary>The vector with the i-th number.</summary>
    public ReadOnlySpan<float> this[int i] => _vectors[_rows[i]];
}
