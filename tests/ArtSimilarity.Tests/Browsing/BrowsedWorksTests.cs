using ArtSimilarity.Browsing;
using ArtSimilarity.Galleries;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests.Browsing;

public sealed class BrowsedWorksTests
{
    private static readonly Gen<int?> Year = Gen.Int[1480, 1660].Select(year => year > 1600 ? (int?)null : year);

    private static readonly Gen<string[]> Labels = OneOf("Portrait", "portrait", "Étude", "etude", "Sea  view", "O’Brien").Array[0, 3];

    private static readonly Gen<Painting> Works = Gen.Select(Labels, Labels, Labels, Labels, Year, OneOf("Museum", "museum", "Ort")).Select(
        (genreAndStyle, artists, tags, values, year, field) => new Painting("k")
        {
            Title = tags.Length == 1 ? $"Title {artists.Length}" : null,
            Genre = genreAndStyle.ElementAtOrDefault(0),
            Style = genreAndStyle.ElementAtOrDefault(1),
            Artists = artists,
            Tags = tags,
            Year = year,
            Fields = PaintingFields.Of(values.Select(value => (field, value))),
        });

    private static readonly Gen<WorkQuery> Queries = Gen.Select(
        Gen.Select(Labels, Labels, Labels, Labels, Labels),
        Year,
        Year,
        OneOf("museum", "MUSEUM", "ort", "nowhere"),
        OneOf<string?>(null, null, "", "tude", "SEA\tview", "title portrait", "é"),
        Gen.Bool).Select((labels, from, to, field, words, someKeys) => new WorkQuery(
            new PaintingFilter
            {
                Genres = Few(labels.Item1),
                Styles = Few(labels.Item2),
                Artists = Few(labels.Item3),
                Tags = Few(labels.Item4),
                Fields = PaintingFields.Of(Few(labels.Item5).Select(value => (field, value))),
                Keys = someKeys ? ["k0", "k2", "k3", "k5", "k7"] : [],
                FromYear = from,
                ToYear = to,
            },
            words));

    [Fact]
    public void A_query_lets_pass_what_the_filter_matches_and_counts_what_a_count_by_hand_gives() =>
        Gen.Select(Works.Array[0, 25], Queries).Sample(
            (paintings, query) =>
            {
                paintings = [.. paintings.Select((work, i) => work.WithKey($"k{i}"))];
                BrowsedWorks works = Of(paintings);
                Painting[] all = [.. works.Works.Select(work => work.Painting)];
                PaintingFilter filter = query.Filter!;
                Assert.Equal(all.Where(work => Matches(filter, query.Words, work)), works.Select(query).Select(work => work.Painting));
                Assert.Equal(all.Where(filter.Matches), works.Select(new WorkQuery(filter)).Select(work => work.Painting));

                IReadOnlyList<FacetCounts> counted = works.CountFacets(query);
                string[] facets = [Facet.Genre, Facet.Style, Facet.Artist, Facet.Period, Facet.Tag, .. works.FieldNames.Select(name => Facet.FieldPrefix + name)];
                List<string> present = [];
                foreach (string facet in facets)
                {
                    PaintingFilter others = Without(filter, facet);
                    Dictionary<string, int> expected = all.Where(work => Matches(others, query.Words, work))
                        .SelectMany(work => Facet.LabelsOf(work, facet).Distinct()).CountBy(label => label).ToDictionary();
                    if (expected.Count > 0)
                    {
                        present.Add(facet);
                        FacetCounts counts = counted.Single(counts => counts.Facet == facet);
                        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), counts.Values.Select(value => KeyValuePair.Create(value.Value, value.Count)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
                        Assert.Equal(expected.Count, counts.DistinctCount);
                        Assert.All(counts.Values, value => Assert.True(facet == Facet.Period || value.IsChosen == Chosen(filter, facet).Any(chosen => LabelFolding.AreSame(chosen, value.Value))));
                        Assert.Equal(counts.Values.Take(1), works.CountFacets(query, 1).Single(counts => counts.Facet == facet).Values);
                    }
                }

                Assert.Equal(present, counted.Select(counts => counts.Facet));
            },
            iter: 2000);

    [Theory]
    [InlineData("cezanne", true)]
    [InlineData("CÉZANNE apples", true)]
    [InlineData("ce\u0301zanne", true)]
    [InlineData("apples\u00A0cezanne\n", true)]
    [InlineData("pple", true)]
    [InlineData("o'brien", true)]
    [InlineData("kunsthaus c.1893", true)]
    [InlineData("cezanne pears", false)]
    [InlineData("basketpaul", false)]
    [InlineData(" ", true)]
    [InlineData(null, true)]
    public void Words_are_found_in_all_that_is_known_without_regard_to_case_and_accents(string? words, bool isFound)
    {
        BrowsedWorks works = Of(new Painting("k1")
        {
            Title = "Apples, Basket", Artist = "Paul Cézanne", Date = PaintingDate.Parse("c.1893"), Tags = ["O’Brien"], Fields = PaintingFields.Of(("museum", "Künsthaus")),
        });
        Assert.Equal(isFound ? 1 : 0, works.Select(new WorkQuery(null, words)).Count());
    }

