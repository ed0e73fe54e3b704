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
    /// Registers a singleton <see cref="Gallery"/> made of the parts that are added to the returned builder: a store (<c>AddSqliteGallery</c>,
    /// <c>AddInMemoryGallery</c>), a decoder (<c>AddNetVips</c>), feature extractors (<c>AddOnnxFeatureExtractor</c>,
    /// <c>AddClassicalFeatureExtractor</c>) and, for large galleries, an approximate index (<c>AddFastScanIndex</c>). A gallery that is searched
    /// by key or signature only needs no decoder and no extractor. <see cref="AddHttpImageOpener"/> lets works have their images on the web.
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
                provider.GetService<IGalleryStore>()
                    ?? throw new InvalidOperationException("The gallery has no gallery store: call AddSqliteGallery(path) or AddInMemoryGallery() on the builder that AddArtSimilarity() returns."),
                provider.GetService<IImageDecoder>(),
                provider.GetServices<IFeatureExtractor>(),
                provider.GetService<IVectorIndexProvider>(),
                options,
                provider.GetService<ILogger<Gallery>>(),
                provider.GetService<IImageOpener>());
        });
        return new ArtSimilarityBuilder(services);
    }

    /// <summary>
    /// Lets works have their images on the web, by <c>http(s)://</c> URIs and the IIIF Image API, beside files: registers an
    /// <see cref="HttpImageOpener"/> as the <see cref="IImageOpener"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets limits of size, time and redirects, and which addresses may be read.</param>
    /// <returns>The same builder.</returns>
    public static ArtSimilarityBuilder AddHttpImageOpener(this ArtSimilarityBuilder builder, Action<HttpImageOpenerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IImageOpener>(_ =>
        {
            var options = new HttpImageOpenerOptions();
            configure?.Invoke(options);
            return new HttpImageOpener(options);
        });
        return builder;
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
}
