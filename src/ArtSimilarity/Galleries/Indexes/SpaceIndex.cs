using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries.Indexes;

/// <summary>
/// Chooses, keeps and rebuilds the index of one feature space: an exact one, and where there is a provider and enough signatures one
/// that it built. Before each search the version of the space tells whether signatures were written or removed, by this process or
/// another; the changes are then applied. Builds run in the background: searches go on with the index there is, and with an exact
/// one while there is none.
/// </summary>
internal sealed class SpaceIndex : IAsyncDisposable
{
    /// <summary>A refresh over so many commits at most is a small one.</summary>
    private const int SmallRefresh = 64;

    private readonly IGalleryStore _store;
    private readonly FeatureSpace _space;
    private readonly IVectorIndexProvider? _provider;
    private readonly GalleryOptions _options;
    private readonly ILogger _logger;
    private readonly GalleryTelemetry _telemetry;
    private readonly CancellationToken _closing;
    private readonly DerivedIndexes? _derived;
    private readonly IndexSlot _exact, _built;
    private readonly BackgroundBuild _build;
    private readonly SemaphoreSlim _tuning = new(1, 1);
    private volatile bool _exactAskedFor, _nothingToOpen;
    private volatile FeatureSpaceSummary _lastSummary;

    /// <param name="store">The truth.</param>
    /// <param name="space">The feature space.</param>
    /// <param name="provider">Builds the index; <see langword="null"/> for none.</param>
    /// <param name="options">The gallery's options.</param>
    /// <param name="logger">Told of indexes built and of builds that failed.</param>
    /// <param name="telemetry">Told how long builds took.</param>
    /// <param name="clock">Measures the time since a failed build.</param>
    /// <param name="closing">Cancels refreshes and builds, before <see cref="DisposeAsync"/>.</param>
    public SpaceIndex(
        IGalleryStore store,
        FeatureSpace space,
        IVectorIndexProvider? provider,
        GalleryOptions options,
        ILogger logger,
        GalleryTelemetry telemetry,
        TimeProvider clock,
        CancellationToken closing)
    {
        (_store, _space, _provider, _options, _logger, _telemetry, _closing) = (store, space, provider, options, logger, telemetry, closing);
        _exact = new IndexSlot(RefreshExactAsync);
        _built = new IndexSlot(RefreshBuiltAsync);
        _derived = provider is null ? null : new DerivedIndexes(store, space, provider, options, logger);
        _lastSummary = new FeatureSpaceSummary(space, 0, default);
        _build = new BackgroundBuild(Build, ReportFailure, clock, closing);
    }

    private string TuningProperty => $"tuning.{_provider!.Name}:{_space}";

    /// <summary>An index that reflects the store as it was when its version was read, or later. The caller releases it.</summary>
    /// <param name="exact">Whether it must compare with every signature.</param>
    /// <param name="summary">What the store holds of the space, read when the search began.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <remarks>
    /// The version is not read again: a search answers as of its beginning, and commits that follow one another faster than a search do
    /// not keep it waiting. An index of another version than that is taken after a refresh that began later than the search did.
    /// </remarks>
    public async ValueTask<LiveIndex> HoldAsync(bool exact, FeatureSpaceSummary summary, CancellationToken cancellationToken)
    {
        _lastSummary = summary;
        if (exact)
        {
            _exactAskedFor = true;
        }

        IndexSlot? refreshed = null;
        while (true)
        {
            bool built = !exact && IsToBeBuilt(summary);
            IndexSlot slot = built && !(_built.IsEmpty && _nothingToOpen) ? _built : _exact;
            LiveIndex? index = slot.TryHold();
            if (index is null || (index.Version != summary.Version && refreshed != slot))
            {
                bool isSmall = index is not null && Math.Abs(summary.Version.Generation - index.Version.Generation) <= SmallRefresh;
                index?.Release();
                refreshed = await RefreshAsync(slot, isSmall, cancellationToken).ConfigureAwait(false) ? slot : refreshed;
                continue;
            }

            // After the exact index was loaded, so that the build can share its vectors.
            if (built && IsBuildDue(index, summary))
            {
                _build.BeginIfDue();
            }

            if (slot == _built)
            {
                ForgetExact();
            }

            return index;
        }
    }

    /// <summary>
    /// How many signatures the last search or question found outside the built index; <see langword="null"/> where none is meant to be.
    /// </summary>
    public (string Index, int Count)? Pending
    {
        get
        {
            FeatureSpaceSummary summary = _lastSummary;
            if (!IsToBeBuilt(summary))
            {
                return null;
            }

            LiveIndex? index = _built.TryHold();
            int count = index?.Changes ?? summary.Count;
            index?.Release();
            return (_provider!.Name, count);
        }
    }

