using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// The indexes of one feature space: an exact one, and where there is a provider and enough signatures an approximate one. Before
/// each search the version of the space tells whether signatures were written or removed, by this process or another; the
/// changes are then applied. Builds run in the background: searches go on with the index there is, and with an exact
/// one while there is none.
/// </summary>
internal sealed class SpaceIndexes : IAsyncDisposable
{
    /// <summary>A refresh over so many commits at most is a small one.</summary>
    private const int SmallRefresh = 64;

    private readonly IGalleryStore _store;
    private readonly FeatureSpace _space;
    private readonly IVectorIndexProvider? _provider;
    private readonly GalleryOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationToken _closing;
    private readonly IndexSlot _exact, _approximate;
    private readonly BackgroundBuild _build;
    private readonly SemaphoreSlim _tuning = new(1, 1);
    private volatile bool _exactAskedFor, _nothingToOpen;

    /// <param name="store">The truth.</param>
    /// <param name="space">The feature space.</param>
    /// <param name="provider">Builds the approximate index; <see langword="null"/> for none.</param>
    /// <param name="options">The gallery's options.</param>
    /// <param name="logger">Told of indexes built and of builds that failed.</param>
    /// <param name="clock">Measures the time since a failed build.</param>
    /// <param name="closing">Cancels refreshes and builds, before <see cref="DisposeAsync"/>.</param>
    public SpaceIndexes(
        IGalleryStore store, FeatureSpace space, IVectorIndexProvider? provider, GalleryOptions options, ILogger logger, TimeProvider clock, CancellationToken closing)
    {
        (_store, _space, _provider, _options, _logger, _closing) = (store, space, provider, options, logger, closing);
        _exact = new IndexSlot(RefreshExactAsync);
        _approximate = new IndexSlot(RefreshApproximateAsync);
        _build = new BackgroundBuild(Build, ReportFailure, clock, closing);
    }

    private string TuningProperty => $"tuning.{_provider!.Name}:{_space}";

    /// <summary>An index that reflects the store as it is now, or later.</summary>
    /// <remarks>
    /// The version is read once: a search answers as of its beginning, and commits that follow one another faster than a search do not
    /// keep it waiting. An index of another version than that is taken after a refresh that began later than the search did.
    /// </remarks>
    public async ValueTask<IndexLease> LeaseAsync(bool exact, CancellationToken cancellationToken)
    {
        if (exact)
        {
            _exactAskedFor = true;
        }

        FeatureSpaceSummary summary = await ReadSummaryAsync(cancellationToken).ConfigureAwait(false);
        IndexSlot? refreshed = null;
        while (true)
        {
            bool approximate = !exact && IsApproximate(summary);
            IndexSlot slot = approximate && !(_approximate.IsEmpty && _nothingToOpen) ? _approximate : _exact;
            GalleryIndex? index = slot.TryHold();
            if (index is null || (index.Version != summary.Version && refreshed != slot))
            {
                bool isSmall = index is not null && Math.Abs(summary.Version.Generation - index.Version.Generation) <= SmallRefresh;
                index?.Release();
                refreshed = await RefreshAsync(slot, isSmall, cancellationToken).ConfigureAwait(false) ? slot : refreshed;
                continue;
            }

            // After the exact index was loaded, so that the build can share its vectors.
            if (approximate && IsBuildDue(index, summary))
            {
                _build.BeginIfDue();
            }

            if (slot == _approximate)
            {
                ForgetExact();
            }

            return new IndexLease(index);
        }
    }

    /// <summary>Opens or refreshes the index that searches are meant to have, and builds it where that is due, whatever failed before.</summary>
    public async Task PrepareAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        FeatureSpaceSummary summary = await ReadSummaryAsync(cancellationToken).ConfigureAwait(false);
        if (IsApproximate(summary))
        {
            await RefreshAsync(_approximate, isSmall: false, cancellationToken).ConfigureAwait(false);
            if (IsApproximateDue(summary))
            {
                await _build.RunAsync(progress, cancellationToken).ConfigureAwait(false);
            }
        }

