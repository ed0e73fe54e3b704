using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>
/// Changes and searches a target from several threads at once and holds every answer against the history of changes. Now and
/// then the changes pause, and recall and memory are measured.
/// </summary>
internal sealed class SoakRun(ISoakTarget target, TimeSpan duration, Action<string> report) : IDisposable
{
    public const int Works = 6000;
    private const int Writers = 2, Searchers = 2, QuietQueries = 40, QuietK = 10;
    private const double RecallFloor = 0.9;
    private readonly ChangeHistory _history = new(Works);
    private readonly ReaderWriterLockSlim _changing = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(TimeSpan Time, long Heap, long Resident)> _memory = [];
    private long _searches, _changes;
    private Exception? _failure;

    public void Run()
    {
        (int, int)[] initial = [.. Enumerable.Range(0, Works / 2).Select(work => (work, 0))];
        _history.BeginAdd(initial);
        target.Add(initial);
        _history.EndAdd(initial);
        target.Maintain();

        Thread[] threads =
        [
            .. Enumerable.Range(0, Writers).Select(writer => Start(() => Change(writer))),
            .. Enumerable.Range(0, Searchers).Select(searcher => Start(() => Search(searcher))),
        ];
        var clock = Stopwatch.StartNew();
        TimeSpan quietInterval = TimeSpan.FromSeconds(Math.Clamp(duration.TotalSeconds / 4, 1, 5));
        double lowestRecall = 1;
        try
        {
            for (TimeSpan next = quietInterval; clock.Elapsed < duration && !_stop.IsCancellationRequested; next += quietInterval)
            {
                while (clock.Elapsed < next && !_stop.IsCancellationRequested)
                {
                    Thread.Sleep(20);
                }

                lowestRecall = Math.Min(lowestRecall, Quiet(clock));
            }
        }
        finally
        {
            _stop.Cancel();
            Array.ForEach(threads, thread => thread.Join());
        }

        if (_failure is not null)
        {
            throw new InvalidOperationException($"After {clock.Elapsed}, {_searches} searches and {_changes} changes: {_failure.Message}", _failure);
        }

        report(string.Create(
            CultureInfo.InvariantCulture,
            $"{clock.Elapsed:hh\\:mm\\:ss}: {_searches:N0} searches, {_changes:N0} works changed, {target.Builds} builds, lowest recall@{QuietK} {lowestRecall:0.000}, heap {Megabytes(_memory.Max(sample => sample.Heap))} MB, resident {Megabytes(_memory.Max(sample => sample.Resident))} MB at most"));
        Assert.True(target.Builds >= 2, $"The index was built {target.Builds} times only.");
        if (duration >= TimeSpan.FromMinutes(1))
        {
            AssertNoGrowth("GC heap", sample => sample.Heap);
            AssertNoGrowth("resident memory", sample => sample.Resident);
        }
    }

