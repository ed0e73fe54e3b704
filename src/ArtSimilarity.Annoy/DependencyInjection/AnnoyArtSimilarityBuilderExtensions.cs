using ArtSimilarity;
using ArtSimilarity.Annoy;
using ArtSimilarity.Indexing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds search through a forest to ArtSimilarity.</summary>
public static class AnnoyArtSimilarityBuilderExtensions
{
    /// <summary>Lets galleries find neighbours with an <see cref="AnnoyIndex"/>: registers <see cref="AnnoyIndexProvider"/> as the <see cref="IVectorIndexProvider"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options. Several calls compose; the host checks the options when it starts.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddAnnoyIndex(this ArtSimilarityBuilder builder, Action<AnnoyIndexOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOptions(configure, options => options.CopyChecked());
        return builder.AddPart<IVectorIndexProvider>(services => new AnnoyIndexProvider(builder.GetOptions<AnnoyIndexOptions>(services)));
    }
}
