using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ArtSimilarity.Hosting;

/// <summary>
/// Asks a gallery's store for its feature spaces. The gallery is unhealthy when that fails, and degraded while its warm-up runs or when
/// it has failed.
/// </summary>
internal sealed class GalleryHealthCheck(IServiceProvider services, RegisteredGallery registered) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<FeatureSpaceSummary> spaces;
        try
        {
            spaces = await registered.Resolve(services).Store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The gallery cannot be read.", e);
        }

        Dictionary<string, object> data = spaces.ToDictionary(space => $"signatures of {space.Space}", space => (object)space.Count);
        GalleryWarmUpService? warmUp = services.GetKeyedService<GalleryWarmUpService>(registered);
        return warmUp switch
        {
            { Failure: Exception failure } => HealthCheckResult.Degraded("The index could not be prepared; it is tried again.", failure, data),
            { HasEnded: false } => HealthCheckResult.Degraded("The index is being prepared; an exact scan answers.", data: data),
            _ => HealthCheckResult.Healthy("The gallery can be searched.", data),
        };
    }
}
