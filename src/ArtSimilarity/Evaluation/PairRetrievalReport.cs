namespace ArtSimilarity.Evaluation;

/// <summary>How often one work of a pair finds the other, in both directions.</summary>
public sealed class PairRetrievalReport
{
    /// <summary>Creates a pair retrieval report.</summary>
    /// <param name="pairs">See <see cref="Pairs"/>.</param>
    /// <param name="missing">See <see cref="Missing"/>.</param>
    /// <param name="recall">See <see cref="Recall"/>.</param>
    public PairRetrievalReport(int pairs, int missing, IReadOnlyList<double> recall)
    {
        ArgumentNullException.ThrowIfNull(recall);
        Pairs = pairs;
        Missing = missing;
        Recall = recall;
    }

    /// <summary>How many pairs were judged.</summary>
    public int Pairs { get; }

    /// <summary>How many were not: a work of theirs is not in the gallery, or has no signature.</summary>
    public int Missing { get; }

    /// <summary>For each number of neighbours asked for, the share of searches that found the other work among so many; empty where no pair was judged.</summary>
    public IReadOnlyList<double> Recall { get; }
}
