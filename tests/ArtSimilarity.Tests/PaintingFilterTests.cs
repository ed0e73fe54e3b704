using Xunit;

namespace ArtSimilarity.Tests;

public class PaintingFilterTests
{
    private static readonly Painting Basket = new("cezanne-1893")
    {
        Title = "The Basket of Apples", Artist = "Paul Cézanne", Genre = "still_life", Style = "Post-Impressionism", Year = 1893, Tags = ["apples", "Bottle"],
    };

    [Fact]
    public void An_empty_filter_passes_everything()
    {
        Assert.True(new PaintingFilter().IsEmpty);
        Assert.True(new PaintingFilter().Matches(Basket));
        Assert.True(new PaintingFilter().Matches(new Painting("x")));
    }

    [Fact]
    public void Labels_ignore_case_and_accents_and_keys_do_not()
    {
        Assert.True(new PaintingFilter { Artists = ["PAUL CéZANNE"] }.Matches(Basket));
        Assert.True(new PaintingFilter { Artists = ["PAUL CÉZANNE"] }.Matches(Basket));
        Assert.True(new PaintingFilter { Artists = ["paul ce\u0301zanne"] }.Matches(Basket));
        Assert.True(new PaintingFilter { Artists = ["paul cezanne"] }.Matches(Basket));
        Assert.False(new PaintingFilter { Artists = ["paul cezanna"] }.Matches(Basket));
        Assert.True(new PaintingFilter { Tags = ["bottle"] }.Matches(Basket));
        Assert.False(new PaintingFilter { Keys = ["Cezanne-1893"] }.Matches(Basket));
    }

    [Fact]
    public void Any_value_of_a_list_will_do_and_every_condition_must_hold()
    {
        Assert.True(new PaintingFilter { Genres = ["portrait", "still_life"], FromYear = 1893, ToYear = 1893 }.Matches(Basket));
        Assert.False(new PaintingFilter { Genres = ["portrait", "still_life"], FromYear = 1894 }.Matches(Basket));
    }

    [Fact]
    public void An_unknown_field_satisfies_no_condition()
    {
        var unknown = new Painting("x");
        Assert.False(new PaintingFilter { Genres = ["portrait"] }.Matches(unknown));
        Assert.False(new PaintingFilter { ToYear = 2000 }.Matches(unknown));
    }

    [Fact]
    public void Filters_of_the_same_conditions_are_equal()
    {
        var filter = new PaintingFilter { Genres = ["a", "b"], Keys = ["k"], FromYear = 3 };
        Assert.Equal(filter, new PaintingFilter { Genres = ["a", "b"], Keys = ["k"], FromYear = 3 });
        Assert.Equal(filter.GetHashCode(), new PaintingFilter { Genres = ["a", "b"], Keys = ["k"], FromYear = 3 }.GetHashCode());
        Assert.NotEqual(filter, new PaintingFilter { Genres = ["a"], Styles = ["b"], Keys = ["k"], FromYear = 3 });
        Assert.NotEqual(filter, filter with { ToYear = 4 });
    }
}