    public void Dispose()
    {
        _changing.Dispose();
        _stop.Dispose();
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    private Thread Start(Action body)
    {
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
                _stop.Cancel();
            }
        });
        thread.Start();
        return thread;
    }

    /// <summary>Each writer has works of its own, so that the order of the changes to one work is known.</summary>
    private void Change(int writer)
    {
        var random = new Random(writer);
        while (!_stop.IsCancellationRequested)
        {
            _changing.EnterReadLock();
            try
            {
                int[] works = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => (random.Next(Works / Writers) * Writers) + writer).Distinct()];
                int[] removed = [.. works.Where(work => _history.CurrentVersion(work) >= 0 && random.Next(2) == 0)];
                (int Work, int Version)[] added = [.. works.Except(removed).Select(work => (work, _history.NextVersion(work)))];
                _history.BeginRemove(removed);
                target.Remove(removed);
                _history.EndRemove(removed);
                _history.BeginAdd(added);
                target.Add(added);
                _history.EndAdd(added);
                Interlocked.Add(ref _changes, works.Length);
            }
            finally
            {
                _changing.ExitReadLock();
            }

            Thread.Sleep(random.Next(6));
        }
    }

    private void Search(int searcher)
    {
        var random = new Random(1000 + searcher);
        while (!_stop.IsCancellationRequested)
        {
            int k = random.Next(4) switch { 0 => 1, 1 => 100, _ => 10 };
            SoakFilter filter = random.Next(4) switch
            {
                0 => new SoakFilter(Genre: random.Next(SoakFilter.Genres)),
                1 => new SoakFilter(Works: [.. Enumerable.Range(0, 5).Select(_ => random.Next(Works))]),
                _ => new SoakFilter(),
            };
            float[] query = random.Next(2) == 0 ? SoakVectors.Query(random.Next(1000)) : SoakVectors.Of(random.Next(Works), 0);
            (long, long) search = _history.BeginSearch();
            IReadOnlyList<(int Work, float Distance)> found = target.Search(query, k, filter);
            ChangeHistory.Sight sight = _history.EndSearch(search, found.Select(result => result.Work), filter.Allows);
            CheckAnswer(query, k, filter, found, sight);
            Interlocked.Increment(ref _searches);
        }
    }

    private static void CheckAnswer(float[] query, int k, SoakFilter filter, IReadOnlyList<(int Work, float Distance)> found, ChangeHistory.Sight sight)
    {
        Assert.InRange(found.Count, Math.Min(k, sight.Certain), k);
        Assert.Equal(found.Count, found.Select(result => result.Work).Distinct().Count());
        for (int i = 0; i < found.Count; i++)
        {
            (int work, float distance) = found[i];
            Assert.True(filter.Allows(work), $"Work {work} is not what {filter} allows.");
            Assert.True(i == 0 || found[i - 1].Distance <= distance, $"Place {i} is nearer than the one before.");
            double[] possible = [.. sight.Possible[work].Select(version => SoakVectors.Distance(query, SoakVectors.Of(work, version)))];
            Assert.True(possible.Length > 0, $"Work {work} was not there during the search.");
            Assert.True(Array.Exists(possible, true_ => Math.Abs(distance - true_) <= 4e-6 * Math.Max(1, true_)), $"Work {work} is given at {distance:r}; it was at {string.Join(" or ", possible)}.");
        }
    }

    /// <summary>While nothing changes and searches go on: recall, memory and what the target checks itself.</summary>
    private double Quiet(Stopwatch clock)
    {
        _changing.EnterWriteLock();
        try
        {
            target.Check(_history);
            (int Work, float[] Vector)[] present =
                [.. Enumerable.Range(0, Works).Where(work => _history.CurrentVersion(work) >= 0).Select(work => (work, SoakVectors.Of(work, _history.CurrentVersion(work))))];
            int hits = 0, wanted = 0;
            for (int i = 0; i < QuietQueries; i++)
            {
                float[] query = SoakVectors.Query(100_000 + i);
                SoakFilter filter = i % 4 == 0 ? new SoakFilter(Genre: i % SoakFilter.Genres) : new SoakFilter();
                double[] truth = [.. present.Where(work => filter.Allows(work.Work)).Select(work => SoakVectors.Distance(query, work.Vector)).Order().Take(QuietK)];
                IReadOnlyList<(int Work, float Distance)> found = target.Search(query, QuietK, filter);
                Assert.Equal(truth.Length, found.Count);
                hits += found.Count(result => result.Distance <= truth[^1] + 4e-6);
                wanted += truth.Length;
            }

            double recall = (double)hits / wanted;
            Assert.True(recall >= RecallFloor, $"Recall@{QuietK} is {recall:0.000} after {clock.Elapsed}.");
            target.Maintain();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _memory.Add((clock.Elapsed, GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet));
            return recall;
        }
        finally
        {
            _changing.ExitWriteLock();
        }
    }

    /// <summary>The first fifth is warm-up: code is compiled, pools and caches fill.</summary>
    private void AssertNoGrowth(string what, Func<(TimeSpan Time, long Heap, long Resident), long> value)
    {
        long first = _memory.Where(sample => sample.Time > duration / 5 && sample.Time <= duration / 2).Max(value);
        long second = _memory.Where(sample => sample.Time > duration / 2).Max(value);
        IEnumerable<string> course = _memory.GroupBy(sample => (int)(10 * sample.Time / duration)).Select(tenth => Megabytes(tenth.Max(value)));
        report($"{what}: {Megabytes(first)} MB at most in the first half after warm-up, {Megabytes(second)} MB in the second; by tenths {string.Join(" ", course)}");
        Assert.True(second <= (1.1 * first) + (32 << 20), $"The {what} grew from {Megabytes(first)} MB at most in the first half to {Megabytes(second)} MB in the second.");
    }
}
