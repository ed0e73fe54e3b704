using ArtSimilarity;
using ArtSimilarity.Galleries;
using ArtSimilarity.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what a host does for its galleries.</summary>
public static class HostingArtSimilarityBuilderExtensions
{
    /// <summary>
    /// Prepares the gallery once the host has started (<see cref="Gallery.PrepareAsync"/> for every feature space in it), in the
    /// background: the first searches are then as fast as those that follow.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// What fails is logged as a warning, and the gallery's health check tells it. The host goes on. It is tried again: after half a minute, and
    /// then after twice as long each time, up to an hour.
    /// </remarks>
    public static ArtSimilarityBuilder AddWarmUp(this ArtSimilarityBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RegisteredGallery registered = Find(builder.Services, builder.Name)!;
        if (!builder.Services.Any(service => service.IsKeyedService && service.ServiceKey == registered))
        {
            builder.Services.AddKeyedSingleton(registered, (provider, _) => ActivatorUtilities.CreateInstance<GalleryWarmUpService>(provider, registered));
            builder.Services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<GalleryWarmUpService>(registered));
        }

        return builder;
    }

    /// <summary>
    /// Adds a health check for a gallery. It is unhealthy when its store cannot be read. It is degraded while its index is being prepared
    /// (<see cref="AddWarmUp"/>), when that failed, or when the last build of an index failed. Its data tell the state of every index
    /// (<see cref="Gallery.GetIndexStatesAsync"/>).
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="gallery">The name the gallery was registered with; <see langword="null"/> for the one without a name.</param>
    /// <param name="failureStatus">What to report when the store cannot be read; <see langword="null"/> reports unhealthy.</param>
    /// <param name="tags">Tags to select health checks by.</param>
    /// <returns>The same health checks.</returns>
    /// <exception cref="InvalidOperationException">No such gallery has been registered yet.</exception>
    public static IHealthChecksBuilder AddGallery(this IHealthChecksBuilder builder, string? gallery = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RegisteredGallery registered = Find(builder.Services, gallery)
            ?? throw new InvalidOperationException(gallery is null
                ? "There is no gallery to check: call AddArtSimilarity() before AddGallery()."
                : $"There is no gallery '{gallery}' to check: call AddArtSimilarity(\"{gallery}\") before AddGallery(\"{gallery}\").");
        return builder.Add(new HealthCheckRegistration(gallery ?? "gallery", provider => new GalleryHealthCheck(provider, registered), failureStatus, tags));
    }

    private static RegisteredGallery? Find(IServiceCollection services, string? name) => services
        .Select(service => service.IsKeyedService ? null : service.ImplementationInstance as RegisteredGallery)
        .FirstOrDefault(registered => registered is not null && registered.Name == name);
}
