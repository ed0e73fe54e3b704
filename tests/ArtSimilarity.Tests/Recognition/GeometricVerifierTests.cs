using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;
using Xunit;

namespace ArtSimilarity.Tests.Recognition;

public sealed class GeometricVerifierTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_picture_is_recognised_in_a_photograph_from_the_side()
    {
        using RgbImage painting = Scenes.Painting(4);
        using RgbImage photo = Scenes.Photo(painting, Scenes.Aside, light: 0.5);
        GeometricMatch? match = GeometricVerifier.Match(LocalFeatures.Extract(photo, cancellationToken: Token), LocalFeatures.Extract(painting, cancellationToken: Token), Token);
        Assert.NotNull(match);
        Assert.True(match.Inliers >= 30, $"{match.Inliers} points agree.");
        Assert.True(match.Outline.Overlap(Scenes.Aside) > 0.95, $"The overlap is {match.Outline.Overlap(Scenes.Aside)}.");
        Assert.InRange(match.Coverage, 0.3, 1);
        ImagePoint corner = match.Transform.Map(new(0, 0));
        Assert.Equal(Scenes.Aside.TopLeft.X, corner.X, 0.02);
        Assert.Equal(Scenes.Aside.TopLeft.Y, corner.Y, 0.02);
    }

    [Fact]
    public void Equal_inputs_give_equal_answers()
    {
        using RgbImage painting = Scenes.Painting(5);
        using RgbImage photo = Scenes.Photo(painting, Scenes.Aside);
        LocalFeatures a = LocalFeatures.Extract(photo, cancellationToken: Token), b = LocalFeatures.Extract(painting, cancellationToken: Token), again = LocalFeatures.Extract(photo, cancellationToken: Token);
        Assert.Equal(a.Features, again.Features);
        Assert.Equal(GeometricVerifier.Match(a, b, Token)!.Transform.Matrix, GeometricVerifier.Match(again, b, Token)!.Transform.Matrix);
    }

    [Fact]
    public void Another_picture_does_not_agree()
    {
        using RgbImage shown = Scenes.Painting(6);
        using RgbImage photo = Scenes.Photo(shown, Scenes.Aside);
        LocalFeatures features = LocalFeatures.Extract(photo, cancellationToken: Token);
        for (int other = 7; other < 17; other++)
        {
            using RgbImage painting = Scenes.Painting(other);
            GeometricMatch? match = GeometricVerifier.Match(features, LocalFeatures.Extract(painting, cancellationToken: Token), Token);
            Assert.True(MatchProbability.Of(match) < 0.5, $"{match?.Inliers} points agree with picture {other}.");
        }
    }

    [Fact]
    public void An_image_without_structure_has_no_features()
    {
        using var plain = new RgbImage(100, 80);
        plain.Pixels.Fill(90);
        LocalFeatures none = LocalFeatures.Extract(plain, cancellationToken: Token);
        Assert.Empty(none.Features);
        using RgbImage painting = Scenes.Painting(7);
        Assert.Null(GeometricVerifier.Match(none, LocalFeatures.Extract(painting, cancellationToken: Token), Token));
        Assert.Null(GeometricVerifier.Match(LocalFeatures.Extract(painting, cancellationToken: Token), none, Token));
        Assert.Equal(0, MatchProbability.Of(null));
    }

    [Fact]
    public void Descriptors_have_norm_1_and_few_are_kept_when_few_are_asked_for()
    {
        using RgbImage painting = Scenes.Painting(8);
        LocalFeatures features = LocalFeatures.Extract(painting, 320, 50, Token);
        Assert.Equal(50, features.Features.Count);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(1, features.Descriptor(i).ToArray().Sum(value => value * value), 1e-3);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => LocalFeatures.Extract(painting, 10, cancellationToken: Token));
    }
}
