using ArtSimilarity;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers ArtSimilarity in a host's services.</summary>
public static class ArtSimilarityServiceCollectionExtensions
{
    /// <summary>
    /// Registers a singleton <see cref="Gallery"/> made of the parts that are added to the returned builder: a decoder
    /// (<c>AddNetVips</c>), one or more feature extractors (<c>AddOnnxFeatureExtractor</c>, <c>AddClassicalFeatureExtractor</c>),
    /// a store (<c>AddSqliteGallery</c>, <c>AddInMemoryGallery</c>) and, for large galleries, an approximate index
    /// (<c>AddFastScanIndex</c>).
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the gallery's options.</param>
    /// <returns>A builder that the parts are added to.</returns>
    /// <remarks>Nothing is opened or loaded before the gallery is first resolved; a missing part is named then.</remarks>
    public static ArtSimilarityBuilder AddArtSimilarity(this IServiceCollection services, Action<GalleryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider =>
        {
            var options = new GalleryOptions();
            configure?.Invoke(options);
            return new Gallery(
                provider.GetService<IGalleryStore>() ?? throw Missing("gallery store", "AddSqliteGallery(path) or AddInMemoryGallery()"),
                provider.GetService<IImageDecoder>() ?? throw Missing("image decoder", "AddNetVips()"),
                provider.GetServices<IFeatureExtractor>(),
                provider.GetService<IVectorIndexProvider>(),
                options,
                provider.GetService<ILogger<Gallery>>());
        });
        return new ArtSimilarityBuilder(services);
    }

    /// <summary>Adds the model-free extractor of colour, texture and edges; see <see cref="ClassicalFeatureExtractor"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static ArtSimilarityBuilder AddClassicalFeatureExtractor(this ArtSimilarityBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFeatureExtractor, ClassicalFeatureExtractor>();
        return builder;
    }

    private static InvalidOperationException Missing(string part, string remedy) =>
        new($"The gallery has no {part}: call {remedy} on the builder that AddArtSimilarity() returns.");
}