    [Fact]
    public void Every_order_puts_what_is_unknown_last_and_equal_works_by_key()
    {
        BrowsedWorks works = Of(
            new Painting("e") { Title = "Zebra", Artist = "Claude Monet", Year = 1900 },
            new Painting("d") { Title = "Étude", Artist = "Édouard Manet", Year = -50 },
            new Painting("c") { Title = "apple", Artist = "CLAUDE MONET", Year = 1890 },
            new Painting("b") { Artist = "Anna Ancher " },
            new Painting("a") { Title = "Zebra", Year = 1900 });
        Assert.Equal("abcde", Order(WorkOrder.Key));
        Assert.Equal("cdaeb", Order(WorkOrder.Title));
        Assert.Equal("bdcea", Order(WorkOrder.Artist));
        Assert.Equal("dcaeb", Order(WorkOrder.Oldest));
        Assert.Equal("aecdb", Order(WorkOrder.Newest));
        Assert.Throws<ArgumentOutOfRangeException>(() => works.Select(new WorkQuery(), (WorkOrder)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => works.CountFacets(new WorkQuery(), 0));

        string Order(WorkOrder order) => string.Concat(works.Select(new WorkQuery(), order).Select(work => work.Painting.Key));
    }

    [Fact]
    public void Periods_are_half_centuries_in_the_order_of_time()
    {
        Assert.Equal(["1850-1899", "1900-1949", "0-49", "-50--1", "-100--51"], ((int[])[1899, 1900, 0, -1, -51]).Select(Facet.PeriodOf));
        BrowsedWorks works = Of([.. ((int[])[1860, 1870, -60, 1700, 1899]).Select((year, i) => new Painting($"{i}") { Year = year })]);
        FacetCounts periods = Assert.Single(works.CountFacets(new WorkQuery(new PaintingFilter { FromYear = 1850, ToYear = 1899 })));
        Assert.Equal([new("-100--51", 1, false), new("1700-1749", 1, false), new("1850-1899", 3, true)], periods.Values);
    }

    [Fact]
    public void Works_are_found_by_key_and_picture_and_facets_that_are_none_are_refused()
    {
        BrowsedWorks works = Of(new Painting("b"), new Painting("a"));
        Assert.Equal("b", works.Find("b")?.Painting.Key);
        Assert.Null(works.Find("B"));
        Assert.Equal("b", works.FindByImage("hash of b")?.Painting.Key);
        Assert.Null(works.FindByImage("none"));
        Assert.Throws<ArgumentException>(() => Facet.LabelsOf(new Painting("a"), "colour"));
        Assert.Empty(Facet.LabelsOf(new Painting("a"), "field.colour"));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static BrowsedWorks Of(params Painting[] paintings) =>
        new([.. paintings.OrderBy(work => work.Key, StringComparer.Ordinal).Select(work => new BrowsedWork(new StoredWork(work, $"hash of {work.Key}", [])))]);

    /// <summary>Mostly none, so that some works pass.</summary>
    private static string[] Few(string[] labels) => labels.Length == 3 ? labels : [];

    private static bool Matches(PaintingFilter filter, string? words, Painting work) =>
        filter.Matches(work) && LabelFolding.Fold(words ?? "").Split(' ', '\t').All(word =>
            ((IEnumerable<string?>)[work.Title, work.Key, work.Genre, work.Style, .. work.Artists, .. work.Tags, .. work.Fields.Values.SelectMany(values => values)])
            .Any(text => LabelFolding.Fold(text ?? "").Contains(word, StringComparison.Ordinal)));

    private static IEnumerable<string> Chosen(PaintingFilter filter, string facet) => facet switch
    {
        Facet.Genre => filter.Genres,
        Facet.Style => filter.Styles,
        Facet.Artist => filter.Artists,
        Facet.Tag => filter.Tags,
        _ => filter.Fields.TryGetValue(facet[Facet.FieldPrefix.Length..], out IReadOnlyList<string>? values) ? values : [],
    };

    private static PaintingFilter Without(PaintingFilter filter, string facet) => facet switch
    {
        Facet.Genre => filter with { Genres = [] },
        Facet.Style => filter with { Styles = [] },
        Facet.Artist => filter with { Artists = [] },
        Facet.Tag => filter with { Tags = [] },
        Facet.Period => filter with { FromYear = null, ToYear = null },
        _ => filter with { Fields = filter.Fields.With(facet[Facet.FieldPrefix.Length..]) },
    };
}
