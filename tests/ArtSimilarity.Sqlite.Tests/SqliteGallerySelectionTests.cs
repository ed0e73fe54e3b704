using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>
/// When a filter is evaluated, and when what it selected before is good still: then the very same set comes back.
/// That the answers are right, whatever changes in between, is for the conformance tests.
/// </summary>
public sealed class SqliteGallerySelectionTests : IDisposable
{
    private static readonly FeatureSpace Space = new("a#1", "none", 2);
    private static readonly PaintingFilter Landscapes = new() { Genres = ["Landscape"], Tags = ["Oil", "Panel"] };
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string GalleryPath => _folder.File("gallery.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Hundreds_of_filters_used_in_turn_are_each_evaluated_once()
    {
        await using SqliteGalleryStore store = await MakeAsync();
        PaintingFilter[] filters = [.. Enumerable.Range(0, 600).Select(year => new PaintingFilter { FromYear = year })];
        IdSet[] first = await SelectAsync(store, filters), second = await SelectAsync(store, filters);
        Assert.All(first.Zip(second), pair => Assert.Same(pair.First, pair.Second));
    }

    [Fact]
    public async Task Memory_for_selections_is_bounded_and_the_filter_used_last_stays()
    {
        // 64 sets of 8 bytes with their entries take more than 16 KB, two take less.
        await using SqliteGalleryStore store = await MakeAsync(maxSelectionBytes: 16_384);
        PaintingFilter[] filters = [.. Enumerable.Range(0, 64).Select(year => new PaintingFilter { FromYear = year })];
        IdSet[] first = await SelectAsync(store, filters);
        Assert.Same(first[^1], await store.SelectAsync(Space, filters[^1], Token));
        Assert.NotSame(first[0], await store.SelectAsync(Space, filters[0], Token));
    }

    [Fact]
    public async Task Without_memory_for_selections_every_search_evaluates_its_filter()
    {
        await using SqliteGalleryStore store = await MakeAsync(maxSelectionBytes: 0);
        IdSet first = await store.SelectAsync(Space, Landscapes, Token), second = await store.SelectAsync(Space, Landscapes, Token);
        Assert.NotSame(first, second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public void A_negative_bound_is_refused() => Assert.Contains(
        "MaxSelectionBytes is -1",
        Assert.Throws<ArgumentException>(() => SqliteGalleryStore.Open(GalleryPath, new SqliteGalleryOptions { MaxSelectionBytes = -1 })).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Labels_in_another_letter_case_or_order_are_the_same_filter()
    {
        await using SqliteGalleryStore store = await MakeAsync();
        IdSet first = await store.SelectAsync(Space, Landscapes, Token);
        Assert.Same(first, await store.SelectAsync(Space, new PaintingFilter { Genres = ["lÄndscape", " LANDSCAPE"], Tags = ["panel", "oil"] }, Token));
        Assert.NotSame(first, await store.SelectAsync(Space, Landscapes with { Genres = ["landscapes"] }, Token));
    }

    [Fact]
    public async Task Keys_are_told_apart_by_letter_case_and_labels_that_match_nothing_from_none()
    {
        await using SqliteGalleryStore store = await MakeAsync();
        Assert.Equal(1, (await store.SelectAsync(Space, new PaintingFilter { Keys = ["w1"] }, Token)).Count);
        Assert.Equal(0, (await store.SelectAsync(Space, new PaintingFilter { Keys = ["W1"] }, Token)).Count);
        Assert.Equal(20, (await store.SelectAsync(Space, new PaintingFilter(), Token)).Count);
        Assert.Equal(0, (await store.SelectAsync(Space, new PaintingFilter { Genres = ["a\0"] }, Token)).Count);
    }

    [Fact]
    public async Task Filters_by_other_fields_are_told_apart()
    {
        await using SqliteGalleryStore store = await MakeAsync();
        await store.WriteAsync(
            [
                new GalleryEntry(new Painting("p") { Fields = PaintingFields.Of(("museum", "Prado")) }, "p", [new Signature(Space, new float[] { 1, 2 })]),
                new GalleryEntry(new Painting("l") { Fields = PaintingFields.Of(("museum", "Louvre")) }, "l", [new Signature(Space, new float[] { 2, 1 })]),
            ],
            Token);
        IdSet prado = await store.SelectAsync(Space, new PaintingFilter { Fields = PaintingFields.Of(("museum", "Prado")) }, Token);
        IdSet louvre = await store.SelectAsync(Space, new PaintingFilter { Fields = PaintingFields.Of(("museum", "Louvre")) }, Token);
        IdSet owner = await store.SelectAsync(Space, new PaintingFilter { Fields = PaintingFields.Of(("owner", "Prado")) }, Token);
        Assert.Equal((1, 1, 0), (prado.Count, louvre.Count, owner.Count));
        Assert.NotEqual(prado.ToArray(), louvre.ToArray());
        Assert.Same(prado, await store.SelectAsync(Space, new PaintingFilter { Fields = PaintingFields.Of(("MUSEUM", "prado")) }, Token));
    }

    [Fact]
    public async Task Long_lists_of_keys_that_differ_in_the_middle_are_told_apart()
    {
        await using SqliteGalleryStore store = await MakeAsync();
        string[] keys = [.. Enumerable.Range(0, 100).Select(i => $"no such work {i}")], others = [.. keys];
        others[50] = "w1";
        IdSet none = await store.SelectAsync(Space, new PaintingFilter { Keys = keys }, Token), one = await store.SelectAsync(Space, new PaintingFilter { Keys = others }, Token);
        Assert.Equal((0, 1), (none.Count, one.Count));
        Assert.Same(none, await store.SelectAsync(Space, new PaintingFilter { Keys = keys }, Token));
        Assert.Same(one, await store.SelectAsync(Space, new PaintingFilter { Keys = others }, Token));
    }

    [Fact]
    public async Task A_change_of_what_no_filter_asks_for_keeps_selections()
    {
        await using SqliteGalleryStore store = await MakeAsync();
        await using SqliteGalleryStore other = SqliteGalleryStore.Open(GalleryPath);
        IdSet first = await store.SelectAsync(Space, Landscapes, Token);
        foreach (SqliteGalleryStore writer in new[] { store, other })
        {
            await writer.WriteAsync([new GalleryEntry(Work(0) with { Title = $"Title {writer == other}", ImageUri = "/a/b" }, null, [])], Token);
            Assert.Equal($"Title {writer == other}", Assert.Single(await store.GetPaintingsAsync(Space, first.ToArray()[..1], Token))!.Title);
        }

        Assert.Same(first, await store.SelectAsync(Space, Landscapes, Token));
    }

    [Theory]
    [InlineData("genre")]
    [InlineData("style")]
    [InlineData("artist")]
    [InlineData("year")]
    [InlineData("tags")]
    [InlineData("key")]
    public async Task A_change_of_what_a_filter_asks_for_is_seen(string field)
    {
        PaintingFilter filter = new() { Genres = ["landscape"], Styles = ["s"], Artists = ["a"], Tags = ["oil"], FromYear = 0, ToYear = 100, Keys = ["w0", "w2"] };
        await using SqliteGalleryStore store = await MakeAsync();
        await using SqliteGalleryStore other = SqliteGalleryStore.Open(GalleryPath);
        Assert.Equal(2, (await store.SelectAsync(Space, filter, Token)).Count);
        Painting work = Work(0);
        GalleryEntry changed = field switch
        {
            "genre" => new(work with { Genre = "portrait" }, null, []),
            "style" => new(work with { Style = "x" }, null, []),
            "artist" => new(work with { Artist = "x" }, null, []),
            "year" => new(work with { Year = 101 }, null, []),
            "tags" => new(work with { Tags = ["panel"] }, null, []),
            _ => new(work.WithKey("x"), null, []) { FormerKey = work.Key },
        };
        await other.WriteAsync([changed], Token);
        Assert.Equal(1, (await store.SelectAsync(Space, filter, Token)).Count);
    }

    [Fact]
    public async Task What_was_removed_replaced_and_added_since_is_made_up_for()
    {
        await using SqliteGalleryStore store = await MakeAsync();
        await using SqliteGalleryStore other = SqliteGalleryStore.Open(GalleryPath);
        int[] before = (await store.SelectAsync(Space, Landscapes, Token)).ToArray();
        await other.RemoveAsync(["w0", "w19"], Token);
        await other.WriteAsync([new GalleryEntry(Work(2), "another picture", [Signature(2)]), Entry(20), Entry(21)], Token);
        int[] after = (await store.SelectAsync(Space, Landscapes, Token)).ToArray();
        await using SqliteGalleryStore fresh = SqliteGalleryStore.Open(GalleryPath);
        Assert.Equal((await fresh.SelectAsync(Space, Landscapes, Token)).ToArray(), after);
        Assert.Equal(before.Length, after.Length); // one is gone, one was added
        Assert.Equal(before[2..], after[..^2]);
    }

    private static Painting Work(int i) =>
        new($"w{i}") { Title = "Title", Genre = i % 2 == 0 ? "landscape" : "portrait", Style = "s", Artist = "a", Year = i, Tags = ["oil"] };

    private static Signature Signature(int i) => new(Space, new float[] { 1, i });

    private static GalleryEntry Entry(int i) => new(Work(i), $"hash {i}", [Signature(i)]);

    private static async Task<IdSet[]> SelectAsync(SqliteGalleryStore store, PaintingFilter[] filters)
    {
        var selected = new IdSet[filters.Length];
        for (int i = 0; i < filters.Length; i++)
        {
            selected[i] = await store.SelectAsync(Space, filters[i], Token);
        }

        return selected;
    }

    private async Task<SqliteGalleryStore> MakeAsync(long? maxSelectionBytes = null)
    {
        var options = new SqliteGalleryOptions();
        options.MaxSelectionBytes = maxSelectionBytes ?? options.MaxSelectionBytes;
        SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryPath, options);
        await store.WriteAsync([.. Enumerable.Range(0, 20).Select(Entry)], Token);
        return store;
    }
}
