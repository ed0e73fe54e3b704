using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Sqlite;

/// <summary>The ids that filters have selected lately. While no work that was there changes, a filter only has to look at what was added.</summary>
internal sealed class SelectionCache
{
    private const int Capacity = 32;
    private readonly Lock _lock = new();
    private readonly List<Selection> _selections = [];

    /// <summary>What a filter selected last, as long as the catalogue is in the same state; <see langword="null"/> when that is not known.</summary>
    public Selection? Find(long space, PaintingFilter filter, long token)
    {
        lock (_lock)
        {
            int at = _selections.FindIndex(selection => selection.Space == space && selection.Filter.Equals(filter));
            if (at < 0)
            {
                return null;
            }

            Selection found = _selections[at];
            _selections.RemoveAt(at);
            if (found.Token != token)
            {
                return null;
            }

            _selections.Add(found); // the last one used is the last one to go
            return found;
        }
    }

    public void Keep(Selection selection)
    {
        lock (_lock)
        {
            _selections.RemoveAll(other => other.Space == selection.Space && other.Filter.Equals(selection.Filter));
            _selections.Add(selection);
            if (_selections.Count > Capacity)
            {
                _selections.RemoveAt(0);
            }
        }
    }

    /// <param name="Space">The row of the feature space.</param>
    /// <param name="Filter">The filter; its lists are the cache's own.</param>
    /// <param name="Token">Names the state of the catalogue.</param>
    /// <param name="Version">The state of the space.</param>
    /// <param name="LastId">The highest id of the space that was looked at.</param>
    /// <param name="Ids">The ids, frozen.</param>
    public sealed record Selection(long Space, PaintingFilter Filter, long Token, SpaceVersion Version, int LastId, IdSet Ids);
}
