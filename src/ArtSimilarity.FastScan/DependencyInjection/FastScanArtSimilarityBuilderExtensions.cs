using ArtSimilarity;
using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds approximate search to ArtSimilarity.</summary>
public static class FastScanArtSimilarityBuilderExtensions
{
    /// <summary>Lets galleries find neighbours with an <see cref="FastScanIndex"/>: registers <see cref="FastScanIndexProvider"/> as the <see cref="IVectorIndexProvider"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options. Several calls compose; the host checks the options when it starts.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddFastScanIndex(this ArtSimilarityBuilder builder, Action<FastScanIndexOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOptions(configure, options => options.CopyChecked());
        return builder.AddPart<IVectorIndexProvider>(services => new FastScanIndexProvider(builder.GetOptions<FastScanIndexOptions>(services)));
    }
}
