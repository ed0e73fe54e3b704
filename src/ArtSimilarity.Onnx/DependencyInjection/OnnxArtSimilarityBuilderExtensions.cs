using ArtSimilarity;
using ArtSimilarity.Features;
using ArtSimilarity.Onnx;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds ONNX models to ArtSimilarity.</summary>
public static class OnnxArtSimilarityBuilderExtensions
{
    /// <summary>
    /// Adds an <see cref="OnnxFeatureExtractor"/> as <see cref="IFeatureExtractor"/>, and a <see cref="ModelCatalog"/> unless
    /// there is one. Nothing is read or downloaded before the extractor is first resolved; what goes wrong then is thrown
    /// there.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">
    /// Names the model. Without it, it is the model that comes with this package. Each call adds another extractor with options of its own; the host checks them when it starts.
    /// </param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddOnnxFeatureExtractor(this ArtSimilarityBuilder builder, Action<OnnxFeatureExtractorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(_ => new ModelCatalog());

        // A gallery may have several extractors, each with options of its own.
        string name = $"{builder.Name}/{builder.Services.Count(service => service.ServiceType == typeof(IFeatureExtractor))}";
        builder.AddOptions<OnnxFeatureExtractorOptions>(null, options => options.Validate(), name)
            .Configure<ModelCatalog>((options, catalog) => options.Catalog = catalog)
            .Configure(configure ?? (_ => { }));
        return builder.AddPart<IFeatureExtractor>(services => new OnnxFeatureExtractor(builder.GetOptions<OnnxFeatureExtractorOptions>(services, name)));
    }

    /// <summary>
    /// Adds an <see cref="OnnxImageClassifier"/>, and a <see cref="ModelCatalog"/> unless there is one. Nothing is read or
    /// downloaded before the classifier is first resolved; what goes wrong then is thrown there.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">
    /// Names the model and its labels. Without it, it is the model that comes with this package. Several calls compose; the host checks the
    /// options when it starts.
    /// </param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddOnnxImageClassifier(this ArtSimilarityBuilder builder, Action<OnnxImageClassifierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(_ => new ModelCatalog());
        builder.AddOptions<OnnxImageClassifierOptions>(null, options => options.Validate())
            .Configure<ModelCatalog>((options, catalog) => options.Catalog = catalog)
            .Configure(configure ?? (_ => { }));
        return builder.AddPart(services => new OnnxImageClassifier(builder.GetOptions<OnnxImageClassifierOptions>(services)));
    }
}
