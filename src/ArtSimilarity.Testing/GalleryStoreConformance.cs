using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>What every <see cref="IGalleryStore"/> promises.</summary>
public abstract class GalleryStoreConformance
{
    /// <summary>A feature space that the tests write signatures of.</summary>
    protected static readonly FeatureSpace SpaceA = new("model-a#1", "64x64 squash", 4);
    /// <summary>Another feature space.</summary>
    protected static readonly FeatureSpace SpaceB = new("model-b#1", "64x64 squash", 3);

    private static readonly Gen<string> Label = Gen.OneOf(
        "landscape", "Landscape", "LANDSCAPE", "portrait", "Paul Cézanne", "PAUL CÉZANNE", "paul cézanne", "paul CéZANNE",
        "k", "K", "\u212A", "\u0130", "i", "", " ", "100%", "a_b", "it's", "\"quoted\" \\ back", "[1,2]", "風景", "🖼 art", "\uFFFF", "tab\tnew\nline", "null");

    private static readonly Gen<string> FieldName = Gen.OneOf("museum", "MUSEUM", "Medium", "größe", "Grosse", "it's", "a.b:c");

    private static readonly Gen<int?> Year = Gen.OneOf(Gen.Const((int?)null), Gen.Int[-3, 3].Select(y => (int?)y), Gen.OneOf<int?>(int.MinValue, int.MaxValue));

    /// <summary>Creates the store under test, which is a new, empty gallery. The test disposes it.</summary>
    /// <returns>The store.</returns>
    protected abstract IGalleryStore Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_work_may_have_a_signature_for_each_region_of_its_image()
    {
        await using IGalleryStore store = Create();
        var whole = new FeatureSpace("model", "none", 2);
        FeatureSpace space = RegionLayout.Default.SpaceOf(whole);
        ImageRegion left = new(0, 0, 1.0 / 3, 1), right = new(0.5, 0, 0.5, 1);
        await store.WriteAsync(
            [
                Entry("a", "1", new(whole, new float[] { 1, 2 }), Of(left, 1), Of(right, 2)),
                Entry("b", "1", Of(left, 3), new(space, new float[] { 4, 4 })),
            ],
            Token);
        Assert.Equal([(whole, 1), (space, 4)], (await store.GetFeatureSpacesAsync(Token)).Select(summary => (summary.Space, summary.Count)));
        Assert.Equal([whole, space], (await store.FindAsync(["a"], Token))["a"].Spaces);
        VectorSet vectors = await store.ReadSignaturesAsync(space, -1, Token);
        int[] ids = vectors.Ids.ToArray();
        Assert.Equal(["a", "a", "b", "b", null], (await store.GetPaintingsAsync(space, [.. ids, 99], Token)).Select(painting => painting?.Key));
        IReadOnlyList<Signature> ofA = await store.GetAllSignaturesAsync(space, "a", Token), ofB = await store.GetAllSignaturesAsync(space, "b", Token);
        Assert.Equal([left, right], ofA.Select(signature => signature.Region));
        Assert.Equal([left, null], ofB.Select(signature => signature.Region));
        Assert.Equal(ids.Length, ofA.Count + ofB.Count);
        Assert.All(ofA.Concat(ofB).Index(), signature => Assert.Equal(vectors[signature.Index].ToArray(), signature.Item.Vector.ToArray()));
        Assert.Null(Assert.Single(await store.GetAllSignaturesAsync(whole, "a", Token)).Region);
        Assert.Empty(await store.GetAllSignaturesAsync(whole, "b", Token));
        Assert.Empty(await store.GetAllSignaturesAsync(space, "nobody", Token));
        Assert.Empty(await store.GetAllSignaturesAsync(new FeatureSpace("none", "none", 1), "a", Token));
        float[] ofWhole = (await store.GetSignatureAsync(space, "b", Token))!.Value.Vector;
        Assert.Equal(new[] { 4f, 4f }, ofWhole);
        Assert.Null(await store.GetSignatureAsync(space, "a", Token));
        Assert.Equal(2, (await store.SelectAsync(space, new PaintingFilter { Keys = ["a"] }, Token)).Count);
        WorkChanges works = (await store.ReadWorkChangesAsync(space, default, -1, Token))!;
        Assert.Equal(2, works.AddedWorks.Distinct().Count());
        Assert.Equal(4, works.AddedWorks.Count);

        // Those of a space replace all of that space, whatever their regions, and leave the others.
        await store.WriteAsync([Entry("a", "1", Of(right, 5))], Token);
        Assert.Equal(["b", "b", "a"], (await store.GetPaintingsAsync(space, (await store.ReadSignaturesAsync(space, -1, Token)).Ids.ToArray(), Token)).Select(painting => painting?.Key));
        Assert.NotNull(await store.GetSignatureAsync(whole, "a", Token));
        SpaceVersion version = (await store.GetFeatureSpacesAsync(Token))[1].Version;

        // Another image, and removal, take all of them away.
        await store.WriteAsync([Entry("b", "2", new Signature(whole, new float[] { 1, 1 }))], Token);
        Assert.Equal(2, (await store.ReadChangesAsync(space, version, ids[^1], Token))!.Removed.Count);
        await store.RemoveAsync(["a"], Token);
        Assert.Equal([1, 0], (await store.GetFeatureSpacesAsync(Token)).Select(summary => summary.Count));

        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(async () => await store.WriteAsync([Entry("c", "1", Of(left, 1), Of(left, 2))], Token));
        Assert.Contains("region", e.Message, StringComparison.Ordinal);

        Signature Of(ImageRegion region, float value) => new(space, new[] { value, value }) { Region = region };
        static GalleryEntry Entry(string key, string hash, params Signature[] signatures) => new(new Painting(key), hash, signatures);
    }

    [Fact]
    public async Task An_entry_without_a_content_hash_changes_only_what_the_catalogue_says()
    {
        await using IGalleryStore store = Create();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var space = new FeatureSpace("only-catalogue", "none", 2);
        await store.WriteAsync([new GalleryEntry(new Painting("a") { Title = "Old" }, "hash", [new Signature(space, new float[] { 1, 2 })])], cancellation);
        FeatureSpaceSummary before = (await store.GetFeatureSpacesAsync(cancellation)).Single();
        await store.WriteAsync([new GalleryEntry(new Painting("a") { Title = "New" }, null, []), new GalleryEntry(new Painting("unknown"), null, [])], cancellation);
        IReadOnlyDictionary<string, StoredWork> works = await store.FindAsync(["a", "unknown"], cancellation);
        Assert.Equal(["a"], works.Keys);
        Assert.Equal(("New", "hash"), (works["a"].Painting.Title, works["a"].ContentHash));
        Assert.Equal([space], works["a"].Spaces);
        Assert.Equal(before, (await store.GetFeatureSpacesAsync(cancellation)).Single());
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await store.WriteAsync([new GalleryEntry(new Painting("a"), null, [new Signature(space, new float[] { 1, 2 })])], cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(4096)]
    public async Task Blocks_of_signatures_give_what_one_reading_gives(int blockSize)
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([.. Enumerable.Range(0, 30).Select(i => Entry($"w{i}", $"hash-{i}", (SpaceA, i + 1), (SpaceB, -i)))], Token);
        await store.RemoveAsync(["w0", "w8", "w9", "w29"], Token);
        VectorSet expected = await store.ReadSignaturesAsync(SpaceA, -1, Token);
        List<int> ids = [], sizes = [];
        await foreach (VectorSet block in store.ReadSignatureBlocksAsync(SpaceA, blockSize, Token))
        {
            for (int row = 0; row < block.Count; row++)
            {
                Assert.Equal(expected[ids.Count].ToArray(), block[row].ToArray());
                ids.Add(block.Ids[row]);
            }

            sizes.Add(block.Count);
        }

        Assert.Equal(expected.Ids.ToArray(), ids);
        Assert.Equal(26, ids.Count);
        Assert.All(sizes, size => Assert.InRange(size, 1, blockSize));
    }

