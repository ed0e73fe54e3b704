using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>How the views of a query belong to its parts, and how their distances make one: the rules of <see cref="GalleryQuery"/>.</summary>
internal sealed class QueryShape
{
    /// <summary>One part of one view: a plain query.</summary>
    public static readonly QueryShape Plain = new([new Part(0, 1, 1, true)]);

    private readonly Part[] _parts;

    private QueryShape(Part[] parts)
    {
        _parts = parts;
        ViewCount = parts.Sum(part => part.ViewCount);
        IsWanted = [.. parts.SelectMany(part => Enumerable.Repeat(part.IsWanted, part.ViewCount))];
    }

    /// <summary>The number of views of all parts together.</summary>
    public int ViewCount { get; }

    /// <summary>Whether the part that a view belongs to is wanted.</summary>
    public IReadOnlyList<bool> IsWanted { get; }

    public static QueryShape Of(GalleryQuery query)
    {
        double largest = query.Parts.Where(part => part.IsWanted).Max(part => part.Weight); // becomes 1, so that no sum overflows
        double sum = query.Parts.Where(part => part.IsWanted).Sum(part => part.Weight / largest);
        var parts = new Part[query.Parts.Count];
        int first = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            QueryPart part = query.Parts[i];
            parts[i] = new Part(first, part.Views.Count, part.IsWanted ? part.Weight / largest / sum : part.Weight, part.IsWanted);
            first += part.Views.Count;
        }

        return parts is [{ ViewCount: 1, IsWanted: true }] ? Plain : new QueryShape(parts);
    }

    /// <summary>The distance of a work from the query; NaN where one of the distances is missing.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="weights">The spaces' weights, which sum to 1.</param>
    /// <param name="distances">The distance from each view in each space, view by view.</param>
    /// <param name="terms">Room for one number for each view.</param>
    public float Combine(ISimilarityMetric metric, SpaceWeight[] weights, ReadOnlySpan<float> distances, Span<double> terms)
    {
        for (int view = 0; view < ViewCount; view++)
        {
            double sum = TermOf(metric, weights, distances, view);
            if (double.IsNaN(sum))
            {
                return float.NaN;
            }

            terms[view] = sum;
        }

        double wanted = WantedTerm(terms), total = wanted;
        foreach (Part part in _parts)
        {
            if (!part.IsWanted && part.Nearest(terms) < wanted)
            {
                total += part.Weight * (wanted - part.Nearest(terms));
            }
        }

        return CombinedDistance.FromSum(metric, total);
    }

    /// <summary>
    /// The least distance that a work can have whose term for each view is at least the one given. What is not wanted only adds to it.
    /// </summary>
    public float AtLeast(ISimilarityMetric metric, ReadOnlySpan<double> terms) => CombinedDistance.FromSum(metric, WantedTerm(terms));

    /// <summary>The wanted part that a work is nearest to, and the view of it that is.</summary>
    /// <returns>The number of the part in the query, and of the view in that part.</returns>
    public (int Part, int View) BestOf(ISimilarityMetric metric, SpaceWeight[] weights, ReadOnlySpan<float> distances)
    {
        (int Part, int View) best = default;
        double least = double.NaN;
        for (int number = 0; number < _parts.Length; number++)
        {
            Part part = _parts[number];
            for (int view = 0; part.IsWanted && view < part.ViewCount; view++)
            {
                double term = TermOf(metric, weights, distances, part.FirstView + view);
                if (!(term >= least))
                {
                    (least, best) = (term, (number, view));
                }
            }
        }

        return best;
    }

    /// <summary>Where the distances of a view of a part begin.</summary>
    public int ViewNumber((int Part, int View) of) => _parts[of.Part].FirstView + of.View;

    private static double TermOf(ISimilarityMetric metric, SpaceWeight[] weights, ReadOnlySpan<float> distances, int view)
    {
        double sum = 0;
        for (int space = 0; space < weights.Length; space++)
        {
            sum += CombinedDistance.Term(metric, weights[space].Weight, distances[(view * weights.Length) + space]);
        }

        return sum;
    }

    private double WantedTerm(ReadOnlySpan<double> terms)
    {
        double sum = 0;
        foreach (Part part in _parts)
        {
            if (part.IsWanted)
            {
                sum += part.Weight * part.Nearest(terms);
            }
        }

        return sum;
    }

    private readonly record struct Part(int FirstView, int ViewCount, double Weight, bool IsWanted)
    {
        public double Nearest(ReadOnlySpan<double> terms)
        {
            double nearest = terms[FirstView];
            for (int view = FirstView + 1; view < FirstView + ViewCount; view++)
            {
                nearest = Math.Min(nearest, terms[view]);
            }

            return nearest;
        }
    }
}
