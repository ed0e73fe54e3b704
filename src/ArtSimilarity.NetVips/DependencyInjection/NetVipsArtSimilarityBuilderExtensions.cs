using ArtSimilarity.NetVips;
using ArtSimilarity;
using ArtSimilarity.Imaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds image decoding with libvips.</summary>
public static class NetVipsArtSimilarityBuilderExtensions
{
    /// <summary>Registers <see cref="NetVipsImageDecoder"/> as the <see cref="IImageDecoder"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options; called when the decoder is first asked for.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddNetVips(this ArtSimilarityBuilder builder, Action<NetVipsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IImageDecoder>(_ =>
        {
            var options = new NetVipsOptions();
            configure?.Invoke(options);
            return new NetVipsImageDecoder(options);
        });
        return builder;
    }
}