    [Fact]
    public async Task Blocks_go_on_while_works_are_removed_and_end_when_cancelled()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([.. Enumerable.Range(0, 30).Select(i => Entry($"w{i}", $"hash-{i}", (SpaceA, i + 1)))], Token);
        List<int> ids = [];
        await foreach (VectorSet block in store.ReadSignatureBlocksAsync(SpaceA, 10, Token))
        {
            if (ids.Count == 0)
            {
                await store.RemoveAsync(["w1", "w12", "w13", "w29"], Token);
            }

            ids.AddRange(block.Ids);
        }

        Assert.Equal(27, ids.Count);
        Assert.Equal(ids.Order(), ids);
        Assert.Empty(await store.ReadSignatureBlocksAsync(new FeatureSpace("nobody", "none", 3), 10, Token).ToListAsync(Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.ReadSignatureBlocksAsync(SpaceA, 0, Token));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (VectorSet block in store.ReadSignatureBlocksAsync(SpaceA, 5, stop.Token))
            {
                await stop.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task A_new_gallery_is_empty()
    {
        await using IGalleryStore store = Create();

        Assert.NotEqual(Guid.Empty, store.Identity);
        Assert.Empty(await store.GetFeatureSpacesAsync(Token));
        Assert.Equal(0, await store.CountAsync(new PaintingFilter(), Token));
        Assert.Empty(await store.FindAsync(["a"], Token));
        Assert.Equal(0, (await store.SelectAsync(SpaceA, new PaintingFilter(), Token)).Count);
        VectorSet vectors = await store.ReadSignaturesAsync(SpaceA, cancellationToken: Token);
        Assert.Equal((0, 4), (vectors.Count, vectors.Dimensions));
        Assert.Null(await store.GetSignatureAsync(SpaceA, "a", Token));
        Assert.Equal(new Painting?[] { null, null, null }, await store.GetPaintingsAsync(SpaceA, [0, 1, -5], Token));
        Assert.Equal(0, await store.RemoveAsync(["a"], Token));
        Assert.Null(await store.GetPropertyAsync("default-model", Token));
    }

    [Fact]
    public async Task Works_are_listed_in_the_order_of_their_keys()
    {
        await using IGalleryStore store = Create();
        Assert.Empty(await ListAsync(store, new PaintingFilter()));
        string[] keys = ["b", "a", "ä", "A", "\uE000", "\U0001F5BC", "\uFFFD", "a/b", "10", "9", "aa", "\U0001F5BCx"];
        await store.WriteAsync([.. keys.Select((key, i) => new GalleryEntry(
            new Painting(key) { Title = key, Tags = [key, "t"], Genre = i % 2 == 0 ? "even" : "odd" }, "hash-" + key, [new Signature(i % 3 == 0 ? SpaceA : SpaceB, new float[i % 3 == 0 ? 4 : 3])]))], Token);
        List<StoredWork> all = await ListAsync(store, new PaintingFilter());
        Assert.Equal(["10", "9", "A", "a", "a/b", "aa", "b", "ä", "\uE000", "\uFFFD", "\U0001F5BC", "\U0001F5BCx"], all.Select(work => work.Painting.Key));
        IReadOnlyDictionary<string, StoredWork> found = await store.FindAsync(keys, Token);
        Assert.All(all, work =>
        {
            Assert.Equal(found[work.Painting.Key].Painting, work.Painting);
            Assert.Equal((found[work.Painting.Key].ContentHash, found[work.Painting.Key].Spaces.Single()), (work.ContentHash, work.Spaces.Single()));
        });
        string[] some = ["A", "a", "aa", "b", "ä", "\uFFFD"];
        List<StoredWork> even = await ListAsync(store, new PaintingFilter { Genres = ["EVEN"], Keys = some });
        Assert.Equal(some.Where(key => Array.IndexOf(keys, key) % 2 == 0), even.Select(work => work.Painting.Key));
    }

    [Fact]
    public async Task Listing_goes_on_over_what_is_written_and_removed_meanwhile()
    {
        await using IGalleryStore store = Create();
        const int Count = 2500;
        await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => new GalleryEntry(new Painting($"k{i:0000}"), "hash", []))], Token);
        List<string> listed = [];
        await foreach (StoredWork work in store.ListAsync(new PaintingFilter(), Token))
        {
            if (listed.Count == 10)
            {
                await store.RemoveAsync(["k0003", "k2400"], Token);
                await store.WriteAsync([new GalleryEntry(new Painting("a"), "hash", []), new GalleryEntry(new Painting("z"), "hash", [])], Token);
            }

            listed.Add(work.Painting.Key);
        }

