using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Hosting;

/// <summary>
/// Prepares a gallery once the host has started: it opens the gallery and opens, or builds, the index of every feature space in it. The host
/// does not wait for it; searches that come before its end take an exact scan.
/// </summary>
/// <remarks>
/// What fails is logged as a warning, here and nowhere else, and told by the health check. The host goes on. The service tries again: after half a minute, and then
/// after twice as long each time, up to an hour.
/// </remarks>
internal sealed partial class GalleryWarmUpService(
    IServiceProvider services, RegisteredGallery registered, ILogger<GalleryWarmUpService> logger, TimeProvider? clock = null) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30), LongestPause = TimeSpan.FromHours(1);
    private volatile Exception? _failure;
    private volatile bool _hasEnded;

    /// <summary>Whether the gallery is prepared.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Why the last try failed; <see langword="null"/> before the first, and once one has not.</summary>
    public Exception? Failure => _failure;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // opening a gallery takes time, and the host starts others after this
        for (TimeSpan pause = FirstPause; !await TryPrepareAsync(pause, stoppingToken).ConfigureAwait(false); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, clock ?? TimeProvider.System, stoppingToken).ConfigureAwait(false);
        }

        _hasEnded = true;
    }

    private async Task<bool> TryPrepareAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            Gallery gallery = registered.Resolve(services);
            foreach (FeatureSpaceSummary space in await gallery.Store.GetFeatureSpacesAsync(stoppingToken).ConfigureAwait(false))
            {
                await gallery.PrepareAsync(space.Space, cancellationToken: stoppingToken).ConfigureAwait(false);
                Prepared(logger, registered.Name ?? "gallery", space.Space, space.Count);
            }

            _failure = null;
            return true;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            _failure = e;
            Failed(logger, e, registered.Name ?? "gallery", pause, e.Message);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The index of {Space} in the gallery '{Gallery}' is ready, over {Count} signatures.")]
    private static partial void Prepared(ILogger logger, string gallery, FeatureSpace space, int count);

    [LoggerMessage(2, LogLevel.Warning, "The gallery '{Gallery}' could not be prepared, and is tried again in {Pause}: {Reason}")]
    private static partial void Failed(ILogger logger, Exception cause, string gallery, TimeSpan pause, string reason);
}
