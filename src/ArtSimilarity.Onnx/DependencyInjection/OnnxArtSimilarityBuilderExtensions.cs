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
    /// Names the model; called when the extractor is first resolved. Without it, it is the model that comes with this package.
    /// </param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddOnnxFeatureExtractor(this ArtSimilarityBuilder builder, Action<OnnxFeatureExtractorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(_ => new ModelCatalog());
        builder.Services.AddSingleton<IFeatureExtractor>(services =>
        {
            var options = new OnnxFeatureExtractorOptions { Catalog = services.GetRequiredService<ModelCatalog>() };
            configure?.Invoke(options);
            return new OnnxFeatureExtractor(options);
        });
        return builder;
    }

    /// <summary>
    /// Adds an <see cref="OnnxImageClassifier"/>, and a <see cref="ModelCatalog"/> unless there is one. Nothing is read or
    /// downloaded before the classifier is first resolved; what goes wrong then is thrown there.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">
    /// Names the model and its labels; called when the classifier is first resolved. Without it, it is the model that comes with
    /// this package.
    /// </param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddOnnxImageClassifier(this ArtSimilarityBuilder builder, Action<OnnxImageClassifierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(_ => new ModelCatalog());
        builder.Services.AddSingleton(services =>
        {
            var options = new OnnxImageClassifierOptions { Catalog = services.GetRequiredService<ModelCatalog>() };
            configure?.Invoke(options);
            return new OnnxImageClassifier(options);
        });
        return builder;
    }
}
