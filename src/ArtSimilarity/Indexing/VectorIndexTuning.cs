namespace ArtSimilarity.Indexing;

/// <summary>Measured settings that searches of an index go by to reach a quality. Each kind of index has a class of its own.</summary>
/// <remarks>It never changes, so it may be read from several threads. A gallery keeps its text form.</remarks>
public abstract class VectorIndexTuning
{
    /// <summary>The kind of index it is of: the <see cref="IVectorIndexProvider.Name"/> of the provider that reads it.</summary>
    public abstract string IndexName { get; }

    /// <summary>The text form, e.g. JSON, that a gallery keeps.</summary>
    /// <returns>What <see cref="IVectorIndexProvider.ParseTuning"/> reads.</returns>
    public abstract override string ToString();
}
