using ArtSimilarity;
using ArtSimilarity.Annoy;
using ArtSimilarity.Indexing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds search through a forest to ArtSimilarity.</summary>
public static class AnnoyArtSimilarityBuilderExtensions
{
    /// <summary>Lets galleries find neighbours with an <see cref="AnnoyIndex"/>: registers <see cref="AnnoyIndexProvider"/> as the <see cref="IVectorIndexProvider"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options; called when the provider is first used.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddAnnoyIndex(this ArtSimilarityBuilder builder, Action<AnnoyIndexOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IVectorIndexProvider>(_ =>
        {
            var options = new AnnoyIndexOptions();
            configure?.Invoke(options);
            return new AnnoyIndexProvider(options);
        });
        return builder;
    }
}
