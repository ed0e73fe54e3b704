using Xunit;

namespace ArtSimilarity.Tests;

public class PaintingFieldsTests
{
    private static readonly PaintingFields Fields = PaintingFields.Of(("Museum", "Prado"), ("medium", "oil"), ("museum", "Prado"), ("MEDIUM", "panel"));

    [Fact]
    public void Names_ignore_case_and_accents_and_gather_their_values_in_order()
    {
        Assert.Equal(["Museum", "medium"], Fields.Keys);
        Assert.Equal(["oil", "panel"], Fields["Médium"]);
        Assert.Equal(["Prado"], Fields["MUSEUM"]);
        Assert.Equal(("Prado", null), (Fields.First("museum"), Fields.First("rights")));
        Assert.False(Fields.ContainsKey("rights"));
        Assert.Contains("'rights'", Assert.Throws<KeyNotFoundException>(() => Fields["rights"]).Message, StringComparison.Ordinal);
        Assert.Equal("Museum: Prado; medium: oil, panel", Fields.ToString());
    }

    [Fact]
    public void Fields_are_equal_when_their_values_are()
    {
        PaintingFields same = PaintingFields.Of(("medium", "oil"), ("medium", "panel"), ("museum", "Prado"));
        Assert.Equal(Fields, same);
        Assert.Equal(Fields.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(Fields, PaintingFields.Of(("medium", "panel"), ("medium", "oil"), ("museum", "Prado")));
        Assert.NotEqual(Fields, same.With("museum", "prado"));
        Assert.NotEqual(Fields, same.With("museum"));
        Assert.Equal(new Painting("a") { Fields = Fields }, new Painting("a") { Fields = same });
        Assert.Equal(new PaintingFilter { Fields = Fields }, new PaintingFilter { Fields = same });
        Assert.NotEqual(new PaintingFilter { Fields = Fields }, new PaintingFilter());
        Assert.False(new PaintingFilter { Fields = Fields }.IsEmpty);
    }

    [Fact]
    public void A_change_gives_other_fields_and_leaves_these()
    {
        PaintingFields changed = Fields.With("MUSEUM", "Louvre", "Prado").With("rights", "public domain").With("medium");
        Assert.Equal(PaintingFields.Of(("museum", "Louvre"), ("museum", "Prado"), ("rights", "public domain")), changed);
        Assert.Equal(["Prado"], Fields["museum"]);
        Assert.Equal(PaintingFields.Of(("museum", "Louvre"), ("medium", "oil"), ("medium", "panel"), ("rights", "x")), Fields.UpdatedWith(PaintingFields.Of(("rights", "x"), ("museum", "Louvre"))));
        Assert.Same(Fields, Fields.UpdatedWith(PaintingFields.Empty));
    }

    [Theory]
    [InlineData("", "v")]
    [InlineData(" ", "v")]
    [InlineData("\u0301", "v")]
    [InlineData("a\nb", "v")]
    [InlineData("n", "")]
    [InlineData("n", "\t")]
    [InlineData("n", "a\0b")]
    [InlineData("n", null)]
    public void What_is_blank_or_cannot_be_kept_is_refused(string name, string? value)
    {
        Assert.Throws<ArgumentException>(() => PaintingFields.Of((name, value!)));
        Assert.Throws<ArgumentException>(() => Fields.With(name, value!));
    }

    [Fact]
    public void There_are_limits()
    {
        Assert.Throws<ArgumentException>(() => PaintingFields.Of((new string('n', PaintingFields.MaxNameLength + 1), "v")));
        Assert.Throws<ArgumentException>(() => PaintingFields.Of(("n", new string('v', PaintingFields.MaxValueLength + 1))));
        (string, string)[] most = [.. Enumerable.Range(0, PaintingFields.MaxValues).Select(i => ($"n{i % 100}", $"v{i}"))];
        Assert.Equal(100, PaintingFields.Of(most).Count);
        Assert.Throws<ArgumentException>(() => PaintingFields.Of([.. most, ("n", "v")]));
    }

    [Fact]
    public void What_is_newly_known_is_merged()
    {
        var known = new Painting("a")
        {
            Artists = ["A", "B"], Date = PaintingDate.Parse("c. 1650"), Tags = ["museum:Prado", "date:c. 1650", "oil"], Fields = PaintingFields.Of(("rights", "x"), ("medium", "oil")),
        };
        Assert.Equal(known, known.UpdatedWith(new Painting("b")));
        Assert.Equal(known, known.UpdatedWith(new Painting("b") { Year = 1650 }));
        Painting updated = known.UpdatedWith(new Painting("b") { Artist = "C", Date = PaintingDate.Parse("1890s"), Fields = PaintingFields.Of(("Museum", "Louvre"), ("medium", "tempera")) });
        Assert.Equal(
            new Painting("a") { Artist = "C", Year = 1894, Date = PaintingDate.Parse("1890s"), Tags = ["oil"], Fields = PaintingFields.Of(("rights", "x"), ("medium", "tempera"), ("museum", "Louvre")) },
            updated);
        Assert.Equal((1700, null), (known.UpdatedWith(new Painting("b") { Year = 1700 }).Year, known.UpdatedWith(new Painting("b") { Year = 1700 }).Date));
        Assert.Null(known.UpdatedWith(new Painting("b") { Date = new PaintingDate("n.d.", null, null) }).Year);
    }

    [Fact]
    public void The_artist_is_the_first_of_the_artists()
    {
        Assert.Equal(("A", (string?)null), (new Painting("a") { Artists = ["A", "B"] }.Artist, new Painting("a").Artist));
        Assert.Equal(["A"], new Painting("a") { Artist = "A" }.Artists);
        Assert.Empty(new Painting("a") { Artist = null }.Artists);
        Assert.NotEqual(new Painting("a") { Artists = ["A", "B"] }, new Painting("a") { Artist = "A" });
        Assert.Equal(new Painting("b") { Artists = ["A", "B"], Fields = Fields }, new Painting("a") { Artists = ["A", "B"], Fields = Fields }.WithKey("b"));
    }
}
