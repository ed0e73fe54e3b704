using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>
/// Follows the works that several feature spaces share from commit to commit: a change costs what has changed, not the size of the
/// gallery. One thread at a time.
/// </summary>
internal sealed class SharedWorksTracker
{
    /// <summary>Empty places are given up when there are more than this many, and more than places in use.</summary>
    private const int SmallestCompaction = 64;

    private readonly Dictionary<int, long>[] _workOfId;
    private readonly Dictionary<long, int>[] _idOfWork;
    private readonly IdSet[] _shared;
    private readonly SpaceVersion[] _versions;
    private readonly int[] _lastIds;
    private readonly int[][] _ids, _places;
    private IdSet _gone = new();
    private int _placeCount;

    public SharedWorksTracker(int spaces)
    {
        _workOfId = [.. Enumerable.Range(0, spaces).Select(_ => new Dictionary<int, long>())];
        _idOfWork = [.. Enumerable.Range(0, spaces).Select(_ => new Dictionary<long, int>())];
        _shared = [.. Enumerable.Range(0, spaces).Select(_ => new IdSet())];
        _versions = new SpaceVersion[spaces];
        _lastIds = [.. Enumerable.Repeat(-1, spaces)];
        _ids = [.. Enumerable.Repeat(Array.Empty<int>(), spaces)];
        _places = [.. Enumerable.Repeat(Array.Empty<int>(), spaces)];
    }

    /// <summary>The state of a space that was seen last.</summary>
    public SpaceVersion VersionOf(int space) => _versions[space];

    /// <summary>The highest id of a space that was seen.</summary>
    public int LastIdOf(int space) => _lastIds[space];

    /// <summary>Takes in what changed in every space, and returns the works there are then.</summary>
    /// <param name="changes">The changes of each space since its version was read last.</param>
    public SharedWorks Apply(IReadOnlyList<WorkChanges> changes)
    {
        int spaces = _ids.Length;
        for (int space = 0; space < spaces; space++)
        {
            foreach (int id in changes[space].Removed)
            {
                Remove(space, id);
            }
        }

        for (int space = 0; space < spaces; space++)
        {
            (IReadOnlyList<int> ids, IReadOnlyList<long> works) = (changes[space].AddedIds, changes[space].AddedWorks);
            for (int i = 0; i < ids.Count; i++)
            {
                _workOfId[space][ids[i]] = works[i];
                _idOfWork[space][works[i]] = ids[i];
                _lastIds[space] = Math.Max(_lastIds[space], ids[i]);
            }

            _versions[space] = changes[space].Version;
        }

        foreach (WorkChanges added in changes)
        {
            foreach (long work in added.AddedWorks)
            {
                Join(work);
            }
        }

        if (_gone.Count > SmallestCompaction && _gone.Count > _placeCount / 2)
        {
            Compact();
        }

        return Current();
    }

    private SharedWorks Current()
    {
        int count = _placeCount - _gone.Count;
        var all = new IdSet?[_ids.Length];
        for (int space = 0; space < all.Length; space++)
        {
            // An index that is not filtered is faster. Ids of other works, which it may have got since, are then passed over.
            all[space] = _workOfId[space].Count == count ? null : _shared[space].Copy().Freeze();
        }

        return new SharedWorks([.. _ids], [.. _places], _placeCount, _gone.Count == 0 ? null : _gone.Copy().Freeze(), all, [.. _versions]);
    }

    private void Remove(int space, int id)
    {
        if (!_workOfId[space].Remove(id, out long work))
        {
            return;
        }

        if (_idOfWork[space].TryGetValue(work, out int known) && known == id)
        {
            _idOfWork[space].Remove(work);
        }

        int place = PlaceOf(space, id);
        if (place >= 0 && _gone.Add(place))
        {
            for (int other = 0; other < _ids.Length; other++)
            {
                _shared[other].Remove(_ids[other][place]);
            }
        }
    }

    /// <summary>Gives a work a place, if it has a signature in every space and no place yet.</summary>
    private void Join(long work)
    {
        for (int space = 0; space < _ids.Length; space++)
        {
            if (!_idOfWork[space].TryGetValue(work, out int id) || _shared[space].Contains(id))
            {
                return;
            }
        }

        int place = _placeCount++;
        for (int space = 0; space < _ids.Length; space++)
        {
            int id = _idOfWork[space][work];
            Grow(ref _ids[space], place);
            Grow(ref _places[space], id);
            _ids[space][place] = id;
            _places[space][id] = place + 1;
            _shared[space].Add(id);
        }
    }

    private int PlaceOf(int space, int id) => id < _places[space].Length ? _places[space][id] - 1 : -1;

    /// <summary>Numbers the places anew. Works that searches hold keep the former arrays.</summary>
    private void Compact()
    {
        for (int space = 0; space < _ids.Length; space++)
        {
            (_ids[space], _places[space], _shared[space]) = ([], [], new IdSet());
        }

        (_gone, _placeCount) = (new IdSet(), 0);
        foreach ((int _, long work) in _workOfId[0].OrderBy(entry => entry.Key))
        {
            Join(work);
        }
    }

    /// <summary>Makes room for a place. An array that searches hold is not touched where they look: it only gets places behind theirs.</summary>
    private static void Grow(ref int[] array, int place)
    {
        if (place >= array.Length)
        {
            Array.Resize(ref array, (int)Math.Min(Array.MaxLength, Math.Max(place + 1L, array.Length * 2L)));
        }
    }
}
