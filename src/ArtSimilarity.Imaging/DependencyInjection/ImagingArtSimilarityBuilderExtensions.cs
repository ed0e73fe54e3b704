using ArtSimilarity;
using ArtSimilarity.Imaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds image decoding with libvips.</summary>
public static class ImagingArtSimilarityBuilderExtensions
{
    /// <summary>Registers <see cref="VipsImageDecoder"/> as the <see cref="IImageDecoder"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options; called when the decoder is first asked for.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddImaging(this ArtSimilarityBuilder builder, Action<ImagingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IImageDecoder>(_ =>
        {
            var options = new ImagingOptions();
            configure?.Invoke(options);
            return new VipsImageDecoder(options);
        });
        return builder;
    }
}
