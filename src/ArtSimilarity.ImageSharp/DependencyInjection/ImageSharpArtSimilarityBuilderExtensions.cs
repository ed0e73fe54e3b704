using ArtSimilarity.ImageSharp;
using ArtSimilarity;
using ArtSimilarity.Imaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds image decoding with SixLabors.ImageSharp.</summary>
public static class ImageSharpArtSimilarityBuilderExtensions
{
    /// <summary>Registers <see cref="ImageSharpImageDecoder"/> as the <see cref="IImageDecoder"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options; called when the decoder is first asked for.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddImageSharp(this ArtSimilarityBuilder builder, Action<ImageSharpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IImageDecoder>(_ =>
        {
            var options = new ImageSharpOptions();
            configure?.Invoke(options);
            return new ImageSharpImageDecoder(options);
        });
        return builder;
    }
}
