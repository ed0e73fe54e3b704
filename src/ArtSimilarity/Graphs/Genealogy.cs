using ArtSimilarity.Galleries;

namespace ArtSimilarity.Graphs;

/// <summary>The works most like one work that were made before it and after it.</summary>
/// <remarks>
/// Works are earlier or later by <see cref="Painting.Year"/>, the year that filters go by. Of a date such as <c>1503–06</c> this is the middle.
/// Works without a year are neither; they are not returned. Likeness is no proof that one work knew the other.
/// </remarks>
public sealed class Genealogy
{
    private Genealogy(Painting work, IReadOnlyList<SimilarPainting> earlier, IReadOnlyList<SimilarPainting> later)
    {
        Work = work;
        Earlier = earlier;
        Later = later;
    }

    /// <summary>The work itself.</summary>
    public Painting Work { get; }

    /// <summary>The most alike of the earlier works, nearest first.</summary>
    public IReadOnlyList<SimilarPainting> Earlier { get; }

    /// <summary>The most alike of the later works, nearest first.</summary>
    public IReadOnlyList<SimilarPainting> Later { get; }

    /// <summary>Finds the earlier and the later works that are most like a work.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="key">The key of the work, which must have a year.</param>
    /// <param name="k">How many works to return on each side, at least 1; fewer come back only when fewer are there.</param>
    /// <param name="options">Filter, spaces and years; <see langword="null"/> takes the defaults.</param>
    /// <param name="cancellationToken">Cancels the searches.</param>
    /// <returns>The works.</returns>
    /// <exception cref="PaintingNotFoundException">There is no such work, or it has no signature in one of the feature spaces searched.</exception>
    /// <exception cref="InvalidOperationException">The work has no year.</exception>
    public static async Task<Genealogy> FindAsync(
        Gallery gallery, string key, int k, GenealogyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new GenealogyOptions();
        IReadOnlyDictionary<string, StoredWork> found = await gallery.Store.FindAsync([key], cancellationToken).ConfigureAwait(false);
        Painting work = found.TryGetValue(key, out StoredWork? stored) ? stored.Painting : throw new PaintingNotFoundException($"The gallery has no work '{key}'.");
        int year = work.Year ?? throw new InvalidOperationException($"The work '{key}' has no year, so no work is earlier or later.");
        PaintingFilter filter = options.Filter ?? new PaintingFilter();
        long last = Math.Min(filter.ToYear ?? int.MaxValue, (long)year - options.MinYearsApart);
        long first = Math.Max(filter.FromYear ?? int.MinValue, (long)year + options.MinYearsApart);
        return new Genealogy(
            work,
            last < int.MinValue ? [] : await SearchAsync(filter with { ToYear = (int)last }).ConfigureAwait(false),
            first > int.MaxValue ? [] : await SearchAsync(filter with { FromYear = (int)first }).ConfigureAwait(false));

        async Task<IReadOnlyList<SimilarPainting>> SearchAsync(PaintingFilter side) =>
            (await gallery.SearchByKeyAsync(key, k, new GallerySearchOptions { Filter = side, Spaces = options.Spaces }, cancellationToken).ConfigureAwait(false)).Results;
    }
}
