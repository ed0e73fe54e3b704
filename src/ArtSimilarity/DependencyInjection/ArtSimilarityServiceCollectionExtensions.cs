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
    /// <param name="configure">Changes the gallery's options. Several calls compose.</param>
    /// <returns>A builder that the parts are added to.</returns>
    /// <remarks>
    /// The host checks the options when it starts. Nothing is opened or loaded before the gallery is first resolved; a missing part is named
    /// then.
    /// </remarks>
    public static ArtSimilarityBuilder AddArtSimilarity(this IServiceCollection services, Action<GalleryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Add(new ArtSimilarityBuilder(services, null), configure);
    }

    /// <summary>Registers a gallery under a key, one of several in a host: with options, a store, extractors and an index of its own.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">
    /// The key of the <see cref="Gallery"/> and of its parts, and the name of its options. Logs, measurements and health checks name it.
    /// </param>
    /// <param name="configure">Changes the gallery's options. Several calls with one name compose.</param>
    /// <returns>A builder that the gallery's parts are added to.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is blank.</exception>
    /// <remarks>
    /// Ask for it by <c>[FromKeyedServices("name")] Gallery gallery</c>. It needs a store of its own. A decoder, extractors or an index
    /// that it lacks are taken from those that were registered without a key, by <see cref="AddArtSimilarity(IServiceCollection, Action{GalleryOptions}?)"/>.
    /// </remarks>
    public static ArtSimilarityBuilder AddArtSimilarity(this IServiceCollection services, string name, Action<GalleryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(new ArtSimilarityBuilder(services, name), configure);
    }

    /// <summary>
    /// Lets works have their images on the web, by <c>http(s)://</c> URIs and the IIIF Image API, beside files: registers an
    /// <see cref="HttpImageOpener"/> as the <see cref="IImageOpener"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets limits of size, time and redirects, and which addresses may be read. Several calls compose; the host checks the options when it starts.</param>
    /// <returns>The same builder.</returns>
    public static ArtSimilarityBuilder AddHttpImageOpener(this ArtSimilarityBuilder builder, Action<HttpImageOpenerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOptions(configure, options => options.CopyChecked());
        return builder.AddPart<IImageOpener>(provider => new HttpImageOpener(builder.GetOptions<HttpImageOpenerOptions>(provider)));
    }

    /// <summary>Adds the model-free extractor of colour, texture and edges; see <see cref="ClassicalFeatureExtractor"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static ArtSimilarityBuilder AddClassicalFeatureExtractor(this ArtSimilarityBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddPart<IFeatureExtractor>(_ => new ClassicalFeatureExtractor());
    }

    private static ArtSimilarityBuilder Add(ArtSimilarityBuilder builder, Action<GalleryOptions>? configure)
    {
        bool isNew = !builder.Services.Any(service => service.ServiceType == typeof(Gallery) && Equals(service.ServiceKey, builder.Name));
        if (isNew)
        {
            builder.AddOptions<GalleryOptions>(options => options.Name = builder.Name ?? options.Name, options => options.CopyChecked());
            builder.AddPart(provider => Create(provider, builder));
            builder.Services.AddSingleton(new RegisteredGallery(builder.Name));
        }

        builder.AddOptions(configure, options => options.CopyChecked());
        return builder;
    }

    private static Gallery Create(IServiceProvider provider, ArtSimilarityBuilder builder) => new(
        Own<IGalleryStore>(provider, builder) ?? throw NoStore(builder),
        OwnOrShared<IImageDecoder>(provider, builder),
        Extractors(provider, builder),
        OwnOrShared<IVectorIndexProvider>(provider, builder),
        builder.GetOptions<GalleryOptions>(provider),
        provider.GetService<ILogger<Gallery>>(),
        OwnOrShared<IImageOpener>(provider, builder));

    private static T? Own<T>(IServiceProvider provider, ArtSimilarityBuilder builder)
        where T : class => builder.Name is null ? provider.GetService<T>() : provider.GetKeyedService<T>(builder.Name);

    private static T? OwnOrShared<T>(IServiceProvider provider, ArtSimilarityBuilder builder)
        where T : class => Own<T>(provider, builder) ?? provider.GetService<T>();

    private static IEnumerable<IFeatureExtractor> Extractors(IServiceProvider provider, ArtSimilarityBuilder builder)
    {
        IFeatureExtractor[] own = builder.Name is null ? [] : [.. provider.GetKeyedServices<IFeatureExtractor>(builder.Name)];
        return own.Length > 0 ? own : provider.GetServices<IFeatureExtractor>();
    }

    private static InvalidOperationException NoStore(ArtSimilarityBuilder builder) => builder.Name is null
        ? new("The gallery has no gallery store: call AddSqliteGallery(path) or AddInMemoryGallery() on the builder that AddArtSimilarity() returns.")
        : new($"The gallery '{builder.Name}' has no gallery store: call AddSqliteGallery(path) or AddInMemoryGallery() on the builder that AddArtSimilarity(\"{builder.Name}\") returns.");
}
