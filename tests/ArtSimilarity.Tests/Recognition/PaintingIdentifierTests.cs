using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;
using Xunit;

namespace ArtSimilarity.Tests.Recognition;

public sealed class PaintingIdentifierTests
{
    private const int Works = 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_work_in_a_photograph_is_named_and_located()
    {
        await using Gallery gallery = await GalleryAsync();
        var identifier = new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener());
        Identification found = await identifier.IdentifyAsync(SceneDecoder.Photo(3), cancellationToken: Token);
        Assert.Equal("work 3", found.Match?.Painting.Key);
        Assert.True(found.Probability > 0.9);
        Assert.True(found.Outline!.Value.Overlap(Scenes.Aside) > 0.9);
        Assert.False(found.Match!.IsMirrored);
        Assert.Equal(found.Match, found.Candidates[0]);
        Assert.Equal(found.Candidates.Count, found.Candidates.DistinctBy(candidate => candidate.Painting.Key).Count());
    }

    [Fact]
    public async Task A_work_that_is_not_in_the_gallery_is_none_of_them()
    {
        await using Gallery gallery = await GalleryAsync();
        var identifier = new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener());
        Identification found = await identifier.IdentifyAsync(SceneDecoder.Photo(500), cancellationToken: Token);
        Assert.Null(found.Match);
        Assert.Null(found.Outline);
        Assert.True(found.Probability < 0.5);
        Assert.NotEmpty(found.Candidates);
    }

    [Fact]
    public async Task A_mirror_image_is_found_where_it_is_asked_for()
    {
        await using Gallery gallery = await GalleryAsync();
        var options = new IdentifierOptions { Mirrored = true };
        Identification found = await new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener(), options).IdentifyAsync(SceneDecoder.Photo(4, mirrored: true), cancellationToken: Token);
        Assert.Equal("work 4", found.Match?.Painting.Key);
        Assert.True(found.Match!.IsMirrored);
        Assert.True(found.Outline!.Value.Overlap(Scenes.Aside) > 0.9);

        // Points of the work must go to their places in the photograph as it is, not in its mirror image: the right edge lies left.
        ImagePoint left = found.Match.Match!.Transform.Map(new(0, 0.5)), right = found.Match.Match.Transform.Map(new(1, 0.5));
        Assert.True(left.X > right.X);
    }

    [Fact]
    public async Task A_detail_is_named_and_placed_where_the_gallery_has_regions()
    {
        await using Gallery gallery = await GalleryAsync(RegionLayout.Default);
        var shown = new ImageRegion(0.55, 0.1, 0.4, 0.4);
        Identification found = await new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener()).IdentifyAsync(SceneDecoder.Detail(5, shown), cancellationToken: Token);
        Assert.Equal("work 5", found.Match?.Painting.Key);
        ImageRegion visible = found.Match!.Match!.VisibleRegion;
        Assert.True(Quadrilateral.FromRegion(visible).Overlap(Quadrilateral.FromRegion(shown)) > 0.8, $"{visible}");

        // The whole work lies about the detail, and reaches beyond it.
        Assert.True(found.Outline!.Value.TopLeft.X < -0.5 && found.Outline.Value.BottomRight.Y > 1.5, $"{found.Outline}");
    }

    [Fact]
    public async Task A_search_puts_the_work_that_a_photograph_shows_before_those_that_look_like_it()
    {
        await using Gallery gallery = await GalleryAsync();
        var identifier = new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener(), new IdentifierOptions { Candidates = Works });

        // The gallery holds nothing that the photograph shows: the order is that of the views.
        PhotoSearchResult absent = await identifier.SearchAsync(SceneDecoder.Photo(500), 5, cancellationToken: Token);
        Assert.Equal(5, absent.Results.Count);
        Assert.All(absent.Results, candidate => Assert.False(candidate.IsVerified));
        Assert.Equal(absent.Views.Results.Take(5), absent.Results.Select(candidate => candidate.Similar));
        Assert.Empty(absent.NotComparable);

        foreach (int shown in Enumerable.Range(0, Works))
        {
            PhotoSearchResult found = await identifier.SearchAsync(SceneDecoder.Photo(shown), 4, cancellationToken: Token);
            Assert.Equal($"work {shown}", found.Results[0].Painting.Key);
            Assert.True(found.Results[0].IsVerified);
            Assert.True(found.Results[0].Probability > 0.9);
            Assert.True(found.Results[0].Match!.Outline.Overlap(Scenes.Aside) > 0.9);
            Assert.All(found.Results.Skip(1), candidate => Assert.False(candidate.IsVerified));
            string[] others = [.. found.Views.Results.Select(similar => similar.Painting.Key).Where(key => key != $"work {shown}")];
            Assert.Equal(others.Take(3), found.Results.Skip(1).Select(candidate => candidate.Painting.Key));
        }
    }

    [Fact]
    public async Task A_verified_work_comes_first_from_wherever_the_views_put_it()
    {
        // The first view's nearest is another work: --unlike pushes the right one back, and verification brings it forward again.
        await using Gallery gallery = await GalleryAsync();
        var identifier = new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener(), new IdentifierOptions { Candidates = Works });
        QueryPart[] unlike = [new QueryPart(QueryView.OfImage(SceneDecoder.Painting(3))) { IsWanted = false, Weight = 100 }];
        PhotoSearchResult found = await identifier.SearchAsync(SceneDecoder.Photo(3), 1, furtherParts: unlike, cancellationToken: Token);
        Assert.NotEqual("work 3", found.Views.Results[0].Painting.Key);
        Assert.Equal("work 3", Assert.Single(found.Results).Painting.Key);

        // A work that is nearest to another part has no view of the photograph.
        PhotoSearchResult both = await identifier.SearchAsync(SceneDecoder.Photo(3), Works, furtherParts: [QueryPart.OfImage(SceneDecoder.Painting(8))], cancellationToken: Token);
        Assert.Equal("work 3", both.Results[0].Painting.Key);
        Assert.Null(both.Results.Single(candidate => candidate.Painting.Key == "work 8").View);
    }

    [Fact]
    public async Task A_second_look_finds_what_the_first_views_did_not_compare()
    {
        await using Gallery gallery = await GalleryAsync();
        QueryPart[] unlike = [new QueryPart(QueryView.OfImage(SceneDecoder.Painting(3))) { IsWanted = false, Weight = 100 }];
        async Task<PhotoSearchResult> FindAsync(bool lookTwice, int k) =>
            await new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener(), new IdentifierOptions { Candidates = 4, LookTwice = lookTwice })
                .SearchAsync(SceneDecoder.Photo(3), k, furtherParts: unlike, cancellationToken: Token);
        PhotoSearchResult once = await FindAsync(false, Works);
        Assert.DoesNotContain(once.Results, candidate => candidate.IsVerified);
        Assert.Equal(4, once.Results.Count(candidate => candidate.Probability is not null));
        Assert.Equal(once.Views.Results, once.Results.Select(candidate => candidate.Similar));

        PhotoSearchResult twice = await FindAsync(true, Works);
        Assert.Equal("work 3", twice.Results[0].Painting.Key);
        Assert.Equal(once.Results.Single(candidate => candidate.Painting.Key == "work 3").Similar, twice.Results[0].Similar); // with the distance of the first look
        Assert.Equal(Works, twice.Results.Count);
        Assert.Equal(["work 3"], (await FindAsync(true, 1)).Results.Select(candidate => candidate.Painting.Key));
    }

    [Fact]
    public async Task What_a_search_leaves_out_is_not_verified_either_and_a_missing_image_is_told()
    {
        await using Gallery gallery = await GalleryAsync();
        var identifier = new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener());
        var even = new GallerySearchOptions { Filter = new PaintingFilter { Genres = ["even"] } };
        PhotoSearchResult filtered = await identifier.SearchAsync(SceneDecoder.Photo(3), Works, even, cancellationToken: Token);
        Assert.Equal(Works / 2, filtered.Results.Count);
        Assert.DoesNotContain(filtered.Results, candidate => candidate.IsVerified);
        var without = new GallerySearchOptions { LeaveOut = new ResultExclusions { Keys = ["work 4"] } };
        Assert.DoesNotContain((await identifier.SearchAsync(SceneDecoder.Photo(4), Works, without, cancellationToken: Token)).Results, candidate => candidate.Painting.Key == "work 4");

        PhotoSearchResult closed = await new PaintingIdentifier(gallery, new SceneDecoder()).SearchAsync(SceneDecoder.Photo(3), 2, cancellationToken: Token);
        Assert.Equal(2, closed.Results.Count);
        Assert.All(closed.Results, candidate => Assert.NotNull(candidate.Problem));
        Assert.Equal(Works, closed.NotComparable.Count);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => identifier.SearchAsync(SceneDecoder.Photo(3), 0, cancellationToken: Token));
        var part = new GallerySearchOptions { Region = new ImageRegion(0, 0, 0.5, 0.5) };
        await Assert.ThrowsAsync<ArgumentException>(() => identifier.SearchAsync(SceneDecoder.Photo(3), 1, part, cancellationToken: Token));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => identifier.SearchAsync(SceneDecoder.Photo(3), 1, cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task Views_become_one_part_of_a_query()
    {
        using RgbImage photo = Scenes.Photo(Scenes.Painting(3), Scenes.Aside);
        IReadOnlyList<PhotoView> first = PhotoViews.OfPhoto(photo, 4, Token), further = PhotoViews.FurtherOfPhoto(photo, 4, Token);
        Assert.InRange(first.Count, 6, 12);
        Assert.InRange(further.Count, 5, 16);
        Assert.Empty(first.Intersect(further));
        Assert.Equal(4, PhotoViews.OfPhoto(photo, 0, Token).Count);
        Assert.Equal(4, PhotoViews.FurtherOfPhoto(photo, 0, Token).Count);
        var extractor = new ClassicalFeatureExtractor();
        using var ofGrey = new GreyFeatureExtractor(extractor);
        QueryPart alone = await PhotoViews.ToQueryPartAsync(photo, first, [extractor], 1, Token), together = await PhotoViews.ToQueryPartAsync(photo, first, [extractor, ofGrey], 3, Token);
        Assert.Equal(first.Count, alone.Views.Count);
        Assert.All(together.Views, view => Assert.Equal(2, view.Signatures.Count));
        Assert.All(alone.Views.Zip(together.Views), pair => Assert.Equal(pair.First.Signatures[0].Vector.ToArray(), pair.Second.Signatures[0].Vector.ToArray()));
        await Assert.ThrowsAsync<ArgumentException>(() => PhotoViews.ToQueryPartAsync(photo, first, [], 1, Token));
    }

    [Fact]
    public async Task A_filter_leaves_works_out_and_a_missing_image_is_told()
    {
        await using Gallery gallery = await GalleryAsync();
        Identification filtered = await new PaintingIdentifier(gallery, new SceneDecoder(), new SceneOpener())
            .IdentifyAsync(SceneDecoder.Photo(3), new PaintingFilter { Genres = ["even"] }, Token);
        Assert.Null(filtered.Match);
        Assert.DoesNotContain(filtered.Candidates, candidate => candidate.Painting.Key == "work 3");

        Identification closed = await new PaintingIdentifier(gallery, new SceneDecoder()).IdentifyAsync(SceneDecoder.Photo(3), cancellationToken: Token);
        Assert.Null(closed.Match);
        Assert.All(closed.Candidates, candidate => Assert.NotNull(candidate.Problem));
        Assert.All(closed.Candidates, candidate => Assert.Null(candidate.Probability));
    }

    [Fact]
    public async Task Settings_are_checked_and_work_can_be_cancelled()
    {
        await using Gallery gallery = await GalleryAsync();
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaintingIdentifier(gallery, new SceneDecoder(), null, new IdentifierOptions { Candidates = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaintingIdentifier(gallery, new SceneDecoder(), null, new IdentifierOptions { MinProbability = 1 }));
        await using var bare = new Gallery(new InMemoryGalleryStore(), null, []);
        Assert.Throws<ArgumentException>(() => new PaintingIdentifier(bare, new SceneDecoder()));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PaintingIdentifier(gallery, new SceneDecoder()).IdentifyAsync(SceneDecoder.Photo(3), cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task Grey_images_and_coloured_ones_have_one_signature_in_the_grey_space()
    {
        using var grey = new GreyFeatureExtractor(new ClassicalFeatureExtractor());
        Assert.EndsWith(" grey", grey.Space.Preprocessing, StringComparison.Ordinal);
        using RgbImage colour = Scenes.Painting(9);
        using var black = RgbImage.FromPixels(colour.Pixels, colour.Width, colour.Height);
        for (int p = 0; p < black.Pixels.Length; p += 3)
        {
            byte luma = (byte)(((299 * colour.Pixels[p]) + (587 * colour.Pixels[p + 1]) + (114 * colour.Pixels[p + 2]) + 500) / 1000);
            black.Pixels.Slice(p, 3).Fill(luma);
        }

        byte[] before = colour.Pixels.ToArray();
        float[] signatures = new float[2 * grey.Space.Dimensions];
        await grey.ExtractAsync(new[] { colour, black }, signatures, Token);
        Assert.Equal(signatures[..grey.Space.Dimensions], signatures[grey.Space.Dimensions..]);
        Assert.Equal(before, colour.Pixels.ToArray()); // images are not changed
        using RgbImage large = ImageResampler.Resize(colour, new ImageSize(1600, 1200));
        await grey.ExtractAsync(new[] { large }, new float[grey.Space.Dimensions], Token); // made smaller first
    }

    private static async Task<Gallery> GalleryAsync(RegionLayout? regions = null)
    {
        var gallery = new Gallery(new InMemoryGalleryStore(), new SceneDecoder(), [new ClassicalFeatureExtractor()]);
        await gallery.AddAsync(
            [.. Enumerable.Range(0, Works).Select(i => new PaintingImage(
                new Painting($"work {i}") { ImageUri = $"scene:{i}", Genre = i % 2 == 0 ? "even" : "odd" }, SceneDecoder.Painting(i)))],
            new AddOptions { Regions = regions },
            cancellationToken: Token);
        return gallery;
    }

    /// <summary>Draws the picture whose number the bytes name.</summary>
    private sealed class SceneDecoder : IImageDecoder
    {
        public static ImageSource Painting(int seed) => ImageSource.FromBytes(System.Text.Encoding.ASCII.GetBytes($"painting {seed}"));

        public static ImageSource Photo(int seed, bool mirrored = false) => ImageSource.FromBytes(System.Text.Encoding.ASCII.GetBytes($"{(mirrored ? "mirror" : "photo")} {seed}"));

        public static ImageSource Detail(int seed, ImageRegion part) =>
            ImageSource.FromBytes(System.Text.Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"painting {seed} {part.X} {part.Y} {part.Width} {part.Height}")));

        public async ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] words = System.Text.Encoding.ASCII.GetString((await source.ReadBytesAsync(cancellationToken: cancellationToken)).Span).Split(' ');
            RgbImage painting = Scenes.Painting(int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
            if (words[0] == "painting")
            {
                if (words.Length == 6)
                {
                    double[] part = [.. words[2..].Select(word => double.Parse(word, System.Globalization.CultureInfo.InvariantCulture))];
                    using (painting)
                    {
                        return painting.Crop(new ImageRegion(part[0], part[1], part[2], part[3]));
                    }
                }

                return region is ImageRegion asked ? painting.Crop(asked) : painting;
            }

            using (painting)
            {
                using RgbImage shown = (PhotoViews.Whole with { IsMirrored = words[0] == "mirror" }).Render(painting, painting.Size);
                return Scenes.Photo(shown, Scenes.Aside);
            }
        }
    }

    private sealed class SceneOpener : IImageOpener
    {
        public ValueTask<ImageSource> OpenAsync(string imageUri, ImageSize? minimumSize = null, CancellationToken cancellationToken = default) =>
            new(SceneDecoder.Painting(int.Parse(imageUri["scene:".Length..], System.Globalization.CultureInfo.InvariantCulture)));
    }
}
