using ArtSimilarity.NetVips;
using ArtSimilarity;
using ArtSimilarity.Imaging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds image decoding with libvips.</summary>
public static class NetVipsArtSimilarityBuilderExtensions
{
    /// <summary>Registers <see cref="NetVipsImageDecoder"/> as the <see cref="IImageDecoder"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options. Several calls compose; the host checks the options when it starts.</param>
    /// <returns>The builder.</returns>
    public static ArtSimilarityBuilder AddNetVips(this ArtSimilarityBuilder builder, Action<NetVipsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOptions(configure, options => options.Validated());
        return builder.AddPart<IImageDecoder>(services => new NetVipsImageDecoder(builder.GetOptions<NetVipsOptions>(services)));
    }
}