    /// <summary>The state of the built index, in step with the store where one is open. Opens and builds none.</summary>
    public async ValueTask<IndexState> GetStateAsync(FeatureSpaceSummary summary, CancellationToken cancellationToken)
    {
        _lastSummary = summary;
        LiveIndex? index = _built.TryHold();
        if (index is not null && index.Version != summary.Version)
        {
            index.Release();
            await RefreshAsync(_built, isSmall: false, cancellationToken).ConfigureAwait(false);
            index = _built.TryHold();
        }

        int indexed = index?.Built!.Count ?? 0, changes = index?.Changes ?? 0;
        index?.Release();
        (double? progress, IndexBuildFailure? failure) = _build.State;
        return new IndexState
        {
            Space = _space,
            Index = _provider?.Name,
            Status = progress is not null ? IndexStatus.Building
                : failure is not null ? IndexStatus.Failed
                : index is null ? (IsToBeBuilt(summary) ? IndexStatus.NotOpen : IndexStatus.None)
                : changes == 0 ? IndexStatus.Current : IndexStatus.Behind,
            IndexedCount = indexed,
            ChangesSinceBuild = changes,
            BuildProgress = progress,
            LastFailure = failure,
        };
    }

    /// <summary>Opens or refreshes the index that searches are meant to have, and builds it where that is due, whatever failed before.</summary>
    public async Task PrepareAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        FeatureSpaceSummary summary = await ReadSummaryAsync(cancellationToken).ConfigureAwait(false);
        if (IsToBeBuilt(summary))
        {
            await RefreshAsync(_built, isSmall: false, cancellationToken).ConfigureAwait(false);
            if (IsBuildDue(summary))
            {
                await _build.RunAsync(progress, cancellationToken).ConfigureAwait(false);
            }
        }

