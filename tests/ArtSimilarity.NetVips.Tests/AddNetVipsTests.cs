using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

public sealed class AddNetVipsTests
{
    [Fact]
    public void The_decoder_is_one_singleton_with_the_options_given()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddNetVips(o => o.Formats = ImageFormats.Jpeg);
        using ServiceProvider provider = services.BuildServiceProvider();

        IImageDecoder decoder = provider.GetRequiredService<IImageDecoder>();

        Assert.Same(decoder, provider.GetRequiredService<IImageDecoder>());
        Assert.Throws<ImageDecodeException>(() => decoder.Open(ImageSource.FromBytes(TestImages.Gif(4, 4))));
    }
}
