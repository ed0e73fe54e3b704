using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ArtSimilarity.Hosting;

/// <summary>
/// Asks a gallery for its feature spaces and the states of their indexes. The gallery is unhealthy when that fails, and degraded while its
/// warm-up runs, when that has failed, or when the last build of an index has.
/// </summary>
internal sealed class GalleryHealthCheck(IServiceProvider services, RegisteredGallery registered) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<FeatureSpaceSummary> spaces;
        IReadOnlyList<IndexState> states;
        try
        {
            Gallery gallery = registered.Resolve(services);
            spaces = await gallery.Store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
            states = await gallery.GetIndexStatesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The gallery cannot be read.", e);
        }

        Dictionary<string, object> data = spaces.ToDictionary(space => $"signatures of {space.Space}", space => (object)space.Count);
        foreach (IndexState state in states)
        {
            data.Add($"index of {state.Space}", state.ToString());
        }

        IndexState? failed = states.FirstOrDefault(state => state.Status == IndexStatus.Failed);
        GalleryWarmUpService? warmUp = services.GetKeyedService<GalleryWarmUpService>(registered);
        return warmUp switch
        {
            { Failure: Exception failure } => HealthCheckResult.Degraded("The index could not be prepared; it is tried again.", failure, data),
            { HasEnded: false } => HealthCheckResult.Degraded("The index is being prepared; an exact scan answers.", data: data),
            _ when failed is not null => HealthCheckResult.Degraded("The last build of an index failed; searches find all works, and it is tried again.", failed.LastFailure!.Cause, data),
            _ => HealthCheckResult.Healthy("The gallery can be searched.", data),
        };
    }
}
