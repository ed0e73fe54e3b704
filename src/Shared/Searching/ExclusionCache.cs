using ArtSimilarity.Indexing;

namespace ArtSimilarity.Searching;

/// <summary>
/// Remembers what an index made of the set of excluded ids it was given last. A gallery gives the same frozen set with every search,
/// until something else is removed. Safe for any number of threads at once.
/// </summary>
/// <typeparam name="T">What searches need of an excluded set.</typeparam>
internal sealed class ExclusionCache<T>
    where T : class
{
    private Entry? _last;

    /// <summary>What was made of a set, or is made of it now.</summary>
    /// <param name="excluded">The set. One that is not frozen is translated anew every time.</param>
    /// <param name="translate">Makes what is needed of the set. Static, or kept by the caller, so that nothing is allocated here.</param>
    public T Get(IdSet excluded, Func<IdSet, T> translate)
    {
        Entry? last = Volatile.Read(ref _last);
        if (last is not null && ReferenceEquals(last.Excluded, excluded))
        {
            return last.Translated;
        }

        T translated = translate(excluded);
        if (excluded.IsFrozen)
        {
            Volatile.Write(ref _last, new Entry(excluded, translated));
        }

        return translated;
    }

    private sealed record Entry(IdSet Excluded, T Translated);
}
