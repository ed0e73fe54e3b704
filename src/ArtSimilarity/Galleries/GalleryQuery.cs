namespace ArtSimilarity.Galleries;

/// <summary>
/// What is asked of a gallery, in parts: “like these two, and unlike that one”. Never changes.
/// </summary>
/// <remarks>
/// <para>
/// <b>How the parts come together.</b> Terms are what the metric adds up over feature spaces (<see cref="Metrics.ISimilarityMetric.SpaceTerm"/>):
/// the squared distance for the angular and the Euclidean metric, the distance itself for the cosine and the inner product. The term of a work
/// for a view is the weighted sum over the spaces searched, as <see cref="GallerySearchOptions.Spaces"/> says.
/// </para>
/// <list type="number">
/// <item>The term tₚ of a work for a part is that of the nearest of the part's views.</item>
/// <item>Over the wanted parts it is the weighted mean: t = Σ wₚ·tₚ / Σ wₚ. For the angular metric it orders as the weighted mean of the cosines.</item>
/// <item>
/// A part that is not wanted pushes away the works that are nearer to it than to what is wanted: it adds w·max(0, t − tₚ). All other works keep
/// their distance, and so their order.
/// </item>
/// </list>
/// <para>
/// The last rule is a margin. Rocchio's (1971) is to subtract the vector that is not wanted. It would lift works for no other reason than that they are far
/// from it, and would sink wanted works for a likeness that all works share. With weight 1, a work that lies on the unwanted one
/// gets twice the term. A distance that grew so may exceed the metric's greatest.
/// </para>
/// <para>
/// With one wanted part of one view the answer is that of a plain search. An approximate index names the nearest for each view of each wanted
/// part; those are then compared with all views, until no other work can be nearer. With <see cref="GallerySearchOptions.Quality"/> 1 every signature is
/// compared with every view.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var query = new GalleryQuery(
///     QueryPart.OfImage(ImageSource.FromFile("a.jpg")),
///     QueryPart.OfWork("key42"),
///     new QueryPart(QueryView.OfWork("key7")) { IsWanted = false });
/// GallerySearchResult found = await gallery.SearchAsync(query, 10);
/// </code>
/// </example>
public sealed class GalleryQuery
{
    /// <summary>How many views all parts may have together.</summary>
    public const int MaxViews = 256;

    /// <summary>Creates a query.</summary>
    /// <param name="parts">The parts, at least one of them wanted.</param>
    /// <exception cref="ArgumentException">No part is wanted, one is <see langword="null"/>, or there are more than <see cref="MaxViews"/> views.</exception>
    public GalleryQuery(params IReadOnlyList<QueryPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        QueryPart[] copy = [.. parts];
        if (copy.Contains(null))
        {
            throw new ArgumentException("A part of the query is null.", nameof(parts));
        }

        if (!Array.Exists(copy, part => part.IsWanted))
        {
            throw new ArgumentException("No part of the query is wanted: at least one must be.", nameof(parts));
        }

        int views = copy.Sum(part => part.Views.Count);
        if (views > MaxViews)
        {
            throw new ArgumentException($"The query has {views} views, and at most {MaxViews} are allowed.", nameof(parts));
        }

        Parts = copy;
    }

    /// <summary>The parts.</summary>
    public IReadOnlyList<QueryPart> Parts { get; }
}
