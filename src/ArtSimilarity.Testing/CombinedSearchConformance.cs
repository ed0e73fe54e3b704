using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>
/// What a search over several feature spaces promises, whatever the store and the index: held against a brute force in double
/// precision.
/// </summary>
public abstract class CombinedSearchConformance
{
    /// <summary>The feature spaces of the tests.</summary>
    protected static readonly FeatureSpace Genre = new("genre#1", "none", 8), Look = new("look#1", "none", 5), Style = new("style#1", "none", 3);

    private static readonly FeatureSpace[] Spaces = [Genre, Look, Style];

    /// <summary>Creates a new, empty store. The test disposes it.</summary>
    /// <returns>The store.</returns>
    protected abstract IGalleryStore CreateStore();

    /// <summary>The index of the galleries; <see langword="null"/> for exact scans. One that compares with all, so that answers are to be exact.</summary>
    protected virtual IVectorIndexProvider? CreateProvider() => null;

    /// <summary>The metrics the index can order by.</summary>
    protected virtual IReadOnlyList<ISimilarityMetric> Metrics => SimilarityMetrics.All;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_are_those_of_a_brute_force() =>
        await Gen.Select(Gen.Int[0, 1500], Gen.Int[1, 60], Gen.Int[2, 3], Gen.Int[0, 3], Gen.Double[0.01, 1], Gen.Int).SampleAsync(
            async (count, k, spaces, kind, spread, seed) =>
            {
                var random = new Random(seed);
                await using IGalleryStore store = CreateStore();
                var works = new Works(store, spread);
                await works.WriteAsync(0, count, random, count >= 100 && random.Next(3) == 0 ? 0.2 : 0); // of a few works, a whole space might be missing
                await using Gallery gallery = Open(store, Metrics[random.Next(Metrics.Count)], out ISimilarityMetric metric);
                await CheckAsync(gallery, works, metric, Options(random, spaces, kind), k, random.Next());

                // What is added, replaced and removed after an index was built.
                await works.WriteAsync(count - (count / 10), count / 5, random, 0.1);
                await works.RemoveAsync(random.Next(1 + (count / 8)), random);
                await CheckAsync(gallery, works, metric, Options(random, spaces, kind), k, random.Next());
                await CheckAsync(gallery, works, metric, Options(random, spaces, kind), 2 * count + 1, random.Next());
            },
            iter: 40,
            threads: 1);

    [Fact]
    public async Task Queries_in_parts_are_answered_as_by_a_brute_force() =>
        await Gen.Select(Gen.Int[1, 1500], Gen.Int[1, 60], Gen.Int[1, 3], Gen.Int[0, 3], Gen.Double[0.01, 1], Gen.Int).SampleAsync(
            async (count, k, spaces, kind, spread, seed) =>
            {
                var random = new Random(seed);
                await using IGalleryStore store = CreateStore();
                var works = new Works(store, spread);
                await works.WriteAsync(0, count, random, count >= 100 && random.Next(3) == 0 ? 0.2 : 0);
                await using Gallery gallery = Open(store, Metrics[random.Next(Metrics.Count)], out ISimilarityMetric metric);
                await PrepareAsync(gallery);
                await works.WriteAsync(count - (count / 10), count / 5, random, 0.1);
                await works.RemoveAsync(random.Next(1 + (count / 8)), random);
                await CheckPartsAsync(gallery, works, metric, Options(random, spaces, kind), k, random);
            },
            iter: 40,
            threads: 1);

