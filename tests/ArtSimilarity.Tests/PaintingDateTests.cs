using Xunit;

namespace ArtSimilarity.Tests;

public sealed class PaintingDateTests
{
    [Theory]
    [InlineData("1650", 1650, 1650)]
    [InlineData("-50", -50, -50)]
    [InlineData("c. 1650", 1650, 1650)]
    [InlineData("c1650", 1650, 1650)]
    [InlineData("ca.1889", 1889, 1889)]
    [InlineData("circa 1889", 1889, 1889)]
    [InlineData("um 1500", 1500, 1500)]
    [InlineData("[1660]", 1660, 1660)]
    [InlineData("1660?", 1660, 1660)]
    [InlineData("(1841)", 1841, 1841)]
    [InlineData("1500.0", 1500, 1500)]
    [InlineData("1503–1506", 1503, 1506)]
    [InlineData("1503-06", 1503, 1506)]
    [InlineData("1640/45", 1640, 1645)]
    [InlineData("1640/5", 1640, 1645)]
    [InlineData("c. 1503–c. 1506", 1503, 1506)]
    [InlineData("between 1503 and 1506", 1503, 1506)]
    [InlineData("from 1503 to 1506", 1503, 1506)]
    [InlineData("1503 or 1506", 1503, 1506)]
    [InlineData("1889, 1891", 1889, 1891)]
    [InlineData("1890s", 1890, 1899)]
    [InlineData("the 1890s", 1890, 1899)]
    [InlineData("1890's", 1890, 1899)]
    [InlineData("early 1890s", 1890, 1893)]
    [InlineData("1880s–1890s", 1880, 1899)]
    [InlineData("19th century", 1801, 1900)]
    [InlineData("19th c.", 1801, 1900)]
    [InlineData("19. Jahrhundert", 1801, 1900)]
    [InlineData("XVIIIe siècle", null, null)]
    [InlineData("18e siècle", 1701, 1800)]
    [InlineData("early 19th century", 1801, 1840)]
    [InlineData("mid-19th century", 1831, 1870)]
    [InlineData("late 19th century", 1861, 1900)]
    [InlineData("first half of the 19th century", 1801, 1850)]
    [InlineData("second half of the 19th century", 1851, 1900)]
    [InlineData("last quarter of the 19th century", 1876, 1900)]
    [InlineData("18th–19th century", 1701, 1900)]
    [InlineData("late 18th–early 19th century", 1761, 1840)]
    [InlineData("50 BC", -50, -50)]
    [InlineData("300–200 BCE", -300, -200)]
    [InlineData("5th century B.C.", -500, -401)]
    [InlineData("100 BC–100 AD", -100, 100)]
    [InlineData("A.D. 79", 79, 79)]
    [InlineData("before 1650", null, 1650)]
    [InlineData("after 1650", 1650, null)]
    [InlineData("1896-04-09", 1896, 1896)]
    [InlineData("1896-04", 1896, 1896)]
    [InlineData("09.04.1896", 1896, 1896)]
    [InlineData("May 1889", 1889, 1889)]
    [InlineData("May 12, 1889", 1889, 1889)]
    [InlineData("soon", null, null)]
    [InlineData("n.d.", null, null)]
    [InlineData("1650-1600", null, null)]
    [InlineData("99999999999", null, null)]
    [InlineData("1e400", null, null)]
    [InlineData("NaN", null, null)]
    [InlineData("100th century", null, null)]
    [InlineData("----", null, null)]
    public void Years_are_told_where_they_can_be(string text, int? earliest, int? latest)
    {
        PaintingDate date = PaintingDate.Parse(text);
        Assert.Equal((text, earliest, latest), (date.Text, date.Earliest, date.Latest));
        Assert.Equal(earliest is not null || latest is not null, date.HasYears);
    }

    [Theory]
    [InlineData("1650", 1650)]
    [InlineData("1503–1506", 1504)]
    [InlineData("100 BC–99 BC", -100)]
    [InlineData("before 1650", null)]
    public void The_year_is_the_middle_rounded_down(string text, int? year) => Assert.Equal(year, PaintingDate.Parse(text).Year);

    [Fact]
    public void A_text_of_any_length_ends_soon()
    {
        Assert.False(PaintingDate.Parse(new string('-', 1_000_000)).HasYears);
        Assert.False(PaintingDate.Parse(string.Concat(Enumerable.Repeat("1 to ", 20))).HasYears);
    }

    [Fact]
    public void A_date_does_not_end_before_it_begins()
    {
        Assert.Throws<ArgumentException>(() => new PaintingDate("x", 1700, 1600));
        Assert.Equal(new PaintingDate("x", 1600, 1600), new PaintingDate("x", 1600, 1600));
    }
}