        summary = await ReadSummaryAsync(cancellationToken).ConfigureAwait(false);
        (await HoldAsync(exact: false, summary, cancellationToken).ConfigureAwait(false)).Release();
        progress?.Report(1);
    }

    /// <summary>Keeps a tuning with the gallery and gives it to the built index where there is one.</summary>
    /// <exception cref="ArgumentException">The tuning is of another kind of index, or the index refuses it; nothing has changed.</exception>
    /// <exception cref="NotSupportedException">The index cannot be tuned.</exception>
    public async Task SetTuningAsync(VectorIndexTuning? tuning, CancellationToken cancellationToken)
    {
        if (tuning is not null && tuning.IndexName != _provider!.Name)
        {
            throw new ArgumentException($"The tuning is of the index '{tuning.IndexName}', and the gallery's index is '{_provider.Name}'.", nameof(tuning));
        }

        // An index that is there tells whether the tuning fits it.
        if (IsToBeBuilt(await ReadSummaryAsync(cancellationToken).ConfigureAwait(false)))
        {
            await RefreshAsync(_built, isSmall: false, cancellationToken).ConfigureAwait(false);
        }

        // In turns with the giving of the kept tuning to a new index, which must not miss it.
        await _tuning.WaitAsync(cancellationToken).ConfigureAwait(false);
        LiveIndex? index = _built.TryHold();
        try
        {
            if (index is null)
            {
                await _store.SetPropertyAsync(TuningProperty, tuning?.ToString(), cancellationToken).ConfigureAwait(false);
                return;
            }

            IVectorIndex built = index.Built!;
            if (built.Accuracy != VectorIndexAccuracy.Adjustable)
            {
                throw new NotSupportedException($"The index '{_provider!.Name}' cannot be tuned.");
            }

            VectorIndexTuning? former = built.Tuning;
            built.Tuning = tuning;
            try
            {
                await _store.SetPropertyAsync(TuningProperty, tuning?.ToString(), cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                built.Tuning = former;
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
    /// <exception cref="FormatException">It cannot be read.</exception>
    public async ValueTask<VectorIndexTuning?> GetTuningAsync(CancellationToken cancellationToken) =>
        await _store.GetPropertyAsync(TuningProperty, cancellationToken).ConfigureAwait(false) is string text ? _provider!.ParseTuning(text) : null;

    /// <summary>Waits for refreshes, the build and the searches, and closes the indexes.</summary>
    public async ValueTask DisposeAsync()
    {
        // The semaphore is not disposed of: it holds nothing here, and a late caller shall not fail on it.
        await _build.CloseAsync().ConfigureAwait(false);
        await _built.CloseAsync().ConfigureAwait(false);
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

    /// <summary>A built index that is open is used, however many signatures are removed.</summary>
    private bool IsToBeBuilt(FeatureSpaceSummary summary) =>
        _provider is not null && (summary.Count >= _options.ApproximateFrom || !_built.IsEmpty);

    private bool IsBuildDue(LiveIndex index, FeatureSpaceSummary summary) =>
        summary.Count >= _options.ApproximateFrom && (index.Built is null || index.Changes > _options.RebuildShare * index.Built.Count);

    private bool IsBuildDue(FeatureSpaceSummary summary)
    {
        LiveIndex? index = _built.TryHold();
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
        LiveIndex? open = _exact.TryHold();
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
        LiveIndex index = LiveIndex.Exact(all.Added, _options.Metric, all.Version);
        _exact.Replace(index);
        index.Release();
    }

    private async Task RefreshBuiltAsync()
    {
        LiveIndex? open = _built.TryHold();
        LiveIndex? index = open ?? await _derived!.OpenAsync(_closing).ConfigureAwait(false);
        if (index is null)
        {
            _nothingToOpen = true;
            return;
        }

        try
        {
            if (!await TryApplyChangesAsync(index, _closing).ConfigureAwait(false))
            {
                _logger.IndexIsOfAnotherHistory(_provider!.Name, _space);
                _nothingToOpen = true;
                if (open is not null)
                {
                    _built.Replace(null);
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

    /// <summary>Builds the index anew, over what the store holds now, and puts it in the place of the former.</summary>
    /// <remarks>Blocks: the thread is there for this build alone, and one in this process computes on it.</remarks>
    private void Build(IProgress<double> progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            BuildAndPublish(clock, progress, cancellationToken);
            _telemetry.IndexBuilt(_space, _provider!.Name, clock.Elapsed, null);
        }
        catch (Exception e)
        {
            _telemetry.IndexBuilt(_space, _provider!.Name, clock.Elapsed, e);
            throw;
        }
    }

    private void BuildAndPublish(Stopwatch clock, IProgress<double> progress, CancellationToken cancellationToken)
    {
        LiveIndex index = BuildOverAll(progress, cancellationToken);
        try
        {
            // What was written and removed during the build is carried over; what comes after this is left to the next refresh.
            if (!TryApplyChangesAsync(index, cancellationToken).AsTask().GetAwaiter().GetResult())
            {
                throw new GalleryStoreException($"The gallery was put back to an earlier state while the {_provider!.Name} index of {_space} was built.");
            }

            PublishAsync(index, cancellationToken).GetAwaiter().GetResult();
            _logger.BuildEnded(_provider!.Name, index.Built!.Count, _space, clock.Elapsed, index.Changes);
        }
        finally
        {
            index.Release();
        }
    }

    /// <remarks>A method of its own, so that nothing holds the vectors once it has ended.</remarks>
    private LiveIndex BuildOverAll(IProgress<double> progress, CancellationToken cancellationToken)
    {
        (VectorSet vectors, SpaceVersion version) = ShareExactVectors() ?? ReadAllNow(cancellationToken);
        _logger.BuildBegins(_provider!.Name, vectors.Count, _space);
        return _derived!.BuildAsync(vectors, version, progress, cancellationToken).AsTask().GetAwaiter().GetResult();
    }

    private (VectorSet Vectors, SpaceVersion Version) ReadAllNow(CancellationToken cancellationToken)
    {
        SignatureChanges all = ReadAllAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        return (all.Added, all.Version);
    }

    /// <summary>The vectors of the exact index, when that is loaded: they need not be in memory twice.</summary>
    private (VectorSet Vectors, SpaceVersion Version)? ShareExactVectors()
    {
        LiveIndex? index = _exact.TryHold();
        try
        {
            // The version first: the vectors may reflect later changes, which the index is told of once more and passes over.
            SpaceVersion version = index?.Version ?? default;
            return index is null ? null : (index.ShareVectors(), version);
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
        _logger.BuildFailed(cause, _provider!.Name, _space, failures, pause);

    /// <summary>Gives a built index its tuning and puts it in the place of the former, which is closed when its last search ends.</summary>
    private async Task PublishAsync(LiveIndex index, CancellationToken cancellationToken)
    {
        await _tuning.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (index.Built is { Accuracy: VectorIndexAccuracy.Adjustable } built
                && await _store.GetPropertyAsync(TuningProperty, cancellationToken).ConfigureAwait(false) is string text)
            {
                try
                {
                    built.Tuning = _provider!.ParseTuning(text);
                }
                catch (Exception e) when (e is FormatException or ArgumentException)
                {
                    // It costs time or quality, but no correctness: the index has settings of its own.
                    _logger.TuningIsRefused(_provider!.Name, _space, e.Message);
                }
            }

            _built.Replace(index);
            ForgetExact();
        }
        finally
        {
            _tuning.Release();
        }
    }

    /// <summary>Brings an index in step with the store.</summary>
    /// <returns>Whether it could: an index of another history cannot.</returns>
    private async ValueTask<bool> TryApplyChangesAsync(LiveIndex index, CancellationToken cancellationToken)
    {
        SignatureChanges? changes = await _store.ReadChangesAsync(_space, index.Version, index.LastId, cancellationToken).ConfigureAwait(false);
        if (changes is null)
        {
            return false;
        }

        index.Apply(changes);
        return true;
    }
}
