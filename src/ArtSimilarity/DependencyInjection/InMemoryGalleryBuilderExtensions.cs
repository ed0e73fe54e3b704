using ArtSimilarity;
using ArtSimilarity.Galleries;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a gallery that lives in memory.</summary>
public static class InMemoryGalleryBuilderExtensions
{
    /// <summary>Registers an <see cref="InMemoryGalleryStore"/> as the <see cref="IGalleryStore"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static ArtSimilarityBuilder AddInMemoryGallery(this ArtSimilarityBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddPart<IGalleryStore>(_ => new InMemoryGalleryStore());
    }
}
