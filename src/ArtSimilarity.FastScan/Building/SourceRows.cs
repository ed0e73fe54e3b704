using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.Indexing;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Building;

/// <summary>The vectors to build over, in ascending order of their ids, where they lie: they are not copied.</summary>
internal sealed class SourceRows
{
    private readonly VectorSet _vectors;
    private readonly int[] _source;

    /// <exception cref="ArgumentException">An id occurs twice, or the vectors are too long.</exception>
    public SourceRows(VectorSet vectors)
    {
        if (vectors.Dimensions > IndexLayout.MaxDimensions)
        {
            throw new ArgumentException($"Vectors of {vectors.Dimensions} dimensions are too long: an index holds at most {IndexLayout.MaxDimensions}.", nameof(vectors));
        }

        _vectors = vectors;
        Ids = vectors.Ids.ToArray();
        _source = new int[Ids.Length];
        for (int row = 0; row < _source.Length; row++)
        {
            _source[row] = row;
        }

        Array.Sort(Ids, _source);
        for (int row = 1; row < Ids.Length; row++)
        {
            if (Ids[row] == Ids[row - 1])
            {
                throw new ArgumentException($"Id {Ids[row]} occurs twice.", nameof(vectors));
            }
        }
    }

    public int Count => Ids.Length;

    public int Dimensions => _vectors.Dimensions;

    /// <summary>The ids, ascending.</summary>
    public int[] Ids { get; }

    public ReadOnlySpan<float> this[int row] => _vectors[_source[row]];

    /// <summary>Copies a vector, scaled to length 1 (a zero vector stays zero), into a padded row.</summary>
    public unsafe void CopyUnit(int row, float* result, int stride)
    {
        double squaredNorm = AngularDistance.CopyToRow(this[row], Dimensions, result, stride, "vectors");
        VectorKernels.Scale(result, AngularDistance.InverseNorm(squaredNorm), stride);
    }
}
