using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Sqlite.Caches;

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

    /// <summary>How many texts of a list are hashed: a filter may name most keys of a gallery, and those that differ do so early.</summary>
    private const int HashedTexts = 32;

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
    public sealed class Key : IEquatable<Key>
    {
        private readonly long _space;
        private readonly PaintingFilter _filter;
        private readonly (string Name, IReadOnlyList<string> Values)[] _fields;
        private readonly int _hash;

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
                Fields = PaintingFields.Empty,
            };
            _fields = [.. filter.Fields.Select(field => (Name: LabelFolding.Fold(field.Key), Values: Folded(field.Value))).OrderBy(field => field.Name, StringComparer.Ordinal)];
            var hash = new HashCode();
            hash.Add(space);
            hash.Add(filter.FromYear);
            hash.Add(filter.ToYear);
            string[] names = Array.ConvertAll(_fields, field => field.Name);
            foreach (IReadOnlyList<string> texts in (IReadOnlyList<string>[])
                [_filter.Genres, _filter.Styles, _filter.Artists, _filter.Tags, _filter.Keys, names, .. _fields.Select(field => field.Values)])
            {
                hash.Add(texts.Count);
                for (int i = 0; i < texts.Count; i++)
                {
                    Bytes += BytesOfText + (2L * (texts[i]?.Length ?? 0));
                    if (i < HashedTexts || i == texts.Count - 1)
                    {
                        hash.Add(texts[i], StringComparer.Ordinal);
                    }
                }
            }

            _hash = hash.ToHashCode();
        }

        /// <summary>The memory that the texts take, roughly.</summary>
        public long Bytes { get; }

        public bool Equals(Key? other) => other is not null && _hash == other._hash && _space == other._space && _filter.Equals(other._filter)
            && _fields.AsSpan().SequenceEqual(other._fields, SameField.Instance);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => _hash;

        private sealed class SameField : IEqualityComparer<(string Name, IReadOnlyList<string> Values)>
        {
            public static SameField Instance { get; } = new();

            public bool Equals((string Name, IReadOnlyList<string> Values) x, (string Name, IReadOnlyList<string> Values) y) =>
                x.Name == y.Name && x.Values.SequenceEqual(y.Values, StringComparer.Ordinal);

            public int GetHashCode((string Name, IReadOnlyList<string> Values) field) => field.Name.GetHashCode(StringComparison.Ordinal);
        }

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
        public long Bytes { get; } = BytesOfEntry + Key.Bytes + (8L * Ids.Bitmap.Length);
    }
}
