using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ArtSimilarity.Tests;

public class RegistrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_galleries_live_in_one_host()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IImageDecoder, PatternDecoder>(); // without a key: both take it
        services.AddArtSimilarity("a").AddClassicalFeatureExtractor().AddInMemoryGallery();
        services.AddArtSimilarity("b").AddClassicalFeatureExtractor().AddInMemoryGallery();
        await using ServiceProvider provider = services.BuildServiceProvider();
        Gallery a = provider.GetRequiredKeyedService<Gallery>("a"), b = provider.GetRequiredKeyedService<Gallery>("b");
        Assert.Equal(("a", "b"), (a.Name, b.Name));
        await a.AddAsync([new PaintingImage(new Painting("1"), PatternDecoder.Source(1))], null, Cancellation);
        Assert.Equal(1, await a.Store.CountAsync(new PaintingFilter(), Cancellation));
        Assert.Equal(0, await b.Store.CountAsync(new PaintingFilter(), Cancellation));
        Assert.NotSame(a.Extractors[0], b.Extractors[0]);
        Assert.Null(provider.GetService<Gallery>());
        Assert.Equal(["a", "b"], provider.GetServices<RegisteredGallery>().Select(registered => registered.Name!));
        Assert.Same(a, provider.GetServices<RegisteredGallery>().First().Resolve(provider));
    }

    [Fact]
    public void A_named_gallery_takes_what_it_lacks_from_the_shared_parts_but_never_a_store()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IImageDecoder, PatternDecoder>();
        services.AddArtSimilarity().AddClassicalFeatureExtractor().AddInMemoryGallery();
        services.AddArtSimilarity("own").AddInMemoryGallery();
        services.AddArtSimilarity("storeless");
        using ServiceProvider provider = services.BuildServiceProvider();
        Gallery shared = provider.GetRequiredService<Gallery>(), own = provider.GetRequiredKeyedService<Gallery>("own");
        Assert.Same(shared.Extractors[0], own.Extractors[0]);
        Assert.NotSame(shared.Store, own.Store);
        InvalidOperationException missing = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<Gallery>("storeless"));
        Assert.Contains("'storeless'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("AddSqliteGallery", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a")]
    public void Several_calls_compose(string? name)
    {
        var services = new ServiceCollection();
        Add(options => (options.BatchSize, options.RebuildShare) = (3, 0.5));
        Add(options => options.BatchSize = 4);
        services.Configure<GalleryOptions>(name ?? Options.DefaultName, options => options.MaxConcurrentSearches = 7); // as a configuration section is bound
        using ServiceProvider provider = services.BuildServiceProvider();
        GalleryOptions options = provider.GetRequiredService<IOptionsMonitor<GalleryOptions>>().Get(name);
        Assert.Equal((4, 0.5, 7), (options.BatchSize, options.RebuildShare, options.MaxConcurrentSearches));
        Assert.Equal(name ?? "gallery", options.Name);
        Assert.Single(services, service => service.ServiceType == typeof(Gallery));

        void Add(Action<GalleryOptions> configure) => _ = name is null ? services.AddArtSimilarity(configure) : services.AddArtSimilarity(name, configure);
    }

    [Fact]
    public void Options_out_of_range_are_named_by_their_gallery_once()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IImageDecoder, PatternDecoder>();
        services.AddArtSimilarity("good").AddInMemoryGallery();
        services.AddArtSimilarity("bad", options => options.BatchSize = 0).AddInMemoryGallery();
        services.AddArtSimilarity("bad");
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredKeyedService<Gallery>("good"));
        OptionsValidationException refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<Gallery>("bad"));
        Assert.Equal("bad", refusal.OptionsName);
        Assert.Contains("BatchSize", Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_blank_name_is_refused() => Assert.Throws<ArgumentException>(() => new ServiceCollection().AddArtSimilarity(" "));
}
