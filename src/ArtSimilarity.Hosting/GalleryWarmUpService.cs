using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Hosting;

/// <summary>
/// Prepares a gallery once the host has started: it opens the gallery and opens, or builds, the index of every feature space in it. The host
/// does not wait for it; searches that come before its end take an exact scan.
/// </summary>
/// <remarks>What fails is logged as an error and told by the health check. The host goes on, and searches begin the build again.</remarks>
internal sealed partial class GalleryWarmUpService(IServiceProvider services, RegisteredGallery registered, ILogger<GalleryWarmUpService> logger) : BackgroundService
{
    private volatile Exception? _failure;
    private volatile bool _hasEnded;

    /// <summary>Whether it has ended, well or not.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Why it failed.</summary>
    public Exception? Failure => _failure;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // opening a gallery takes time, and the host starts others after this
        try
        {
            Gallery gallery = registered.Resolve(services);
            foreach (FeatureSpaceSummary space in await gallery.Store.GetFeatureSpacesAsync(stoppingToken).ConfigureAwait(false))
            {
                await gallery.PrepareAsync(space.Space, cancellationToken: stoppingToken).ConfigureAwait(false);
                Prepared(logger, registered.Name ?? "gallery", space.Space, space.Count);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the gallery belongs to the container.
        }
        catch (Exception e)
        {
            _failure = e;
            Failed(logger, e, registered.Name ?? "gallery");
        }
        finally
        {
            _hasEnded = true;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The index of {Space} in the gallery '{Gallery}' is ready, over {Count} signatures.")]
    private static partial void Prepared(ILogger logger, string gallery, FeatureSpace space, int count);

    [LoggerMessage(2, LogLevel.Error, "The gallery '{Gallery}' could not be prepared. Searches try again.")]
    private static partial void Failed(ILogger logger, Exception exception, string gallery);
}
