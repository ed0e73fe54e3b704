using Microsoft.Extensions.DependencyInjection;

namespace ArtSimilarity;

/// <summary>Adds parts of ArtSimilarity to a host's services; every package brings its own extension methods for it.</summary>
public sealed class ArtSimilarityBuilder
{
    internal ArtSimilarityBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that parts are registered in.</summary>
    public IServiceCollection Services { get; }
}
