using ArtSimilarity.ImageSharp;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Testing.Tests;

public sealed class ImageDecoderSuiteTests
{
    /// <summary>It would decode whatever the header claims; here it says so by an image, and takes no memory.</summary>
    [Fact]
    public Task A_decoder_that_ignores_the_most_pixels_is_rejected()
    {
        return AssertRejectsAsync(
            nameof(ImageDecoderConformance.A_header_that_claims_too_much_is_refused_before_any_pixel_is_decoded),
            (arguments, call) => DecodeAsync((ValueTask<RgbImage>)call(arguments)!));

        static async ValueTask<RgbImage> DecodeAsync(ValueTask<RgbImage> decoding)
        {
            try
            {
                return await decoding;
            }
            catch (ImageDecodeException e) when (e.Error == ImageDecodeError.LimitExceeded)
            {
                return new RgbImage(100, 100);
            }
        }
    }

    [Fact]
    public Task A_decoder_that_cannot_be_cancelled_is_rejected() => AssertRejectsAsync(
        nameof(ImageDecoderConformance.A_cancelled_decoding_does_not_start),
        (arguments, call) => call(arguments[0], arguments[1], arguments[2], CancellationToken.None));

    [Fact]
    public Task A_decoder_that_ignores_the_region_is_rejected() => AssertRejectsAsync(
        nameof(ImageDecoderConformance.A_region_equals_the_crop_of_the_full_image),
        (arguments, call) => call(arguments[0], arguments[1], null, arguments[3]));

    [Fact]
    public Task A_decoder_that_ignores_the_size_asked_for_is_rejected() => AssertRejectsAsync(
        nameof(ImageDecoderConformance.An_image_just_covers_the_minimum_size_and_is_never_enlarged),
        (arguments, call) => call(arguments[0], null, arguments[2], arguments[3]));

    [Fact]
    public Task A_decoder_that_gives_what_there_is_of_a_truncated_image_is_rejected()
    {
        return AssertRejectsAsync(nameof(ImageDecoderConformance.A_truncated_image_is_refused_with_one_line_of_reason), (arguments, call) => DecodeAsync((ValueTask<RgbImage>)call(arguments)!));

        static async ValueTask<RgbImage> DecodeAsync(ValueTask<RgbImage> decoding)
        {
            try
            {
                return await decoding;
            }
            catch (ImageDecodeException)
            {
                return new RgbImage(50, 38);
            }
        }
    }

    [Fact]
    public Task A_decoder_that_computes_on_another_thread_is_rejected()
    {
        return AssertRejectsAsync(nameof(ImageDecoderConformance.What_is_in_memory_is_decoded_on_the_thread_that_asks), (arguments, call) => DecodeAsync(() => (ValueTask<RgbImage>)call(arguments)!));

        static async ValueTask<RgbImage> DecodeAsync(Func<ValueTask<RgbImage>> decode)
        {
            await Task.Delay(20);
            return await decode();
        }
    }

    private static Task AssertRejectsAsync(string test, Func<object?[], Faulty<IImageDecoder>.Sound, object?> fault) =>
        Suite.AssertRejectsAsync(
            new Tests(new ImageSharpImageDecoder()), new Tests(Faulty<IImageDecoder>.Of(new ImageSharpImageDecoder(), nameof(IImageDecoder.DecodeAsync), fault)), test);

    private sealed class Tests(IImageDecoder decoder) : ImageDecoderConformance
    {
        protected override IImageDecoder CreateDecoder() => decoder;
    }
}
