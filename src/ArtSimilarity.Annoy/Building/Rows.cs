using ArtSimilarity.Annoy.Files;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Building;

/// <summary>The vectors to build over, padded and in ascending order of their ids, outside the managed heap.</summary>
internal sealed unsafe class Rows : IDisposable
{
    private readonly ForestMemory _memory;

    /// <exception cref="ArgumentException">An id occurs twice, or the vectors are too long.</exception>
    public Rows(VectorSet vectors)
    {
        Dimensions = vectors.Dimensions;
        if (Dimensions > ForestLayout.MaxDimensions)
        {
            throw new ArgumentException($"Vectors of {Dimensions} dimensions are too long: a forest holds at most {ForestLayout.MaxDimensions}.", nameof(vectors));
        }

        Stride = VectorKernels.StrideOf(Dimensions);
        Ids = vectors.Ids.ToArray();
        int[] source = new int[Ids.Length];
        for (int row = 0; row < source.Length; row++)
        {
            source[row] = row;
        }

        Array.Sort(Ids, source);
        for (int row = 1; row < Ids.Length; row++)
        {
            if (Ids[row] == Ids[row - 1])
            {
                throw new ArgumentException($"Id {Ids[row]} occurs twice.", nameof(vectors));
            }
        }

        InverseNorms = new float[Count];
        _memory = new NativeForestMemory(Math.Max(1L, (long)Count * Stride) * sizeof(float));
        try
        {
            for (int row = 0; row < Count; row++)
            {
                InverseNorms[row] = AngularDistance.InverseNorm(
                    AngularDistance.CopyToRow(vectors[source[row]], Dimensions, this[row], Stride, nameof(vectors)));
            }
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    public int Count => Ids.Length;

    public int Dimensions { get; }

    public int Stride { get; }

    public int[] Ids { get; }

    public float[] InverseNorms { get; }

    public float* this[int row] => (float*)_memory.Pointer + ((long)row * Stride);

    public void Dispose() => _memory.Dispose();
}
