using ArtSimilarity.Evaluation;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class LabelTruthTests
{
    [Fact]
    public void Labels_are_counted_as_the_classifier_does_and_others_are_told()
    {
        Painting[] works =
        [
            new("a") { Genre = "portrait" }, new("b"), new("c") { Genre = "still life" }, new("d") { Genre = "landscape" }, new("e") { Genre = "battle" },
            new("f") { Genre = "still life" }, new("g") { Genre = "Portrait" },
        ];
        var truth = LabelTruth.Of(works, "genre", ["landscape", "portrait"]);
        Assert.Equal([1, -1, -1, 0, -1, -1, -1], truth.Indices);
        Assert.Equal((1, 4), (truth.Unlabelled, truth.Unknown));
        Assert.Equal(["Portrait", "battle", "still life"], truth.UnknownLabels);
    }

    [Fact]
    public void Labels_that_no_classifier_has_are_refused()
    {
        Assert.Throws<ArgumentException>(() => LabelTruth.Of([], "genre", []));
        Assert.Throws<ArgumentException>(() => LabelTruth.Of([], "genre", ["a", "a"]));
        Assert.Throws<ArgumentException>(() => LabelTruth.Of([], "", ["a"]));
    }
}
