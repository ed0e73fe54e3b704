namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>
/// What was in a collection when, as far as one can tell from outside: a vector is there for certain between the end of its
/// adding and the beginning of its removal, and possibly from the beginning of the one to the end of the other.
/// </summary>
/// <remarks>Safe for any number of threads; one work must not be changed by two at once.</remarks>
internal sealed class ChangeHistory(int works)
{
    private const long Never = long.MaxValue;
    private readonly Lock _gate = new();
    private readonly List<Stay>[] _stays = [.. Enumerable.Range(0, works).Select(_ => new List<Stay>())];
    private readonly SortedSet<(long Begun, long Ticket)> _searches = [];
    private long _time, _ticket;

    /// <summary>The number of works that are there now; exact while nothing changes.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _stays.Count(stays => stays.Count > 0 && stays[^1].RemoveBegun == Never);
            }
        }
    }

    /// <summary>The version of a work that is there now, or −1.</summary>
    public int CurrentVersion(int work)
    {
        lock (_gate)
        {
            return _stays[work].Count > 0 && _stays[work][^1].RemoveBegun == Never ? _stays[work][^1].Version : -1;
        }
    }

    /// <summary>The version a work gets when it is added or replaced next.</summary>
    public int NextVersion(int work)
    {
        lock (_gate)
        {
            return _stays[work].Count > 0 ? _stays[work][^1].Version + 1 : 0;
        }
    }

    /// <summary>Notes that works are about to be added, or replaced where they are there.</summary>
    public void BeginAdd(IEnumerable<(int Work, int Version)> added)
    {
        lock (_gate)
        {
            long now = ++_time;
            foreach ((int work, int version) in added)
            {
                BeginRemove(_stays[work], now);
                _stays[work].Add(new Stay { Version = version, AddBegun = now });
            }
        }
    }

    public void EndAdd(IEnumerable<(int Work, int Version)> added)
    {
        lock (_gate)
        {
            long now = ++_time;
            foreach ((int work, _) in added)
            {
                List<Stay> stays = _stays[work];
                stays[^1].AddEnded = now;
                if (stays.Count > 1)
                {
                    stays[^2].RemoveEnded = Math.Min(stays[^2].RemoveEnded, now);
                }

                Forget(stays);
            }
        }
    }

    public void BeginRemove(IEnumerable<int> removed)
    {
        lock (_gate)
        {
            long now = ++_time;
            foreach (int work in removed)
            {
                BeginRemove(_stays[work], now);
            }
        }
    }

    public void EndRemove(IEnumerable<int> removed)
    {
        lock (_gate)
        {
            long now = ++_time;
            foreach (int work in removed)
            {
                _stays[work][^1].RemoveEnded = now;
                Forget(_stays[work]);
            }
        }
    }

    /// <summary>Notes the beginning of a search; what it may see is not forgotten before its end.</summary>
    public (long Begun, long Ticket) BeginSearch()
    {
        lock (_gate)
        {
            (long, long) search = (++_time, ++_ticket);
            _searches.Add(search);
            return search;
        }
    }

    /// <summary>What a search may have seen, by work: the versions that were possibly there, and whether one was for certain.</summary>
    public Sight EndSearch((long Begun, long Ticket) search, IEnumerable<int> found, Func<int, bool> isAllowed)
    {
        lock (_gate)
        {
            _searches.Remove(search);
            long now = ++_time;
            var possible = new Dictionary<int, int[]>();
            foreach (int work in found)
            {
                possible[work] = [.. _stays[work].Where(stay => stay.AddBegun < now && stay.RemoveEnded > search.Begun).Select(stay => stay.Version)];
            }

            int certain = 0;
            for (int work = 0; work < _stays.Length; work++)
            {
                if (isAllowed(work) && _stays[work].Exists(stay => stay.AddEnded < search.Begun && stay.RemoveBegun > now))
                {
                    certain++;
                }
            }

            return new Sight(possible, certain);
        }
    }

    private static void BeginRemove(List<Stay> stays, long now)
    {
        if (stays.Count > 0 && stays[^1].RemoveBegun == Never)
        {
            stays[^1].RemoveBegun = now;
        }
    }

    /// <summary>Drops what no running search can have seen, but for the last, which knows the version.</summary>
    private void Forget(List<Stay> stays)
    {
        long oldest = _searches.Count > 0 ? _searches.Min.Begun : _time;
        int gone = 0;
        while (gone < stays.Count - 1 && stays[gone].RemoveEnded < oldest)
        {
            gone++;
        }

        stays.RemoveRange(0, gone);
    }

    /// <param name="Possible">By work found, the versions that were possibly there during the search.</param>
    /// <param name="Certain">How many of the works that the filter allows were there from the beginning to the end of the search.</param>
    internal sealed record Sight(IReadOnlyDictionary<int, int[]> Possible, int Certain);

    private sealed class Stay
    {
        public required int Version { get; init; }

        public required long AddBegun { get; init; }

        public long AddEnded { get; set; } = Never;

        public long RemoveBegun { get; set; } = Never;

        public long RemoveEnded { get; set; } = Never;
    }
}
