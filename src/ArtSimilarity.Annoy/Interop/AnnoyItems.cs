using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Interop;

/// <summary>Vectors in the order of their ids, with their squared norms, as the trees see them.</summary>
internal sealed class AnnoyItems
{
    private readonly VectorSet _vectors;
    private readonly int[] _rows;

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
        }

        for (int i = 0; renumber && i < Ids.Length; i++)
        {
            Ids[i] = i;
        }
    }

    public int Dimensions => _vectors.Dimensions;

    public int Count => Ids.Length;

    /// <summary>One more than the highest number: how many nodes of a file are items, the holes included.</summary>
    public long NodeCount => Count == 0 ? 0 : Ids[^1] + 1L;

    /// <summary>The numbers that the items get in the file, ascending.</summary>
    public int[] Ids { get; }

    public float[] SquaredNorms { get; }

    /// <summary>The vector with the i-th number.</summary>
    public ReadOnlySpan<float> this[int i] => _vectors[_rows[i]];
}
