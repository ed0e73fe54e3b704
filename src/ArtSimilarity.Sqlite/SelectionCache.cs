using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Sqlite;

/// <summary>
/// The ids that filters have selected lately, those used last within a bound on memory. While nothing changes that a filter asks for, only
/// what was added and removed since has to be looked at.
/// </summary>
/// <param name="maxBytes">How much memory all selections may take; 0 keeps none.</param>
internal sealed class SelectionCache(long maxBytes)
{
    /// <summary>What an entry takes beside its ids and texts, roughly.</summary>
    private const int BytesOfEntry = 512;

    private const int BytesOfText = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, LinkedListNode<Selection>> _selections = [];
    private readonly LinkedList<Selection> _byUse = new(); // the one used last stands last
    private long _bytes;

    /// <summary>What a filter selected last, as long as what filters ask for is the same; <see langword="null"/> when that is not known.</summary>
    public Selection? Find(Key key, long token)
    {
        lock (_lock)
        {
            if (!_selections.TryGetValue(key, out LinkedListNode<Selection>? node))
            {
                return null;
            }

            _byUse.Remove(node);
            if (node.Value.Token != token)
            {
                _selections.Remove(key);
                _bytes -= node.Value.Bytes;
                return null;
            }

            _byUse.AddLast(node);
            return node.Value;
        }
    }

    public void Keep(Selection selection)
    {
        if (selection.Bytes > maxBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_selections.Remove(selection.Key, out LinkedListNode<Selection>? former))
            {
                _byUse.Remove(former);
                _bytes -= former.Value.Bytes;
            }

            _selections.Add(selection.Key, _byUse.AddLast(selection));
            _bytes += selection.Bytes;
            while (_bytes > maxBytes)
            {
                Selection oldest = _byUse.First!.Value;
                _byUse.RemoveFirst();
                _selections.Remove(oldest.Key);
                _bytes -= oldest.Bytes;
            }
        }
    }

    /// <summary>A space and a filter; filters that accept the same labels in other letter case or order are the same.</summary>
    public sealed record Key
    {
        private readonly long _space;
        private readonly PaintingFilter _filter;

        /// <param name="space">The row of the feature space.</param>
        /// <param name="filter">The filter; its lists are copied.</param>
        public Key(long space, PaintingFilter filter)
        {
            _space = space;
            _filter = filter with
            {
                Genres = Folded(filter.Genres),
                Styles = Folded(filter.Styles),
                Artists = Folded(filter.Artists),
                Tags = Folded(filter.Tags),
                Keys = [.. filter.Keys],
            };
            foreach (IReadOnlyList<string> texts in (IReadOnlyList<string>[])[_filter.Genres, _filter.Styles, _filter.Artists, _filter.Tags, _filter.Keys])
            {
                Bytes += texts.Sum(text => BytesOfText + (2L * (text?.Length ?? 0)));
            }
        }

        /// <summary>The memory that the texts take, roughly.</summary>
        public long Bytes { get; }

        private static IReadOnlyList<string> Folded(IReadOnlyList<string> labels)
        {
            // A label that no gallery can keep matches nothing. It still makes the list one that is set.
            const string Nothing = "\0";
            return labels.Count == 0
                ? []
                : [.. labels.Select(label => EntryValidation.IsStorable(label) ? LabelFolding.Fold(label) : Nothing).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
    }

    /// <param name="Key">The space and the filter.</param>
    /// <param name="Token">Names the state of what filters ask for.</param>
    /// <param name="Version">The state of the space.</param>
    /// <param name="LastId">The highest id of the space that was looked at.</param>
    /// <param name="Ids">The ids, frozen.</param>
    public sealed record Selection(Key Key, long Token, SpaceVersion Version, int LastId, IdSet Ids)
    {
        public long Bytes { get; } = BytesOfEntry + Key.Bytes + (8L * Ids.Words.Length);
    }
}