    [Fact]
    public async Task A_query_of_one_part_and_view_gives_the_very_answer_of_a_plain_search()
    {
        await using IGalleryStore store = CreateStore();
        var works = new Works(store, 1);
        await works.WriteAsync(0, 800, new Random(1), missing: 0);
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using Gallery gallery = Open(store, metric, out _);
            await gallery.PrepareAsync(Genre, null, Token);
            var signature = new Signature(Genre, Works.VectorOf(Genre, 77, 1));
            GallerySearchResult plain = await gallery.SearchAsync(signature, 30, null, Token);
            GallerySearchResult inParts = await gallery.SearchAsync(new GalleryQuery(QueryPart.OfSignatures(signature)), 30, null, Token);
            Assert.Equal(plain.Results, inParts.Results);
            Assert.Equal(plain.IsExact, inParts.IsExact);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 1e-300)]
    public async Task A_space_alone_gives_the_very_answer_of_a_plain_search(double genre, double look)
    {
        await using IGalleryStore store = CreateStore();
        var works = new Works(store, 1);
        await works.WriteAsync(0, 800, new Random(1), missing: 0.3);
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using Gallery gallery = Open(store, metric, out _);
            FeatureSpace only = genre > 0 ? Genre : Look;
            await gallery.PrepareAsync(only, null, Token);
            var together = new GallerySearchOptions { Spaces = [new(Genre, genre), new(Look, look)] };
            float[] query = Works.VectorOf(only, 77, 1);
            GallerySearchResult plain = await gallery.SearchAsync(new Signature(only, query), 30, null, Token);
            GallerySearchResult weighted = await gallery.SearchAsync([new Signature(only, query)], 30, together, Token);
            Assert.Equal(plain.Results, weighted.Results);
            Assert.Equal(plain.IsExact, weighted.IsExact);
            Assert.Equal([new SpaceWeight(only, 1)], weighted.Spaces);
            Assert.All(weighted.Results, result => Assert.Equal([result.Distance], result.SpaceDistances));
        }
    }

    [Fact]
    public async Task Only_works_with_a_signature_in_every_space_that_counts_are_found()
    {
        await using IGalleryStore store = CreateStore();
        await store.WriteAsync(
            [
                Entry("both", Genre, Look), Entry("genre only", Genre), Entry("look only", Look), Entry("all", Genre, Look, Style), Entry("none"),
            ],
            Token);
        await using Gallery gallery = Open(store, SimilarityMetrics.Angular, out _);
        Assert.Equal(["all", "both"], await KeysAsync(new(Genre, 1), new(Look, 1)));
        Assert.Equal(["all", "both"], await KeysAsync(new(Genre, 1), new(Look, 1e-9)));
        Assert.Equal(["all", "both", "genre only"], await KeysAsync(new(Genre, 1), new(Look, 0), new(Style, 0)));
        Assert.Equal(["all"], await KeysAsync(new(Genre, 1), new(Look, 1), new(Style, 1)));

        async Task<IEnumerable<string>> KeysAsync(params SpaceWeight[] spaces)
        {
            Signature[] query = [.. spaces.Select(space => new Signature(space.Space, Works.VectorOf(space.Space, 5, 1)))];
            GallerySearchResult found = await gallery.SearchAsync(query, 10, new GallerySearchOptions { Spaces = spaces }, Token);
            return found.Results.Select(result => result.Painting.Key).Order(StringComparer.Ordinal);
        }

        static GalleryEntry Entry(string key, params FeatureSpace[] spaces) =>
            new(new Painting(key), "hash", [.. spaces.Select(space => new Signature(space, Works.VectorOf(space, key.Length, 1)))]);
    }

    [Fact]
    public async Task An_answer_tells_how_many_works_have_a_signature_in_all_spaces_whatever_the_filter()
    {
        await using IGalleryStore store = CreateStore();
        await store.WriteAsync(
            [.. new[] { ("a", Genre), ("b", Genre), ("c", Look), ("d", Look) }.Select(work => new GalleryEntry(new Painting(work.Item1), "hash", [new Signature(work.Item2, Works.VectorOf(work.Item2, 1, 1))]))], Token);
        await using Gallery gallery = Open(store, SimilarityMetrics.Angular, out _);
        var none = new PaintingFilter { Artists = ["nobody"] };
        Assert.Equal((0, 0), await CountsAsync(null, Genre, Look));
        Assert.Equal((0, 0), await CountsAsync(none, Genre, Look));
        Assert.Equal((2, 2), await CountsAsync(null, Genre));
        Assert.Equal((0, 2), await CountsAsync(none, Genre));
        await store.WriteAsync([new GalleryEntry(new Painting("b"), "hash", [new Signature(Look, Works.VectorOf(Look, 2, 1))])], Token);
        Assert.Equal((1, 1), await CountsAsync(null, Genre, Look));
        Assert.Equal((0, 1), await CountsAsync(none, Genre, Look));

        async Task<(int Found, int Works)> CountsAsync(PaintingFilter? filter, params FeatureSpace[] spaces)
        {
            GallerySearchResult found = await gallery.SearchAsync(
                [.. spaces.Select(space => new Signature(space, Works.VectorOf(space, 5, 1)))], 10, new GallerySearchOptions { Filter = filter, Spaces = [.. spaces.Select(space => new SpaceWeight(space, 1))] }, Token);
            return (found.Results.Count, found.WorkCount);
        }
    }

    [Fact]
    public async Task A_search_by_key_is_one_by_the_works_signatures_and_leaves_it_out()
    {
        await using IGalleryStore store = CreateStore();
        var works = new Works(store, 0.3);
        await works.WriteAsync(0, 700, new Random(3), missing: 0);
        await using Gallery gallery = Open(store, SimilarityMetrics.Angular, out _);
        var options = new GallerySearchOptions { Spaces = [new(Genre, 0.6), new(Look, 0.4)] };
        await PrepareAsync(gallery);
        GallerySearchResult with = await gallery.SearchByKeyAsync("work-3", 20, new GallerySearchOptions { Spaces = options.Spaces, IncludeQuery = true }, Token);
        GallerySearchResult without = await gallery.SearchByKeyAsync("work-3", 19, options, Token);
        Assert.Equal("work-3", with.Results[0].Painting.Key);
        Assert.Equal(0, with.Results[0].Distance, 1e-3f);
        Assert.Equal(with.Results.Skip(1), without.Results);
        Assert.Equal([new SpaceWeight(Genre, 0.6), new SpaceWeight(Look, 0.4)], with.Spaces);
        Assert.All(with.Results, result => Assert.Equal(1 - (result.Distance * result.Distance / 2), result.Similarity));

        await store.WriteAsync([new GalleryEntry(new Painting("half"), "h", [new Signature(Genre, Works.VectorOf(Genre, 1, 1))])], Token);
        PaintingNotFoundException e = await Assert.ThrowsAsync<PaintingNotFoundException>(() => gallery.SearchByKeyAsync("half", 5, options, Token));
        Assert.Contains("half", e.Message, StringComparison.Ordinal);
        Assert.Contains("look#1", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PaintingNotFoundException>(() => gallery.SearchByKeyAsync("nobody", 5, options, Token));
        Assert.Equal(5, (await gallery.SearchByKeyAsync("half", 5, new GallerySearchOptions { Spaces = [new(Genre, 1), new(Look, 0)] }, Token)).Results.Count);
    }

    /// <summary>
    /// Every work's image is replaced over and over, both signatures at once. So ids go stale in the middle of searches. All works are found all the
    /// same, and never with the signature of one image beside that of another.
    /// </summary>
    [Fact]
    public async Task Searches_beside_writers_see_every_work_once_and_whole()
    {
        const int Count = 80;
        await using IGalleryStore store = CreateStore();
        await store.WriteAsync([.. Enumerable.Range(0, Count).Select(work => Entry(work, 0))], Token);
        await using Gallery gallery = Open(store, SimilarityMetrics.Angular, out _);
        var options = new GallerySearchOptions { Spaces = [new(Genre, 0.5), new(Style, 0.5)] };
        Task writing = Task.Run(
            async () =>
            {
                var random = new Random(1);
                for (int round = 1; round <= 60; round++)
                {
                    await store.WriteAsync([Entry(random.Next(Count), round), Entry(Count + round, round)], Token);
                    await store.RemoveAsync([$"work-{Count + random.Next(round)}"], Token);
                    await Task.Delay(1, Token);
                }
            },
            Token);
        do
        {
            Signature[] query = [new(Genre, Turned(Genre, 0)), new(Style, Turned(Style, 0))];
            GallerySearchResult found = await gallery.SearchAsync(query, 1000, options, Token);
            string[] keys = [.. found.Results.Select(result => result.Painting.Key)];
            Assert.Equal(keys.Length, keys.Distinct().Count());
            Assert.Empty(Enumerable.Range(0, Count).Select(work => $"work-{work}").Except(keys));
            Assert.All(found.Results, result => Assert.Equal(result.SpaceDistances[0], result.SpaceDistances[1], 1e-5f)); // turned by the same angle
        }
        while (!writing.IsCompleted);

        await writing;

        static GalleryEntry Entry(int work, int version) => new(
            new Painting($"work-{work}"), $"hash-{version}", [new Signature(Genre, Turned(Genre, work + (1000 * version))), new Signature(Style, Turned(Style, work + (1000 * version)))]);

        static float[] Turned(FeatureSpace space, int seed)
        {
            float[] vector = new float[space.Dimensions];
            double angle = seed * 0.0137;
            (vector[0], vector[1]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
            return vector;
        }
    }

    [Fact]
    public async Task A_cancelled_search_says_so()
    {
        await using IGalleryStore store = CreateStore();
        var works = new Works(store, 1);
        await works.WriteAsync(0, 50, new Random(1), missing: 0);
        await using Gallery gallery = Open(store, SimilarityMetrics.Angular, out _);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            gallery.SearchByKeyAsync("work-1", 5, new GallerySearchOptions { Spaces = [new(Genre, 1), new(Look, 1)] }, cancelled.Token));
    }

    private static GallerySearchOptions Options(Random random, int spaces, int kind)
    {
        FeatureSpace[] chosen = [.. Spaces];
        random.Shuffle(chosen);
        SpaceWeight[] weights = [.. chosen.Take(spaces).Select(space => new SpaceWeight(space, kind switch
        {
            0 => 1,
            1 => random.Next(2),
            2 => random.NextDouble() * 1e300,
            _ => random.NextDouble(),
        }))];
        return new GallerySearchOptions
        {
            Spaces = weights.All(weight => weight.Weight == 0) ? [.. weights.Select(weight => new SpaceWeight(weight.Space, 3))] : weights,
            Filter = random.Next(3) == 0 ? new PaintingFilter { Genres = ["genre-1", "genre-2"], Styles = [$"style-{random.Next(3)}"] } : null,
            Quality = random.Next(3) == 0 ? 1 : null,
        };
    }

    private static async Task PrepareAsync(Gallery gallery)
    {
        foreach (FeatureSpaceSummary summary in await gallery.Store.GetFeatureSpacesAsync(Token))
        {
            await gallery.PrepareAsync(summary.Space, null, Token);
        }
    }

    private static async Task CheckAsync(Gallery gallery, Works works, ISimilarityMetric metric, GallerySearchOptions options, int k, int querySeed)
    {
        await PrepareAsync(gallery);
        Dictionary<FeatureSpace, float[]> query = options.Spaces!.ToDictionary(space => space.Space, space => Works.VectorOf(space.Space, querySeed, works.Spread));
        GallerySearchResult found = await gallery.SearchAsync([.. query.Select(part => new Signature(part.Key, part.Value))], k, options, Token);

        double sum = options.Spaces!.Sum(space => space.Weight / 1e301);
        var weights = options.Spaces!.Where(space => space.Weight > 0).ToDictionary(space => space.Space, space => space.Weight / 1e301 / sum);
        Assert.Equal(weights.Keys, found.Spaces.Select(space => space.Space));
        Assert.Equal(1, found.Spaces.Sum(space => space.Weight), 1e-12);
        var truth = new Dictionary<string, double>();
        foreach ((string key, (Painting painting, Dictionary<FeatureSpace, float[]> signatures)) in works.All)
        {
            if (weights.Keys.All(signatures.ContainsKey) && options.Filter?.Matches(painting) != false)
            {
                truth.Add(key, Combine(metric, weights.Select(weight => (weight.Value, Distance(metric, query[weight.Key], signatures[weight.Key])))));
            }
        }

        double[] ranked = [.. truth.Values.Order()];
        Assert.Equal(Math.Min(k, truth.Count), found.Results.Count);
        Assert.Equal(found.Results.Count, found.Results.Select(result => result.Painting.Key).Distinct().Count());
        for (int i = 0; i < found.Results.Count; i++)
        {
            SimilarPainting result = found.Results[i];
            double tolerance = 4e-6 * Math.Max(1, Math.Abs(ranked[i]));
            Assert.True(truth.TryGetValue(result.Painting.Key, out double distance), $"{result.Painting.Key} must not be found");
            Assert.True(Math.Abs(distance - ranked[i]) <= tolerance, $"{metric.Name}: neighbour {i} of {truth.Count} lies at {distance:r}, the true one at {ranked[i]:r}; {string.Join(", ", options.Spaces!)}");
            Assert.Equal(distance, result.Distance, tolerance);
            Assert.True(i == 0 || found.Results[i - 1].Distance <= result.Distance);
            if (weights.Count > 1)
            {
                // To the bit: the combined distance of the distances it says.
                Assert.Equal((float)Combine(metric, found.Spaces.Zip(result.SpaceDistances, (space, d) => (space.Weight, (double)d))), result.Distance);
            }
        }
    }

    private static async Task CheckPartsAsync(Gallery gallery, Works works, ISimilarityMetric metric, GallerySearchOptions options, int k, Random random)
    {
        await PrepareAsync(gallery);
        var parts = new QueryPart[random.Next(1, 5)];
        for (int part = 0; part < parts.Length; part++)
        {
            QueryView[] views = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next()).Select(seed =>
                QueryView.OfSignatures([.. options.Spaces!.Select(space => new Signature(space.Space, Works.VectorOf(space.Space, seed, works.Spread)))]))];
            parts[part] = new QueryPart(views) { IsWanted = part == 0 || random.Next(3) > 0, Weight = 0.1 + (2 * random.NextDouble()) };
        }

        GallerySearchResult found = await gallery.SearchAsync(new GalleryQuery(parts), k, options, Token);
        var truth = new Dictionary<string, (double Distance, double[][] Terms)>();
        foreach ((string key, (Painting painting, Dictionary<FeatureSpace, float[]> signatures)) in works.All)
        {
            if (found.Spaces.All(space => signatures.ContainsKey(space.Space)) && options.Filter?.Matches(painting) != false)
            {
                double[][] terms = Array.ConvertAll(parts, part => part.Views.Select(view => TermOf(view, signatures)).ToArray());
                double wanted = parts.Zip(terms).Where(part => part.First.IsWanted).Sum(part => part.First.Weight * part.Second.Min())
                    / parts.Where(part => part.IsWanted).Sum(part => part.Weight);
                double pushed = parts.Zip(terms).Where(part => !part.First.IsWanted).Sum(part => part.First.Weight * Math.Max(0, wanted - part.Second.Min()));
                truth.Add(key, (metric.CombineSpaces(wanted + pushed), terms));
            }
        }

        double[] ranked = [.. truth.Values.Select(work => work.Distance).Order()];
        Assert.Equal(Math.Min(k, truth.Count), found.Results.Count);
        Assert.Equal(found.Results.Count, found.Results.Select(result => result.Painting.Key).Distinct().Count());
        for (int i = 0; i < found.Results.Count; i++)
        {
            SimilarPainting result = found.Results[i];
            double tolerance = 4e-5 * Math.Max(1, Math.Abs(ranked[i]));
            (double distance, double[][] terms) = truth[result.Painting.Key];
            Assert.True(Math.Abs(distance - ranked[i]) <= tolerance, $"{metric.Name}: neighbour {i} of {truth.Count} lies at {distance:r}, the true one at {ranked[i]:r}");
            Assert.Equal(distance, result.Distance, tolerance);
            Assert.True(i == 0 || found.Results[i - 1].Distance <= result.Distance);
            Assert.True(parts[result.PartIndex].IsWanted);
            double nearest = parts.Zip(terms).Where(part => part.First.IsWanted).Min(part => part.Second.Min());
            Assert.Equal(nearest, terms[result.PartIndex][result.ViewIndex], 4e-5 * Math.Max(1, Math.Abs(nearest)));
        }

        double TermOf(QueryView view, Dictionary<FeatureSpace, float[]> signatures) => found.Spaces.Sum(space => space.Weight * metric.SpaceTerm((float)Distance(
            metric, view.Signatures.First(signature => signature.Space == space.Space).Vector.ToArray(), signatures[space.Space])));
    }

    private static double Combine(ISimilarityMetric metric, IEnumerable<(double Weight, double Distance)> parts) =>
        metric.Name switch
        {
            "angular" or "euclidean" => Math.Sqrt(parts.Aggregate(0.0, (sum, part) => sum + (part.Weight * (part.Distance * part.Distance)))),
            "cosine" or "innerproduct" => parts.Aggregate(0.0, (sum, part) => sum + (part.Weight * part.Distance)),
            _ => metric.CombineSpaces(parts.Aggregate(0.0, (sum, part) => sum + (part.Weight * metric.SpaceTerm((float)part.Distance)))),
        };

    private static double Distance(ISimilarityMetric metric, float[] x, float[] y)
    {
        double dot = 0, xx = 0, yy = 0, squares = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double a = x[i], b = y[i];
            (dot, xx, yy, squares) = (dot + (a * b), xx + (a * a), yy + (b * b), squares + ((a - b) * (a - b)));
        }

        double cosine = xx == 0 || yy == 0 ? 0 : Math.Clamp(dot / Math.Sqrt(xx * yy), -1, 1);
        return metric switch
        {
            AngularMetric => Math.Sqrt(2 * (1 - cosine)),
            CosineMetric => 1 - cosine,
            EuclideanMetric => Math.Sqrt(squares),
            InnerProductMetric => -dot,
            _ => metric.Distance(x, y),
        };
    }

    private Gallery Open(IGalleryStore store, ISimilarityMetric wanted, out ISimilarityMetric metric)
    {
        metric = wanted;
        return new Gallery(store, null, [], CreateProvider(), new GalleryOptions { Metric = wanted, ApproximateFrom = 0 });
    }

    /// <summary>What a store was given: works whose signatures in the spaces are alike, the more so the smaller the spread.</summary>
    private sealed class Works(IGalleryStore store, double spread)
    {
        public double Spread => spread;

        public Dictionary<string, (Painting Painting, Dictionary<FeatureSpace, float[]> Signatures)> All { get; } = [];

        public async Task WriteAsync(int first, int count, Random random, double missing)
        {
            List<GalleryEntry> entries = [];
            for (int work = first; work < first + count; work++)
            {
                int seed = random.Next(4) == 0 ? random.Next(5) : random.Next(); // some signatures are equal

                // The first has all: a gallery without a signature in a space refuses to search it.
                Dictionary<FeatureSpace, float[]> signatures = Spaces.Where(_ => work == 0 || random.NextDouble() >= missing).ToDictionary(space => space, space => VectorOf(space, seed, spread));
                var painting = new Painting($"work-{work}") { Genre = $"genre-{random.Next(4)}", Style = $"style-{random.Next(3)}" };
                All[painting.Key] = (painting, signatures);
                entries.Add(new GalleryEntry(painting, $"hash-{work}-{random.Next()}", [.. signatures.Select(part => new Signature(part.Key, part.Value))]));
            }

            await store.WriteAsync(entries, Token);
        }

        public async Task RemoveAsync(int count, Random random)
        {
            string[] keys = [.. All.Keys.OrderBy(_ => random.Next()).Take(count)];
            Array.ForEach(keys, key => All.Remove(key));
            await store.RemoveAsync(keys, Token);
        }

        public static float[] VectorOf(FeatureSpace space, int seed, double spread)
        {
            var common = new Random(seed);
            var own = new Random(HashCode.Combine(seed, space.Dimensions));
            return [.. Enumerable.Range(0, space.Dimensions).Select(i => (float)((i < 3 ? common.NextDouble() - 0.5 : 0) + (spread * (own.NextDouble() - 0.5))))];
        }
    }
}
