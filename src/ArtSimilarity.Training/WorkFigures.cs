namespace ArtSimilarity.Training;

/// <summary>
/// How well the signature <c>work</c> finds held-out pictures by <see cref="HeavyViews"/> of them. The views are the training's own kinds, so the figures
/// follow a training; they say little about real photographs.
/// </summary>
public sealed class WorkFigures
{
    /// <summary>Creates a set of figures.</summary>
    /// <param name="pictures">See <see cref="Pictures"/>.</param>
    /// <param name="queries">See <see cref="Queries"/>.</param>
    /// <param name="firstByKind">See <see cref="FirstByKind"/>.</param>
    public WorkFigures(int pictures, int queries, IReadOnlyDictionary<string, double> firstByKind)
    {
        ArgumentNullException.ThrowIfNull(firstByKind);
        Pictures = pictures;
        Queries = queries;
        FirstByKind = firstByKind;
    }

    /// <summary>The pictures that are searched, each once and unchanged.</summary>
    public int Pictures { get; }

    /// <summary>The pictures that are searched for, with one view of each kind.</summary>
    public int Queries { get; }

    /// <summary>The share of views, from 0 to 1, whose nearest picture is the one they were made of, or shows the same work: by kind, named as the properties of <see cref="HeavyViews"/> in lower case.</summary>
    public IReadOnlyDictionary<string, double> FirstByKind { get; }

    /// <summary>The mean of <see cref="FirstByKind"/>.</summary>
    public double First => FirstByKind.Count == 0 ? 0 : FirstByKind.Values.Average();
}
