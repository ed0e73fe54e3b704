using ArtSimilarity.Features;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

public class FeatureSpaceTests
{
    [Theory]
    [InlineData("classical-1", "256x256 squash triangle")]
    [InlineData("genre-mobilenetv2@0123456789ab:pool", "224x224 squash triangle rgb nchw scale 0.003921569 mean (0.485, 0.456, 0.406) std (1, 1, 1)")]
    [InlineData("model(1)@0123456789ab", "a (b, 3-d), c (d)")]
    [InlineData("modèle-пейзаж-絵画🎨@0123456789ab", "x")]
    public void An_ordinary_space_prints_as_it_always_did(string model, string preprocessing) =>
        Assert.Equal($"{model} ({preprocessing}, 512-d)", new FeatureSpace(model, preprocessing, 512).ToString());

    [Fact]
    public void Spaces_that_would_print_alike_print_differently()
    {
        FeatureSpace[] spaces =
        [
            new("a", "b (c", 3),
            new("a (b", "c", 3),
            new("a \\(b", "c", 3),
            new("a", "b, 3-d) (c", 3),
            new("a (b, 3-d)", "c", 3),
            new("a\n", "b", 3),
            new("a\\u000A", "b", 3),
            new("a", "b\u200B", 3),
            new("a", "b", 3),
            new("a ", "b", 3),
            new("a", " b", 3),
            new("a\uD800", "b", 3),
            new("a\uDC00", "b", 3),
            new("a\uFFFD", "b", 3),
        ];
        string[] texts = [.. spaces.Select(space => space.ToString())];
        Assert.Equal(texts.Length, texts.Distinct(StringComparer.Ordinal).Count());
        Assert.All(texts, text => Assert.DoesNotContain(text, character => char.IsControl(character) || char.IsSurrogate(character)));
    }

    [Fact]
    public void Two_spaces_have_one_text_exactly_when_they_are_equal()
    {
        Gen<string> text = Gen.String[Gen.Char["ab (),3-d\\u0\n\uD800\uDC00"], 1, 6].Where(value => !string.IsNullOrWhiteSpace(value));
        Gen<FeatureSpace> space = Gen.Select(text, text, Gen.Int[1, 3], (model, preprocessing, dimensions) => new FeatureSpace(model, preprocessing, dimensions));
        var known = new Dictionary<string, FeatureSpace>(StringComparer.Ordinal);
        Gen.Select(space, space).Sample(
            (one, other) =>
            {
                lock (known)
                {
                    foreach (FeatureSpace each in new[] { one, other })
                    {
                        if (!known.TryAdd(each.ToString(), each))
                        {
                            Assert.Equal(known[each.ToString()], each);
                        }
                    }
                }
            },
            iter: 20_000);
    }
}