        Assert.Equal(listed.Distinct().Order(StringComparer.Ordinal), listed);
        Assert.Equal(Count, listed.Union(["k2400"]).Except(["a", "z"]).Count());
        using var cancelled = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (StoredWork work in store.ListAsync(new PaintingFilter(), cancelled.Token))
            {
                await cancelled.CancelAsync();
            }
        });
        Assert.Throws<ArgumentNullException>(() => { store.ListAsync(null!, Token); });
    }

    private static async Task<List<StoredWork>> ListAsync(IGalleryStore store, PaintingFilter filter)
    {
        List<StoredWork> works = [];
        await foreach (StoredWork work in store.ListAsync(filter, Token))
        {
            works.Add(work);
        }

        return works;
    }

    [Fact]
    public async Task Two_galleries_have_two_identities()
    {
        await using IGalleryStore one = Create();
        await using IGalleryStore other = Create();
        Assert.NotEqual(one.Identity, other.Identity);
    }

    [Fact]
    public async Task A_written_work_comes_back_with_every_field()
    {
        await using IGalleryStore store = Create();
        var painting = new Painting("wiki/雪舟 'x' \"y\"")
        {
            Title = "Vue de l'Estaque 🖼",
            Artists = ["Paul Cézanne", "", "Jan \"the Elder\" Brueghel"],
            Genre = "landscape",
            Style = "Post-Impressionism",
            Year = -12,
            Date = new PaintingDate("c. 12 BCE, “early”", -20, null),
            ImageUri = "/pictures/a b.jpg",
            Tags = ["sea", "SEA", "", "\"quoted\", with\nlines\u0001", "🌊"],
            Fields = PaintingFields.Of(("Museum", "Musée d'Orsay 🖼"), ("medium", "oil"), ("medium", "canvas,\n\"linen\"\u0001"), ("Größe", "[1,2] {x}"), ("medium", "Oil")),
        };
        await store.WriteAsync([Entry(painting, "hash", (SpaceA, 1), (SpaceB, 2))], Token);

        StoredWork work = Assert.Single(await store.FindAsync([painting.Key, "unknown", painting.Key], Token)).Value;
        Assert.Equal(painting, work.Painting);
        Assert.Equal("hash", work.ContentHash);
        Assert.Equal([SpaceA, SpaceB], work.Spaces);
        (int id, float[] vector) = (await store.GetSignatureAsync(SpaceA, painting.Key, Token))!.Value;
        Assert.Equal(Vector(SpaceA, 1), vector);
        Assert.Equal([painting], await store.GetPaintingsAsync(SpaceA, [id], Token));
    }

    [Fact]
    public async Task Unknown_fields_stay_unknown_and_blank_ones_blank()
    {
        await using IGalleryStore store = Create();
        var unknown = new Painting("unknown");
        var blank = new Painting("blank") { Title = "", Artist = "", Genre = "", Style = "", Year = 0, Date = new PaintingDate("", null, null), ImageUri = "" };
        await store.WriteAsync([Entry(unknown, ""), Entry(blank, "")], Token);

        IReadOnlyDictionary<string, StoredWork> found = await store.FindAsync(["unknown", "blank"], Token);
        Assert.Equal(unknown, found["unknown"].Painting);
        Assert.Equal(blank, found["blank"].Painting);
        Assert.Empty(found["blank"].Spaces);
    }

    [Fact]
    public async Task What_the_caller_changes_after_writing_is_not_seen()
    {
        await using IGalleryStore store = Create();
        float[] vector = Vector(SpaceA, 1);
        List<string> tags = ["sea"], artists = ["Rubens"];
        await store.WriteAsync([new GalleryEntry(new Painting("a") { Tags = tags, Artists = artists }, "h", [new Signature(SpaceA, vector)])], Token);
        vector[0] = 99;
        tags.Add("land");
        artists.Add("Brueghel");
        (await store.GetSignatureAsync(SpaceA, "a", Token))!.Value.Vector[1] = 99;

        Assert.Equal(Vector(SpaceA, 1), (await store.GetSignatureAsync(SpaceA, "a", Token))!.Value.Vector);
        Assert.Equal(["sea"], (await store.FindAsync(["a"], Token))["a"].Painting.Tags);
        Assert.Equal(["Rubens"], (await store.FindAsync(["a"], Token))["a"].Painting.Artists);
    }

    [Fact]
    public async Task Keys_are_compared_ordinally()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", 1), Entry("A", 2), Entry("é", 3), Entry("e\u0301", 4)], Token);

        Assert.Equal(4, await store.CountAsync(new PaintingFilter(), Token));
        Assert.Equal(Vector(SpaceA, 2), (await store.GetSignatureAsync(SpaceA, "A", Token))!.Value.Vector);
        Assert.Equal(1, await store.CountAsync(new PaintingFilter { Keys = ["A"] }, Token));
        Assert.Equal(1, await store.RemoveAsync(["é"], Token));
        Assert.Equal(["A", "a", "e\u0301"], (await store.FindAsync(["a", "A", "é", "e\u0301"], Token)).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Spaces_are_listed_in_the_order_of_their_first_use_and_stay_when_they_are_empty()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", "h", (SpaceB, 1))], Token);
        await store.WriteAsync([Entry("b", "h", (SpaceA, 1), (SpaceB, 2))], Token);
        await store.RemoveAsync(["a", "b"], Token);

        IReadOnlyList<FeatureSpaceSummary> spaces = await store.GetFeatureSpacesAsync(Token);
        Assert.Equal([SpaceB, SpaceA], spaces.Select(s => s.Space));
        Assert.All(spaces, s => Assert.Equal(0, s.Count));
    }

    [Fact]
    public async Task Spaces_that_differ_in_one_part_are_different()
    {
        await using IGalleryStore store = Create();
        FeatureSpace[] spaces = [new("m", "p", 2), new("m", "p", 3), new("m", "q", 2), new("M", "p", 2)];
        await store.WriteAsync([Entry("a", "h", [.. spaces.Select((space, i) => (space, (float)i))])], Token);

        for (int i = 0; i < spaces.Length; i++)
        {
            Assert.Equal(Vector(spaces[i], i), (await store.GetSignatureAsync(spaces[i], "a", Token))!.Value.Vector);
            Assert.Equal(1, (await store.ReadSignaturesAsync(spaces[i], cancellationToken: Token)).Count);
        }
    }

    [Fact]
    public async Task A_signature_of_another_space_is_not_found_by_its_id()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", "h", (SpaceA, 1))], Token);
        await store.WriteAsync([.. Enumerable.Range(0, 20).Select(i => Entry($"b{i}", "h", (SpaceB, i)))], Token);

        int[] ids = (await store.SelectAsync(SpaceB, new PaintingFilter(), Token)).ToArray();
        int only = Assert.Single((await store.SelectAsync(SpaceA, new PaintingFilter(), Token)).ToArray());
        IReadOnlyList<Painting?> found = await store.GetPaintingsAsync(SpaceA, ids, Token);
        Assert.Equal(ids.Contains(only) ? 1 : 0, found.Count(p => p is not null));
    }

    [Fact]
    public async Task A_new_signature_replaces_the_old_one_under_a_higher_id()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", 1), Entry("b", 2)], Token);
        (int former, _) = (await store.GetSignatureAsync(SpaceA, "a", Token))!.Value;
        (int other, _) = (await store.GetSignatureAsync(SpaceA, "b", Token))!.Value;
        await store.WriteAsync([Entry("a", 3)], Token);

        (int id, float[] vector) = (await store.GetSignatureAsync(SpaceA, "a", Token))!.Value;
        Assert.True(id > former && id > other, $"{former}, {other}, {id}");
        Assert.Equal(Vector(SpaceA, 3), vector);
        Assert.Equal(new[] { null, "b", "a" }, (await store.GetPaintingsAsync(SpaceA, [former, other, id], Token)).Select(p => p?.Key));
        Assert.Equal(2, Assert.Single(await store.GetFeatureSpacesAsync(Token)).Count);
    }

    [Fact]
    public async Task Another_image_removes_the_signatures_of_the_former_in_every_space()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", "old", (SpaceA, 1), (SpaceB, 1)), Entry("b", "old", (SpaceA, 2), (SpaceB, 2))], Token);
        await store.WriteAsync([Entry("a", "new", (SpaceA, 3))], Token);

        Assert.Equal([SpaceA], (await store.FindAsync(["a"], Token))["a"].Spaces);
        Assert.Null(await store.GetSignatureAsync(SpaceB, "a", Token));
        Assert.Equal([2, 1], (await store.GetFeatureSpacesAsync(Token)).Select(s => s.Count));
    }

    [Fact]
    public async Task The_same_image_keeps_the_signatures_of_other_spaces()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", "h", (SpaceA, 1))], Token);
        await store.WriteAsync([Entry("a", "h", (SpaceB, 2))], Token);

        Assert.Equal([SpaceA, SpaceB], (await store.FindAsync(["a"], Token))["a"].Spaces);
        Assert.Equal(Vector(SpaceA, 1), (await store.GetSignatureAsync(SpaceA, "a", Token))!.Value.Vector);
    }

    [Fact]
    public async Task Ids_grow_and_are_never_used_again()
    {
        await using IGalleryStore store = Create();
        int last = -1;
        for (int round = 0; round < 6; round++)
        {
            await store.WriteAsync([Entry("a", round), Entry("b", round)], Token);
            foreach (string key in new[] { "a", "b" })
            {
                (int id, _) = (await store.GetSignatureAsync(SpaceA, key, Token))!.Value;
                Assert.True(id > last, $"id {id} after {last} in round {round}");
                last = id;
            }

            // The highest id is free now, and must not come back.
            await store.RemoveAsync(round % 2 == 0 ? ["b"] : ["a", "b"], Token);
        }
    }

    [Fact]
    public async Task The_generation_grows_with_signatures_added_or_removed_and_with_nothing_else()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", "h", (SpaceA, 1)), Entry("b", "h", (SpaceB, 1))], Token);

        await ExpectAsync(a: 1, b: 0, Write(Entry("c", "h", (SpaceA, 2))));
        await ExpectAsync(a: 1, b: 0, Write(Entry("a", "h", (SpaceA, 1))));
        await ExpectAsync(a: 1, b: 1, Write(Entry("d", "h", (SpaceA, 2), (SpaceB, 2)), Entry("e", "h", (SpaceA, 3))));
        await ExpectAsync(a: 0, b: 0, Write(Entry(new Painting("a") { Title = "new", Tags = ["t"] }, "h")));
        await ExpectAsync(a: 0, b: 0, Write(Entry("plain", "h")));
        await ExpectAsync(a: 0, b: 0, Write(Entry("plain", "other hash, no signatures")));
        await ExpectAsync(a: 0, b: 1, Write(Entry("b", "another hash")));
        await ExpectAsync(a: 0, b: 0, () => store.RemoveAsync(["plain", "b", "unknown"], Token).AsTask());
        await ExpectAsync(a: 1, b: 1, () => store.RemoveAsync(["d"], Token).AsTask());
        await ExpectAsync(a: 0, b: 0, () => store.SetPropertyAsync("p", "v", Token).AsTask());
        await ExpectAsync(a: 0, b: 0, Write());

        Func<Task> Write(params GalleryEntry[] entries) => () => store.WriteAsync(entries, Token).AsTask();

        async Task ExpectAsync(int a, int b, Func<Task> change)
        {
            long[] before = await GenerationsAsync();
            await change();
            long[] after = await GenerationsAsync();
            Assert.Equal((a != 0, b != 0), (after[0] > before[0], after[1] > before[1]));
            Assert.True(after[0] >= before[0] && after[1] >= before[1]);
        }

        async Task<long[]> GenerationsAsync() => [.. (await store.GetFeatureSpacesAsync(Token)).Select(s => s.Version.Generation)];
    }

    [Fact]
    public async Task Signatures_are_read_in_ascending_order_and_after_an_id()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([.. Enumerable.Range(0, 50).Select(i => Entry($"w{i}", "h", (SpaceA, i), (SpaceB, i)))], Token);
        await store.RemoveAsync(["w3", "w17"], Token);
        await store.WriteAsync([Entry("w5", 500)], Token);

        int[] all = (await store.ReadSignaturesAsync(SpaceA, cancellationToken: Token)).Ids.ToArray();
        Assert.Equal(48, all.Length);
        Assert.Equal(all.Order(), all);
        for (int i = 0; i < all.Length; i += 7)
        {
            VectorSet rest = await store.ReadSignaturesAsync(SpaceA, all[i], Token);
            Assert.Equal(all[(i + 1)..], rest.Ids.ToArray());
        }

        Assert.Equal(0, (await store.ReadSignaturesAsync(SpaceA, int.MaxValue, Token)).Count);
        VectorSet newest = await store.ReadSignaturesAsync(SpaceA, all[^2], Token);
        Assert.Equal(Vector(SpaceA, 500), newest[0].ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(2048)]
    [InlineData(40_000)]
    public async Task Vectors_of_any_length_come_back_bit_for_bit(int dimensions)
    {
        await using IGalleryStore store = Create();
        var space = new FeatureSpace("m", "p", dimensions);
        var random = new Random(dimensions);
        float[][] vectors = [.. Enumerable.Range(0, 9).Select(_ => Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() * 2 - 1).ToArray())];
        vectors[0].AsSpan().Fill(-0f);
        vectors[1][0] = float.Epsilon;
        await store.WriteAsync([.. vectors.Select((v, i) => new GalleryEntry(new Painting($"w{i}"), "h", [new Signature(space, v)]))], Token);

        VectorSet read = await store.ReadSignaturesAsync(space, cancellationToken: Token);
        for (int i = 0; i < vectors.Length; i++)
        {
            Assert.Equal(vectors[i].Select(BitConverter.SingleToInt32Bits), read[i].ToArray().Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public async Task Paintings_come_in_the_order_of_the_ids_with_gaps_and_repeats()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", 1), Entry("b", 2), Entry("c", 3)], Token);
        int[] ids = (await store.ReadSignaturesAsync(SpaceA, cancellationToken: Token)).Ids.ToArray();
        await store.RemoveAsync(["b"], Token);

        IReadOnlyList<Painting?> found = await store.GetPaintingsAsync(SpaceA, [ids[2], int.MaxValue, ids[0], ids[1], ids[2], -1], Token);
        Assert.Equal(["c", null, "a", null, "c", null], found.Select(p => p?.Key));
        Assert.Empty(await store.GetPaintingsAsync(SpaceA, [], Token));
    }

    [Fact]
    public async Task Removing_counts_works_and_passes_over_unknown_and_repeated_keys()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", 1), Entry("b", 2), Entry("c", "h")], Token);

        Assert.Equal(2, await store.RemoveAsync(["a", "x", "a", "c"], Token));
        Assert.Equal(0, await store.RemoveAsync([], Token));
        Assert.Equal(["b"], (await store.FindAsync(["a", "b", "c"], Token)).Keys);
        Assert.Equal(1, (await store.ReadSignaturesAsync(SpaceA, cancellationToken: Token)).Count);
        Assert.Equal(1, await store.CountAsync(new PaintingFilter { Tags = ["t"] }, Token));
    }

    [Fact]
    public async Task A_removed_work_leaves_nothing_to_the_next_of_its_key()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry(new Painting("a") { Tags = ["old"], Genre = "old", Artists = ["x", "old"], Fields = PaintingFields.Of(("museum", "old")) }, "h", (SpaceA, 1))], Token);
        await store.RemoveAsync(["a"], Token);
        await store.WriteAsync([Entry(new Painting("a"), "h")], Token);

        StoredWork work = (await store.FindAsync(["a"], Token))["a"];
        Assert.Equal(new Painting("a"), work.Painting);
        Assert.Empty(work.Spaces);
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Tags = ["old"] }, Token));
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Genres = ["old"] }, Token));
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Artists = ["old"] }, Token));
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Fields = PaintingFields.Of(("museum", "old")) }, Token));
    }

    [Fact]
    public async Task A_repeated_key_is_refused_and_nothing_is_written()
    {
        await using IGalleryStore store = Create();
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync([Entry("a", 1), Entry("twice", 2), Entry("twice", 3)], Token).AsTask());
        Assert.Contains("twice", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, await store.CountAsync(new PaintingFilter(), Token));
    }

    [Fact]
    public async Task Two_signatures_in_one_space_are_refused()
    {
        await using IGalleryStore store = Create();
        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync([Entry("a", "h", (SpaceA, 1), (SpaceA, 2))], Token).AsTask());
        Assert.Empty(await store.GetFeatureSpacesAsync(Token));
    }

    [Theory]
    [InlineData('n', '\0', 'l')]
    [InlineData('\uD83D', 'x', 'x')]
    [InlineData('x', 'x', '\uD83D')]
    [InlineData('\uDDBC', '\uD83D', 'x')]
    public async Task Texts_that_do_not_survive_storing_are_refused_and_match_nothing(params char[] characters)
    {
        string text = new(characters);
        await using IGalleryStore store = Create();
        Painting[] paintings =
        [
            new(text), new("a") { Title = text }, new("a") { Artist = text }, new("a") { Artists = ["ok", text] }, new("a") { Date = new PaintingDate(text, null, null) }, new("a") { Genre = text }, new("a") { Style = text },
            new("a") { ImageUri = text }, new("a") { Tags = ["ok", text] },
        ];
        foreach (Painting painting in paintings)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync([Entry(painting, "h")], Token).AsTask());
        }

        Assert.Throws<ArgumentException>(() => PaintingFields.Of(("name", text)));
        Assert.Throws<ArgumentException>(() => PaintingFields.Of((text, "value")));
        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync([Entry("a", text)], Token).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => store.SetPropertyAsync(text, "v", Token).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => store.SetPropertyAsync("n", text, Token).AsTask());

        await store.WriteAsync([Entry(new Painting("\uFFFD") { Genre = "nul" }, "h", (SpaceA, 1))], Token);
        Assert.Empty(await store.FindAsync([text], Token));
        Assert.Null(await store.GetSignatureAsync(SpaceA, text, Token));
        Assert.Null(await store.GetPropertyAsync(text, Token));
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Genres = [text] }, Token));
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Keys = [text] }, Token));
        Assert.Equal(0, await store.RemoveAsync([text], Token));
    }

    [Fact]
    public async Task A_cancelled_call_leaves_nothing()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry("a", 1)], Token);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await ExpectCancelledAsync(() => store.WriteAsync([Entry("b", 2)], source.Token).AsTask());
        await ExpectCancelledAsync(() => store.RemoveAsync(["a"], source.Token).AsTask());
        await ExpectCancelledAsync(() => store.SetPropertyAsync("n", "v", source.Token).AsTask());
        await ExpectCancelledAsync(() => store.ReadSignaturesAsync(SpaceA, -1, source.Token).AsTask());
        await ExpectCancelledAsync(() => store.CountAsync(new PaintingFilter(), source.Token).AsTask());

        Assert.Equal(["a"], (await store.FindAsync(["a", "b"], Token)).Keys);
        Assert.Null(await store.GetPropertyAsync("n", Token));

        static async Task ExpectCancelledAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
    }

    [Fact]
    public async Task Cancelling_in_the_middle_of_a_write_leaves_nothing()
    {
        await using IGalleryStore store = Create();
        using var source = new CancellationTokenSource();
        GalleryEntry[] entries = [.. Enumerable.Range(0, 30).Select(i => Entry($"w{i}", i))];
        entries[20] = new GalleryEntry(entries[20].Painting, entries[20].ContentHash, new CancellingList(entries[20].Signatures[0], source));
        try
        {
            await store.WriteAsync(entries, source.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(0, await store.CountAsync(new PaintingFilter(), Token));
            Assert.All(await store.GetFeatureSpacesAsync(Token), s => Assert.Equal(0, s.Count));
            await store.WriteAsync([Entry("w1", 1)], Token);
            Assert.Equal(1, (await store.ReadSignaturesAsync(SpaceA, cancellationToken: Token)).Count);
            return;
        }

        Assert.Equal(30, await store.CountAsync(new PaintingFilter(), Token));
    }

    [Fact]
    public async Task Properties_are_kept_replaced_and_forgotten()
    {
        await using IGalleryStore store = Create();
        await store.SetPropertyAsync("model", "classical", Token);
        await store.SetPropertyAsync("Model", "", Token);
        Assert.Equal("classical", await store.GetPropertyAsync("model", Token));
        Assert.Equal("", await store.GetPropertyAsync("Model", Token));
        await store.SetPropertyAsync("model", "mobilenet 🖼", Token);
        Assert.Equal("mobilenet 🖼", await store.GetPropertyAsync("model", Token));
        await store.SetPropertyAsync("model", null, Token);
        await store.SetPropertyAsync("never set", null, Token);
        Assert.Null(await store.GetPropertyAsync("model", Token));
        Assert.Equal("", await store.GetPropertyAsync("Model", Token));
    }

    [Fact]
    public async Task Twenty_thousand_keys_at_once_are_no_problem()
    {
        await using IGalleryStore store = Create();
        string[] keys = [.. Enumerable.Range(0, 20_000).Select(i => $"folder/work-{i}.jpg")];
        await store.WriteAsync([.. keys.Where((_, i) => i % 20 == 0).Select((key, i) => Entry(key, i))], Token);

        var filter = new PaintingFilter { Keys = keys };
        Assert.Equal(1000, (await store.FindAsync(keys, Token)).Count);
        Assert.Equal(1000, await store.CountAsync(filter, Token));
        int[] ids = (await store.SelectAsync(SpaceA, filter, Token)).ToArray();
        Assert.Equal(1000, ids.Length);
        Assert.DoesNotContain(null, await store.GetPaintingsAsync(SpaceA, ids, Token));
        Assert.Equal(1000, await store.RemoveAsync(keys, Token));
    }

    [Fact]
    public async Task Filters_select_what_their_definition_matches()
    {
        await using IGalleryStore store = Create();
        Gen<string?> field = Gen.Frequency((1, Gen.Const((string?)null)), (5, Label.Select(l => (string?)l)));
        Gen<PaintingFields> fields = Gen.Select(FieldName, Label.Where(l => !string.IsNullOrWhiteSpace(l))).Array[0, 5].Select(PaintingFields.Of);
        Gen<Painting> painting = Gen.Select(Label.Array[0, 3], field, field, Year, Label.Array[0, 3], fields).Select((artists, genre, style, year, tags, others) =>
            new Painting("-") { Artists = artists, Genre = genre, Style = style, Year = year, Tags = tags, Fields = others });
        string[] keys = [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? $"k{i}" : $"K{i - 1}")];
        Painting[] paintings = [];
        painting.Array[keys.Length].Sample(drawn => paintings = drawn, iter: 1, threads: 1);
        paintings = [.. paintings.Select((p, i) => p.WithKey(keys[i]))];

        // Every third work has no signature: it counts, but is not selected.
        await store.WriteAsync([.. paintings.Select((p, i) => i % 3 == 0 ? Entry(p, "h") : Entry(p, "h", (SpaceB, i), (SpaceA, i)))], Token);
        var idOf = new Dictionary<string, int>();
        foreach (Painting p in paintings)
        {
            if (await store.GetSignatureAsync(SpaceA, p.Key, Token) is (int id, _))
            {
                idOf.Add(p.Key, id);
            }
        }

        Assert.Equal(200, idOf.Count);
        Gen<string[]> accepted = Gen.Frequency((2, Gen.Const(Array.Empty<string>())), (1, Label.Array[1, 6]));
        Gen<string[]> acceptedKeys = Gen.Frequency((4, Gen.Const(Array.Empty<string>())), (1, Gen.OneOf([.. keys, "unknown", "k1"]).Array[1, 150]));
        Gen<PaintingFields> acceptedFields = Gen.Frequency((2, Gen.Const(PaintingFields.Empty)), (1, fields));
        Gen<PaintingFilter> filter = Gen.Select(accepted, accepted, accepted, accepted, acceptedKeys, Year, Year, acceptedFields).Select((genres, styles, artists, tags, some, from, to, others) =>
            new PaintingFilter { Genres = genres, Styles = styles, Artists = artists, Tags = tags, Keys = some, FromYear = from, ToYear = to, Fields = others });
        await filter.SampleAsync(
            async f =>
            {
                Painting[] expected = [.. paintings.Where(f.Matches)];
                Assert.Equal(expected.Length, await store.CountAsync(f, Token));
                Assert.Equal(
                    expected.Where(p => idOf.ContainsKey(p.Key)).Select(p => idOf[p.Key]).Order(),
                    (await store.SelectAsync(SpaceA, f, Token)).ToArray());
            },
            iter: 500);
    }

    [Fact]
    public async Task Labels_ignore_case_and_accents_in_every_store_alike()
    {
        await using IGalleryStore store = Create();
        string[] artists = ["DÜRER", "Du\u0308rer", "dürer", "durer", "Hammershøi", "Dürer the Elder"];
        await store.WriteAsync([.. artists.Select((artist, i) => Entry(new Painting($"w{i}") { Artist = artist, Genre = artist, Style = artist, Tags = [artist] }, "h", (SpaceA, i)))], Token);
        foreach (string asked in new[] { "dürer", "DÜRER", "Du\u0308rer", "Durer" })
        {
            foreach (PaintingFilter filter in new[] { new PaintingFilter { Artists = [asked] }, new PaintingFilter { Genres = [asked] }, new PaintingFilter { Styles = [asked] }, new PaintingFilter { Tags = [asked] } })
            {
                Assert.Equal(4, await store.CountAsync(filter, Token));
                Assert.Equal(4, (await store.SelectAsync(SpaceA, filter, Token)).Count);
            }
        }

        Assert.Equal(1, await store.CountAsync(new PaintingFilter { Artists = ["hammershoi"] }, Token));
        Assert.Equal("Du\u0308rer", (await store.FindAsync(["w1"], Token))["w1"].Painting.Artist);
    }

    [Fact]
    public async Task Works_are_found_by_any_named_field_and_by_each_of_their_artists()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync(
        [
            Entry(new Painting("a") { Artists = ["Rubens", "Jan Brueghel"], Fields = PaintingFields.Of(("Museum", "Prado"), ("medium", "Oil"), ("medium", "panel")) }, "h", (SpaceA, 1)),
            Entry(new Painting("b") { Artists = ["Brueghel, Jan"], Fields = PaintingFields.Of(("museum", "Musée d'Orsay"), ("medium", "oil")) }, "h", (SpaceA, 2)),
            Entry(new Painting("c") { Artist = "Rubens", Fields = PaintingFields.Of(("medium", "prado")) }, "h", (SpaceA, 3)),
            Entry(new Painting("d"), "h", (SpaceA, 4)),
        ], Token);
        await ExpectAsync("a", Of(("museum", "PRADO")));
        await ExpectAsync("ab", Of(("museum", "musee D'ORSAY"), ("museum", "prado")));
        await ExpectAsync("a", Of(("medium", "oil"), ("museum", "Prado"), ("museum", "Louvre")));
        await ExpectAsync("", Of(("medium", "oil"), ("museum", "Louvre")));
        await ExpectAsync("", Of(("unknown", "Prado")));
        await ExpectAsync("ac", new PaintingFilter { Artists = ["RUBENS"] });
        await ExpectAsync("ab", new PaintingFilter { Artists = ["jan brueghel", "Brueghel, Jan"] });
        await ExpectAsync("c", new PaintingFilter { Artists = ["RUBENS"], Fields = PaintingFields.Of(("Medium", "Prado")) });
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Tags = ["prado"] }, Token));

        // What is changed is found as it is now, also by a selection that was remembered.
        await store.WriteAsync([Entry(new Painting("a") { Artists = ["Jan Brueghel"], Fields = PaintingFields.Of(("museum", "Louvre")) }, "h")], Token);
        await ExpectAsync("", Of(("museum", "PRADO")));
        await ExpectAsync("a", Of(("museum", "Louvre")));
        await ExpectAsync("c", new PaintingFilter { Artists = ["RUBENS"] });
        await store.WriteAsync([new GalleryEntry(new Painting("z") { Fields = PaintingFields.Of(("museum", "Louvre")) }, null, []) { FormerKey = "a" }], Token);
        await ExpectAsync("z", Of(("museum", "Louvre")));
        await ExpectAsync("", new PaintingFilter { Artists = ["jan brueghel"] });
        await store.RemoveAsync(["z"], Token);
        await ExpectAsync("", Of(("museum", "Louvre")));

        static PaintingFilter Of(params (string, string)[] fields) => new() { Fields = PaintingFields.Of(fields) };

        async Task ExpectAsync(string keys, PaintingFilter filter)
        {
            Assert.Equal(keys, string.Concat((await ListAsync(store, filter)).Select(work => work.Painting.Key)));
            Assert.Equal(keys.Length, await store.CountAsync(filter, Token));
            IReadOnlyList<Painting?> selected = await store.GetPaintingsAsync(SpaceA, (await store.SelectAsync(SpaceA, filter, Token)).ToArray(), Token);
            Assert.Equal(keys, string.Concat(selected.Select(painting => painting!.Key).Order()));
        }
    }

    [Fact]
    public async Task A_date_keeps_its_words_and_years_and_gives_the_year_that_filters_go_by()
    {
        await using IGalleryStore store = Create();
        Painting[] paintings =
        [
            new("a") { Date = PaintingDate.Parse("c. 1650") }, new("b") { Date = PaintingDate.Parse("1890s") }, new("c") { Date = PaintingDate.Parse("before 1500") },
            new("d") { Date = new PaintingDate("n.d.", null, null) }, new("e") { Date = new PaintingDate("", 1600, 1610), Year = 1600 }, new("f") { Year = 1650 },
        ];
        await store.WriteAsync([.. paintings.Select(painting => Entry(painting, "h"))], Token);
        Assert.Equal(paintings, (await ListAsync(store, new PaintingFilter())).Select(work => work.Painting));
        Assert.Equal(new PaintingDate("1890s", 1890, 1899), (await store.FindAsync(["b"], Token))["b"].Painting.Date);
        Assert.Equal(["a", "f"], (await ListAsync(store, new PaintingFilter { FromYear = 1650, ToYear = 1650 })).Select(work => work.Painting.Key));
        Assert.Equal(["b"], (await ListAsync(store, new PaintingFilter { FromYear = 1894, ToYear = 1894 })).Select(work => work.Painting.Key));
        Assert.Equal(["e"], (await ListAsync(store, new PaintingFilter { ToYear = 1605 })).Select(work => work.Painting.Key));
        await store.WriteAsync([Entry(new Painting("a") { Date = PaintingDate.Parse("c. 1700") }, "h")], Token);
        Assert.Equal(["f"], (await ListAsync(store, new PaintingFilter { FromYear = 1650, ToYear = 1650 })).Select(work => work.Painting.Key));
    }

    [Fact]
    public async Task Changes_since_a_version_lead_to_the_present_state()
    {
        await using IGalleryStore store = Create();
        Assert.Equal(default, (await store.ReadChangesAsync(SpaceA, default, -1, Token))!.Version);
        var random = new Random(7);
        List<(SpaceVersion Version, int LastId, HashSet<int> Ids)> seen = [(default, -1, [])];
        for (int round = 0; round < 60; round++)
        {
            await store.WriteAsync([.. Enumerable.Range(0, 3).Select(_ => random.Next(12)).Distinct().Select(work => Entry($"w{work}", $"h{random.Next(2)}", (SpaceA, round + work), (SpaceB, round)))], Token);
            if (round % 3 == 0)
            {
                await store.RemoveAsync([$"w{random.Next(12)}"], Token);
            }

            if (round % 4 == 1)
            {
                // After a commit that only adds, a store may answer from memory.
                seen.Add(await StateAsync(store));
                await store.WriteAsync([.. Enumerable.Range(0, round % 3 == 0 ? 90 : 2).Select(work => Entry($"n{round}-{work}", "h", (SpaceA, round + work)))], Token);
            }

            VectorSet all = await store.ReadSignaturesAsync(SpaceA, -1, Token);
            foreach ((SpaceVersion version, int lastId, HashSet<int> ids) in seen)
            {
                SignatureChanges changes = (await store.ReadChangesAsync(SpaceA, version, lastId, Token))!;
                Assert.Equal(all.Ids.ToArray().Order(), ids.Except(changes.Removed).Concat(changes.Added.Ids.ToArray()).Order());
                for (int i = 0; i < changes.Added.Count; i++)
                {
                    Assert.Equal(all[all.Ids.IndexOf(changes.Added.Ids[i])], changes.Added[i]);
                }

                Assert.Equal(changes.Version, (await store.GetFeatureSpacesAsync(Token)).Single(summary => summary.Space == SpaceA).Version);

                // What a caller does to its copy reaches nobody else.
                changes.Added.Add([int.MaxValue], new float[SpaceA.Dimensions]);
            }

            seen.Add(await StateAsync(store));
            seen.RemoveRange(1, Math.Max(0, seen.Count - 9));
            SignatureChanges none = (await store.ReadChangesAsync(SpaceA, seen[^1].Version, seen[^1].LastId, Token))!;
            Assert.Equal((0, 0), (none.Removed.Count, none.Added.Count));
        }

        static async Task<(SpaceVersion Version, int LastId, HashSet<int> Ids)> StateAsync(IGalleryStore store)
        {
            SignatureChanges now = (await store.ReadChangesAsync(SpaceA, default, -1, Token))!;
            return (now.Version, now.Added.Count == 0 ? -1 : now.Added.Ids[^1], [.. now.Added.Ids.ToArray()]);
        }

        SpaceVersion last = seen[^1].Version;
        Assert.Null(await store.ReadChangesAsync(SpaceA, last with { Token = last.Token ^ 1 }, -1, Token));
        Assert.Null(await store.ReadChangesAsync(SpaceA, last with { Generation = last.Generation - 1 }, -1, Token));
        Assert.Null(await store.ReadChangesAsync(SpaceA, new SpaceVersion(last.Generation + 1, last.Token), -1, Token));
        Assert.Null(await store.ReadChangesAsync(new FeatureSpace("unknown", "-", 4), last, -1, Token));
    }

    [Fact]
    public async Task Works_are_found_by_the_content_or_the_place_of_their_image()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync(
        [
            Entry(new Painting("a") { ImageUri = "/long/path/to/paintings/1.jpg" }, "hash-of-one", (SpaceA, 1)),
            Entry(new Painting("b") { ImageUri = "/other/path/to/paintings/1.jpg" }, "hash-of-two", (SpaceB, 1)),
            Entry(new Painting("c"), "hash-of-one"),
            Entry(new Painting("d") { ImageUri = "x" }, "h"),
        ], Token);
        await ExpectAsync(["a", "c"], ["hash-of-one"], []);
        await ExpectAsync(["b"], [], ["/other/path/to/paintings/1.jpg"]);
        await ExpectAsync(["a", "b", "c"], ["hash-of-one", "hash-of-two"], ["/other/path/to/paintings/1.jpg", "/nowhere/to/paintings/1.jpg"]);
        await ExpectAsync(["d"], ["h"], ["x"]);
        await ExpectAsync([], ["hash-of-"], ["to/paintings/1.jpg", ""]);
        await ExpectAsync([], [], []);

        async Task ExpectAsync(string[] keys, string[] hashes, string[] places)
        {
            IReadOnlyList<StoredWork> found = await store.FindByImageAsync(hashes, places, Token);
            Assert.Equal(keys, found.Select(work => work.Painting.Key));
            Assert.Equal([.. (await store.FindAsync(keys, Token)).OrderBy(work => work.Key).SelectMany(work => work.Value.Spaces)], found.SelectMany(work => work.Spaces));
        }
    }

    [Fact]
    public async Task A_work_gets_another_key_and_keeps_its_signatures()
    {
        await using IGalleryStore store = Create();
        await store.WriteAsync([Entry(new Painting("a") { Title = "T", Tags = ["t"] }, "h", (SpaceA, 1)), Entry("b", "h2", (SpaceA, 2))], Token);
        (int id, _) = (await store.GetSignatureAsync(SpaceA, "a", Token))!.Value;
        SpaceVersion before = (await store.GetFeatureSpacesAsync(Token))[0].Version;
        await store.WriteAsync([new GalleryEntry(new Painting("new") { Title = "N" }, null, []) { FormerKey = "a" }], Token);
        Assert.Equal(before, (await store.GetFeatureSpacesAsync(Token))[0].Version);
        Assert.Equal(id, (await store.GetSignatureAsync(SpaceA, "new", Token))!.Value.Id);
        Assert.Null(await store.GetSignatureAsync(SpaceA, "a", Token));
        Assert.Equal(["new"], (await store.GetPaintingsAsync(SpaceA, [id], Token)).Select(painting => painting!.Key));
        Assert.Equal(new Painting("new") { Title = "N" }, (await store.FindAsync(["new"], Token))["new"].Painting);

        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync([Entry("c", "h3", (SpaceA, 3)), new GalleryEntry(new Painting("b"), null, []) { FormerKey = "new" }], Token).AsTask());
        Assert.Equal(["b", "new"], (await store.FindAsync(["a", "b", "c", "new"], Token)).Keys.Order());

        // A former key that no work has says nothing.
        await store.WriteAsync([new GalleryEntry(new Painting("d"), "h4", Entry("d", "h4", (SpaceA, 4)).Signatures) { FormerKey = "unknown" }], Token);
        Assert.NotNull(await store.GetSignatureAsync(SpaceA, "d", Token));
    }

    [Fact]
    public async Task What_searches_are_told_again_is_told_of_every_change()
    {
        // A store may remember works and selections; it must not remember too long.
        await using IGalleryStore store = Create();
        var filter = new PaintingFilter { Genres = ["g"] };
        await store.WriteAsync([.. Enumerable.Range(0, 20).Select(i => Entry(new Painting($"w{i}") { Genre = i % 2 == 0 ? "g" : "other" }, "h", (SpaceA, i)))], Token);
        int[] ids = (await store.ReadSignaturesAsync(SpaceA, -1, Token)).Ids.ToArray();
        await ExpectAsync(10);
        await store.WriteAsync([Entry(new Painting("w20") { Genre = "G" }, "h", (SpaceA, 20)), Entry(new Painting("w21") { Genre = "x" }, "h", (SpaceA, 21))], Token);
        await ExpectAsync(11);
        await store.WriteAsync([Entry(new Painting("w1") { Genre = "g", Title = "changed" }, "h")], Token);
        await ExpectAsync(12);
        Assert.Equal("changed", (await store.GetPaintingsAsync(SpaceA, ids, Token))[1]!.Title);
        await store.RemoveAsync(["w0"], Token);
        await ExpectAsync(11);
        Assert.Null((await store.GetPaintingsAsync(SpaceA, ids, Token))[0]);
        await store.WriteAsync([Entry(new Painting("w2") { Genre = "g" }, "another hash", (SpaceA, 50))], Token);
        await ExpectAsync(11);
        Assert.Null((await store.GetPaintingsAsync(SpaceA, ids, Token))[2]);
        await store.WriteAsync([Entry(new Painting("plain") { Genre = "g" }, "h")], Token); // no signature yet
        await ExpectAsync(11);
        await store.WriteAsync([Entry(new Painting("plain") { Genre = "g" }, "h", (SpaceA, 60))], Token);
        await ExpectAsync(12);

        async Task ExpectAsync(int count)
        {
            for (int i = 0; i < 2; i++)
            {
                IdSet selected = await store.SelectAsync(SpaceA, filter, Token);
                Assert.Equal(count, selected.Count);
                Assert.All(await store.GetPaintingsAsync(SpaceA, selected.ToArray(), Token), painting => Assert.Equal("g", painting!.Genre, ignoreCase: true));
            }
        }
    }

    [Fact]
    public async Task Any_sequence_of_changes_leaves_what_a_simple_model_predicts()
    {
        string[] keys = ["a", "b", "c", "d", "e"];
        Gen<GalleryEntry> entry = Gen.Select(Gen.OneOf(keys), Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[0, 1000]).Select((key, title, hash, spaces, value) =>
            Entry(
                new Painting(key) { Title = title == 0 ? null : $"t{title}", Tags = title == 2 ? ["x", "y"] : [] },
                $"h{hash}",
                [.. new[] { (SpaceA, (float)value), (SpaceB, value + 0.5f) }.Where((_, i) => (spaces >> i & 1) != 0)]));
        Gen<object> write = entry.Array[1, 4].Select(entries => (object)entries.DistinctBy(e => e.Painting.Key).ToArray());
        Gen<object> remove = Gen.OneOf(keys).Array[1, 3].Select(removed => (object)removed);
        await Gen.Frequency((3, write), (1, remove)).Array[1, 14].SampleAsync(
            async operations =>
            {
                await using IGalleryStore store = Create();
                var model = new Dictionary<string, StoredModel>();
                var highest = new Dictionary<FeatureSpace, int> { [SpaceA] = -1, [SpaceB] = -1 };
                foreach (object operation in operations)
                {
                    if (operation is GalleryEntry[] entries)
                    {
                        await store.WriteAsync(entries, Token);
                        Apply(model, entries);
                        foreach (GalleryEntry e in entries)
                        {
                            foreach (Signature signature in e.Signatures)
                            {
                                (int id, _) = (await store.GetSignatureAsync(signature.Space, e.Painting.Key, Token))!.Value;
                                Assert.True(id > highest[signature.Space], "ids must grow in the order of writing");
                                highest[signature.Space] = id;
                            }
                        }
                    }
                    else
                    {
                        string[] removed = (string[])operation;
                        Assert.Equal(removed.Distinct().Count(model.ContainsKey), await store.RemoveAsync(removed, Token));
                        Array.ForEach(removed, key => model.Remove(key));
                    }

                    await CheckAsync(store, model, keys);
                }
            },
            iter: 40);
    }

    [Fact]
    public async Task Readers_see_each_commit_wholly_or_not_at_all()
    {
        await using IGalleryStore store = Create();
        const int batch = 8;
        await store.WriteAsync(Batch(0), Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task[] readers = [.. Enumerable.Range(0, 4).Select(reader => Task.Run(() => ReadAsync(reader), Token))];
        try
        {
            for (int value = 1; value <= 40; value++)
            {
                await store.WriteAsync(Batch(value), Token);
                if (value % 5 == 0)
                {
                    await store.RemoveAsync([.. Batch(0).Select(e => e.Painting.Key)], Token);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(readers);

        static GalleryEntry[] Batch(int value) => [.. Enumerable.Range(0, batch).Select(i => Entry(new Painting($"w{i}") { Year = value }, $"h{value}", (SpaceA, value)))];

        async Task ReadAsync(int reader)
        {
            int previous = -1;
            long generation = -1;
            do
            {
                VectorSet vectors = await store.ReadSignaturesAsync(SpaceA, cancellationToken: Token);
                Assert.True(vectors.Count is 0 or batch, $"{vectors.Count} signatures");
                float[] values = [.. Enumerable.Range(0, vectors.Count).Select(i => vectors[i][0]).Distinct()];
                Assert.True(values.Length <= 1, $"values {string.Join(", ", values)} in one snapshot");
                if (values.Length == 1)
                {
                    Assert.True(values[0] >= previous, "a reader went back in time");
                    previous = (int)values[0];
                }

                FeatureSpaceSummary summary = Assert.Single(await store.GetFeatureSpacesAsync(Token));
                Assert.True(summary.Count is 0 or batch && summary.Version.Generation >= generation, $"{summary} after generation {generation}");
                generation = summary.Version.Generation;
                if (reader % 2 == 0)
                {
                    Assert.True((await store.SelectAsync(SpaceA, new PaintingFilter { FromYear = 0 }, Token)).Count is 0 or batch);
                    Assert.True((await store.FindAsync(["w0", "w7"], Token)).Count is 0 or 2);
                }
            }
            while (!stop.IsCancellationRequested);
        }
    }

    [Fact]
    public async Task Changes_of_works_tell_which_signatures_are_the_same_works()
    {
        await using IGalleryStore store = Create();
        FeatureSpace unknown = new("model-c#1", "64x64 squash", 3);
        Assert.Equal(default, (await store.ReadWorkChangesAsync(SpaceA, default, -1, Token))!.Version);
        await store.WriteAsync([Entry("b", "h", (SpaceB, 1)), Entry("ab", "h", (SpaceA, 2), (SpaceB, 2)), Entry("a", "h", (SpaceA, 3)), Entry("late", "h", (SpaceA, 4))], Token);
        WorkChanges first = (await store.ReadWorkChangesAsync(SpaceA, default, -1, Token))!;
        Assert.Equal((3, 3, 0), (first.AddedIds.Count, first.AddedWorks.Distinct().Count(), first.Removed.Count));
        int formerAb = (await store.GetSignatureAsync(SpaceA, "ab", Token))!.Value.Id;

        await store.WriteAsync([Entry("late", "h", (SpaceB, 4)), Entry("ab", "h", (SpaceA, 5))], Token); // ab gets another id in A, late one in B
        WorkChanges changed = (await store.ReadWorkChangesAsync(SpaceA, first.Version, first.AddedIds[^1], Token))!;
        Assert.Equal([formerAb], changed.Removed);
        Assert.Equal([(await store.GetSignatureAsync(SpaceA, "ab", Token))!.Value.Id], changed.AddedIds);
        Assert.Equal(first.AddedWorks[first.AddedIds.ToList().IndexOf(formerAb)], Assert.Single(changed.AddedWorks));
        Assert.Equal((await store.GetFeatureSpacesAsync(Token)).Single(summary => summary.Space == SpaceA).Version, changed.Version);
        Assert.Equal(["ab", "late"], (await SharedAsync(store, SpaceA, SpaceB)).Order());
        Assert.Equal(["ab", "late"], (await SharedAsync(store, SpaceB, SpaceA)).Order());
        Assert.Empty(await SharedAsync(store, SpaceA, unknown));

        await store.WriteAsync([new GalleryEntry(new Painting("renamed"), null, []) { FormerKey = "late" }], Token);
        Assert.Equal(1, await store.RemoveAsync(["ab"], Token));
        Assert.Equal(["renamed"], await SharedAsync(store, SpaceA, SpaceB));
        Assert.Null(await store.ReadWorkChangesAsync(SpaceA, changed.Version with { Token = changed.Version.Token ^ 1 }, -1, Token));
        Assert.Null(await store.ReadWorkChangesAsync(unknown, changed.Version, -1, Token));
    }

    [Fact]
    public async Task Writers_take_turns()
    {
        await using IGalleryStore store = Create();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(
            async () =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await store.WriteAsync([Entry($"w{writer}-{i}", i), Entry($"shared{i}", writer)], Token);
                }
            },
            Token)));

        Assert.Equal(70, await store.CountAsync(new PaintingFilter(), Token));
        VectorSet vectors = await store.ReadSignaturesAsync(SpaceA, cancellationToken: Token);
        Assert.Equal(70, vectors.Count);
        Assert.Equal(70, Assert.Single(await store.GetFeatureSpacesAsync(Token)).Count);
    }

    [Fact]
    public async Task A_closed_gallery_says_so()
    {
        IGalleryStore store = Create();
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.GetFeatureSpacesAsync(Token).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.WriteAsync([Entry("a", 1)], Token).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.SetPropertyAsync("n", "v", Token).AsTask());
    }

    /// <summary>A vector of one space whose numbers start at <paramref name="value"/>.</summary>
    protected static float[] Vector(FeatureSpace space, float value)
    {
        ArgumentNullException.ThrowIfNull(space);
        return [.. Enumerable.Range(0, space.Dimensions).Select(i => value + i)];
    }

    /// <summary>A work with one signature, in <see cref="SpaceA"/>.</summary>
    protected static GalleryEntry Entry(string key, float value) => Entry(new Painting(key) { Tags = ["t"] }, "h", (SpaceA, value));

    /// <summary>A work with an image and signatures.</summary>
    protected static GalleryEntry Entry(string key, string hash, params (FeatureSpace Space, float Value)[] signatures) => Entry(new Painting(key), hash, signatures);

    /// <summary>A work with an image and signatures.</summary>
    protected static GalleryEntry Entry(Painting painting, string hash, params (FeatureSpace Space, float Value)[] signatures) =>
        new(painting, hash, [.. signatures.Select(s => new Signature(s.Space, Vector(s.Space, s.Value)))]);

    private static void Apply(Dictionary<string, StoredModel> model, GalleryEntry[] entries)
    {
        foreach (GalleryEntry entry in entries)
        {
            Dictionary<FeatureSpace, float[]> signatures =
                model.TryGetValue(entry.Painting.Key, out StoredModel? former) && former.Hash == entry.ContentHash ? former.Signatures : [];
            foreach (Signature signature in entry.Signatures)
            {
                signatures[signature.Space] = signature.Vector.ToArray();
            }

            model[entry.Painting.Key] = new StoredModel(entry.Painting, entry.ContentHash!, signatures);
        }
    }

    private static async Task CheckAsync(IGalleryStore store, Dictionary<string, StoredModel> model, string[] keys)
    {
        IReadOnlyDictionary<string, StoredWork> found = await store.FindAsync(keys, Token);
        Assert.Equal(model.Keys.Order(), found.Keys.Order());
        foreach ((string key, StoredModel expected) in model)
        {
            Assert.Equal(expected.Painting, found[key].Painting);
            Assert.Equal(expected.Hash, found[key].ContentHash);
            Assert.Equal(expected.Signatures.Keys.ToHashSet(), found[key].Spaces.ToHashSet());
            foreach ((FeatureSpace space, float[] vector) in expected.Signatures)
            {
                Assert.Equal(vector, (await store.GetSignatureAsync(space, key, Token))?.Vector);
            }
        }

        foreach (FeatureSpaceSummary summary in await store.GetFeatureSpacesAsync(Token))
        {
            VectorSet vectors = await store.ReadSignaturesAsync(summary.Space, cancellationToken: Token);
            int[] ids = vectors.Ids.ToArray();
            Assert.Equal(model.Values.Count(w => w.Signatures.ContainsKey(summary.Space)), summary.Count);
            Assert.Equal(summary.Count, vectors.Count);
            Assert.Equal(ids, (await store.SelectAsync(summary.Space, new PaintingFilter(), Token)).ToArray());
            IReadOnlyList<Painting?> paintings = await store.GetPaintingsAsync(summary.Space, ids, Token);
            for (int i = 0; i < ids.Length; i++)
            {
                Assert.Equal(model[paintings[i]!.Key].Signatures[summary.Space], vectors[i].ToArray());
            }
        }

        foreach (FeatureSpace[] spaces in new FeatureSpace[][] { [SpaceA], [SpaceA, SpaceB], [SpaceB, SpaceA] })
        {
            Assert.Equal(model.Where(work => spaces.All(work.Value.Signatures.ContainsKey)).Select(work => work.Key).Order(), (await SharedAsync(store, spaces)).Order());
        }
    }

    /// <summary>The keys of the works that have a signature in each of several spaces, after a check that their signatures are of the same work.</summary>
    private static async Task<string[]> SharedAsync(IGalleryStore store, params FeatureSpace[] spaces)
    {
        List<Dictionary<long, string>> keys = [];
        foreach (FeatureSpace space in spaces)
        {
            WorkChanges all = (await store.ReadWorkChangesAsync(space, default, -1, Token))!;
            Assert.Equal((await store.ReadSignaturesAsync(space, -1, Token)).Ids.ToArray(), all.AddedIds);
            IReadOnlyList<Painting?> paintings = await store.GetPaintingsAsync(space, all.AddedIds, Token);
            keys.Add(all.AddedWorks.Zip(paintings).ToDictionary(pair => pair.First, pair => pair.Second!.Key));
        }

        long[] shared = [.. keys[0].Keys.Where(work => keys.TrueForAll(known => known.ContainsKey(work)))];
        Assert.All(shared, work => Assert.Single(keys.Select(known => known[work]).Distinct()));
        return [.. shared.Select(work => keys[0][work])];
    }

    private sealed record StoredModel(Painting Painting, string Hash, Dictionary<FeatureSpace, float[]> Signatures);

    /// <summary>Cancels when it is walked through for the second time: after the checks, in the middle of the writing.</summary>
    private sealed class CancellingList(Signature signature, CancellationTokenSource source) : IReadOnlyList<Signature>
    {
        private int _walks;

        public int Count => 1;

        public Signature this[int index] => signature;

        public IEnumerator<Signature> GetEnumerator()
        {
            if (++_walks == 2)
            {
                source.Cancel();
            }

            yield return signature;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
