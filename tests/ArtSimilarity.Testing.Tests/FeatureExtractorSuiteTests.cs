using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Testing.Tests;

public sealed class FeatureExtractorSuiteTests
{
    [Theory]
    [InlineData(nameof(FeatureExtractorConformance.A_cancelled_token_ends_the_work))]
    public Task An_extractor_that_cannot_be_cancelled_is_rejected(string test) =>
        AssertRejectsAsync(test, (arguments, call) => call(arguments[0], arguments[1], CancellationToken.None));

    [Fact]
    public Task An_extractor_whose_signatures_depend_on_the_batch_is_rejected() => AssertRejectsAsync(
        nameof(FeatureExtractorConformance.A_batch_gives_what_its_images_give_one_by_one_in_their_order),
        (arguments, call) =>
        {
            object? done = call(arguments);
            ((Memory<float>)arguments[1]!).Span[0] += 0.01f * ((ReadOnlyMemory<RgbImage>)arguments[0]!).Length;
            return done;
        });

    [Fact]
    public Task An_extractor_that_changes_its_images_is_rejected() => AssertRejectsAsync(
        nameof(FeatureExtractorConformance.The_images_are_not_changed),
        (arguments, call) =>
        {
            ((ReadOnlyMemory<RgbImage>)arguments[0]!).Span[0].Pixels[0] ^= 1;
            return call(arguments);
        });

    [Fact]
    public Task An_extractor_that_gives_another_signature_each_time_is_rejected()
    {
        int calls = 0;
        return AssertRejectsAsync(nameof(FeatureExtractorConformance.The_same_image_gives_the_same_signature_every_time), (arguments, call) =>
        {
            object? done = call(arguments);
            ((Memory<float>)arguments[1]!).Span[0] += 1e-6f * ++calls;
            return done;
        });
    }

    [Fact]
    public Task An_extractor_that_fills_a_part_of_a_longer_destination_is_rejected() => AssertRejectsAsync(
        nameof(FeatureExtractorConformance.A_destination_of_another_length_is_refused),
        (arguments, call) =>
        {
            int length = ((ReadOnlyMemory<RgbImage>)arguments[0]!).Length * new ClassicalFeatureExtractor().Space.Dimensions;
            var destination = (Memory<float>)arguments[1]!;
            return call(arguments[0], destination.Length > length ? destination[..length] : destination, arguments[2]);
        });

    private static Task AssertRejectsAsync(string test, Func<object?[], Faulty<IFeatureExtractor>.Sound, object?> fault) =>
        Suite.AssertRejectsAsync(
            new Tests(new ClassicalFeatureExtractor()),
            new Tests(Faulty<IFeatureExtractor>.Of(new ClassicalFeatureExtractor(), nameof(IFeatureExtractor.ExtractAsync), fault)),
            test);

    private sealed class Tests(IFeatureExtractor extractor) : FeatureExtractorConformance
    {
        protected override IFeatureExtractor Create() => extractor;
    }
}
