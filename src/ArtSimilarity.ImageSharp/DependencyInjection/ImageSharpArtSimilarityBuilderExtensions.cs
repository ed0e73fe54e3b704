using ArtSimilarity.ImageSharp;
using ArtSimilarity;
using ArtSimilarity.Imaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds image decoding with SixLabors.ImageSharp.</summary>
public static class ImageSharpArtSimilarityBuilderExtensions
{
    /// <summary>Registers <see cref="ImageSharpImageDecoder"/> as the <see cref="IImageDecoder"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options. Several calls compose; the host checks the options when it starts.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddImageSharp(this ArtSimilarityBuilder builder, Action<ImageSharpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOptions(configure, options => options.Validated());
        return builder.AddPart<IImageDecoder>(services => new ImageSharpImageDecoder(builder.GetOptions<ImageSharpOptions>(services)));
    }
}