        using IndexLease lease = await LeaseAsync(exact: false, cancellationToken).ConfigureAwait(false);
        progress?.Report(1);
    }

    /// <summary>Keeps a tuning with the gallery and gives it to the approximate index where there is one.</summary>
    /// <exception cref="FormatException">The index refuses the text; nothing has changed.</exception>
    /// <exception cref="NotSupportedException">The index cannot be tuned.</exception>
    public async Task SetTuningAsync(string? text, CancellationToken cancellationToken)
    {
        // An index that is there tells whether the text is any good.
        if (IsApproximate(await ReadSummaryAsync(cancellationToken).ConfigureAwait(false)))
        {
            await RefreshAsync(_approximate, isSmall: false, cancellationToken).ConfigureAwait(false);
        }

        // In turns with the giving of the kept tuning to a new index, which must not miss it.
        await _tuning.WaitAsync(cancellationToken).ConfigureAwait(false);
        GalleryIndex? index = _approximate.TryHold();
        try
        {
            if (index is null)
            {
                await _store.SetPropertyAsync(TuningProperty, text, cancellationToken).ConfigureAwait(false);
                return;
            }

            ITunableVectorIndex tunable = index.Index as ITunableVectorIndex
                ?? throw new NotSupportedException($"The index '{_provider!.Name}' cannot be tuned.");
            string? former = tunable.Tuning;
            tunable.Tuning = text;
            try
            {
                await _store.SetPropertyAsync(TuningProperty, text, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                tunable.Tuning = former;
                throw;
            }
        }
        finally
        {
            index?.Release();
            _tuning.Release();
        }
    }

    /// <summary>The tuning kept with the gallery.</summary>
    public ValueTask<string?> GetTuningAsync(CancellationToken cancellationToken) => _store.GetPropertyAsync(TuningProperty, cancellationToken);

    /// <summary>Waits for refreshes, the build and the searches, and closes the indexes.</summary>
    public async ValueTask DisposeAsync()
    {
        // The semaphore is not disposed of: it holds nothing here, and a late caller shall not fail on it.
        await _build.CloseAsync().ConfigureAwait(false);
        await _approximate.CloseAsync().ConfigureAwait(false);
        await _exact.CloseAsync().ConfigureAwait(false);
    }

    /// <returns>Whether the refresh began after this call did.</returns>
    private async Task<bool> RefreshAsync(IndexSlot slot, bool isSmall, CancellationToken cancellationToken)
    {
        try
        {
            await slot.RefreshAsync(isSmall, out bool isJoined).WaitAsync(cancellationToken).ConfigureAwait(false);
            return !isJoined;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(Gallery));
        }
    }

    private async ValueTask<FeatureSpaceSummary> ReadSummaryAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        return held.FirstOrDefault(candidate => candidate.Space == _space) ?? new FeatureSpaceSummary(_space, 0, default);
    }

    /// <summary>An approximate index that is open is used, however many signatures are removed.</summary>
    private bool IsApproximate(FeatureSpaceSummary summary) =>
        _provider is not null && (summary.Count >= _options.ApproximateFrom || !_approximate.IsEmpty);

    private bool IsBuildDue(GalleryIndex index, FeatureSpaceSummary summary) =>
        summary.Count >= _options.ApproximateFrom && (index.IsExact || index.Changes > _options.RebuildShare * index.BuiltCount);

    private bool IsApproximateDue(FeatureSpaceSummary summary)
    {
        GalleryIndex? index = _approximate.TryHold();
        bool due = index is null || IsBuildDue(index, summary);
        index?.Release();
        return due;
    }

    /// <summary>Lets go of the vectors that an exact index holds in memory, unless searches ask for it.</summary>
    private void ForgetExact()
    {
        if (!_exactAskedFor && !_exact.IsEmpty)
        {
            _exact.Replace(null);
        }
    }

    private async Task RefreshExactAsync()
    {
        GalleryIndex? open = _exact.TryHold();
        if (open is not null)
        {
            try
            {
                if (await TryApplyChangesAsync(open, _closing).ConfigureAwait(false))
                {
                    return;
                }
            }
            finally
            {
                open.Release();
            }
        }

        SignatureChanges all = await ReadAllAsync(_closing).ConfigureAwait(false);
        int lastId = all.Added.Count == 0 ? -1 : all.Added.Ids[^1];
        var index = new GalleryIndex(new FlatIndex(all.Added, _options.Metric), isExact: true, all.Version, lastId, builtCount: 0);
        _exact.Replace(index);
        index.Release();
    }

    private async Task RefreshApproximateAsync()
    {
        GalleryIndex? open = _approximate.TryHold();
        GalleryIndex? index = open ?? new DerivedIndex(_store, _space, _provider!, _options, _logger).Open();
        if (index is null)
        {
            _nothingToOpen = true;
            return;
        }

        try
        {
            if (!await TryApplyChangesAsync(index, _closing).ConfigureAwait(false))
            {
                _logger.LogInformation("The {Provider} index of {Space} belongs to another history of the gallery, and is built anew.", _provider!.Name, _space);
                _nothingToOpen = true;
                if (open is not null)
                {
                    _approximate.Replace(null);
                }
            }
            else if (open is null)
            {
                await PublishAsync(index, _closing).ConfigureAwait(false);
            }
        }
        finally
        {
            index.Release();
        }
    }

    /// <summary>Builds the approximate index anew, over what the store holds now, and puts it in the place of the former.</summary>
    private void Build(IProgress<double> progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        GalleryIndex index = BuildOverAll(progress, cancellationToken);
        try
        {
            // What was written and removed during the build is carried over; what comes after this is left to the next refresh.
            if (!TryApplyChangesAsync(index, cancellationToken).AsTask().GetAwaiter().GetResult())
            {
                throw new GalleryStoreException($"The gallery was put back to an earlier state while the {_provider!.Name} index of {_space} was built.");
            }

            PublishAsync(index, cancellationToken).GetAwaiter().GetResult();
            _logger.LogInformation(
                "Built the {Provider} index over {Count} signatures of {Space} in {Elapsed}; {Changes} were added or removed meanwhile.",
                _provider!.Name, index.BuiltCount, _space, clock.Elapsed, index.Changes);
        }
        finally
        {
            index.Release();
        }
    }

    /// <remarks>A method of its own, so that nothing holds the vectors once it has ended.</remarks>
    private GalleryIndex BuildOverAll(IProgress<double> progress, CancellationToken cancellationToken)
    {
        (VectorSet vectors, SpaceVersion version) = ShareExactVectors() ?? ReadAllNow(cancellationToken);
        _logger.LogInformation("Building the {Provider} index over {Count} signatures of {Space}.", _provider!.Name, vectors.Count, _space);
        return new DerivedIndex(_store, _space, _provider, _options, _logger).Build(vectors, version, progress, cancellationToken);
    }

    private (VectorSet Vectors, SpaceVersion Version) ReadAllNow(CancellationToken cancellationToken)
    {
        SignatureChanges all = ReadAllAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        return (all.Added, all.Version);
    }

    /// <summary>The vectors of the exact index, when that is loaded: they need not be in memory twice.</summary>
    private (VectorSet Vectors, SpaceVersion Version)? ShareExactVectors()
    {
        GalleryIndex? index = _exact.TryHold();
        try
        {
            // The version first: the vectors may reflect later changes, which the index is told of once more and passes over.
            SpaceVersion version = index?.Version ?? default;
            return index is null ? null : (((FlatIndex)index.Index).Snapshot(), version);
        }
        finally
        {
            index?.Release();
        }
    }

    private async ValueTask<SignatureChanges> ReadAllAsync(CancellationToken cancellationToken) =>
        await _store.ReadChangesAsync(_space, default, -1, cancellationToken).ConfigureAwait(false)
        ?? throw new GalleryStoreException($"The store denies that its history of {_space} began empty.");

    private void ReportFailure(Exception cause, int failures, TimeSpan pause) =>
        _logger.LogError(
            cause,
            "Building the {Provider} index of {Space} failed, {Failures} times in a row. Searches go on without it; a search tries again after {Pause}.",
            _provider!.Name, _space, failures, pause);

    /// <summary>Gives an approximate index its tuning and puts it in the place of the former, which is closed when its last search ends.</summary>
    private async Task PublishAsync(GalleryIndex index, CancellationToken cancellationToken)
    {
        await _tuning.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (index.Index is ITunableVectorIndex tunable
                && await _store.GetPropertyAsync(TuningProperty, cancellationToken).ConfigureAwait(false) is string text)
            {
                try
                {
                    tunable.Tuning = text;
                }
                catch (FormatException e)
                {
                    // It costs time or quality, but no correctness: the index has settings of its own.
                    _logger.LogWarning("The tuning kept for the {Provider} index of {Space} is not used: {Reason}", _provider!.Name, _space, e.Message);
                }
            }

            _approximate.Replace(index);
            ForgetExact();
        }
        finally
        {
            _tuning.Release();
        }
    }

    /// <summary>Brings an index in step with the store.</summary>
    /// <returns>Whether it could: an index of another history cannot.</returns>
    private async ValueTask<bool> TryApplyChangesAsync(GalleryIndex index, CancellationToken cancellationToken)
    {
        SignatureChanges? changes = await _store.ReadChangesAsync(_space, index.Version, index.LastId, cancellationToken).ConfigureAwait(false);
        if (changes is null)
        {
            return false;
        }

        VectorSet added = changes.Added;
        for (int first = 0; first < added.Count; first += added.RowsPerBlock)
        {
            int rows = Math.Min(added.RowsPerBlock, added.Count - first);
            index.Index.Add(added.Ids.Slice(first, rows), added.RowsOfBlock(first / added.RowsPerBlock, rows));
            index.Changes += rows;
            index.LastId = added.Ids[first + rows - 1];
        }

        if (changes.Removed.Count > 0)
        {
            index.Changes += index.Index.Remove([.. changes.Removed]);
        }

        index.Version = changes.Version;
        return true;
    }
}
