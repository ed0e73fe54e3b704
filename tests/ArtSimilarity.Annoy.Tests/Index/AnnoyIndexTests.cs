using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests.Index;

public sealed class AnnoyIndexTests(AnnoyReference annoy) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void It_finds_what_AnnoyFile_finds_in_the_same_file(int dimensions)
    {
        VectorSet vectors = TestVectors.Clustered(3000, dimensions, clusters: 20, seed: 3), queries = TestVectors.Clustered(25, dimensions, clusters: 25, seed: 4);
        string path = _folder.File("works.ann");
        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 15 }).Build(vectors, path);
        using AnnoyFile file = AnnoyFile.Open(path, dimensions);
        Assert.Equal(15, file.TreeCount);
        Assert.Equal(vectors.Count, file.ItemCount);
        foreach ((int k, int searchK) in new[] { (1, -1), (10, -1), (100, -1), (40, 300), (300, 2500) })
        {
            for (int q = 0; q < queries.Count; q++)
            {
                var expected = new Neighbor[k];
                expected = expected[..file.Search(queries[q], expected, searchK)];
                Neighbor[] found = index.Find(queries[q], k, new AnnoySearchSettings(searchK == -1 ? null : searchK));
                AssertSame(expected, found);
            }
        }
    }

    [Fact]
    public void Annoy_itself_opens_the_file_and_finds_the_same()
    {
        VectorSet vectors = TestVectors.Clustered(4000, 40, clusters: 20, seed: 5), queries = TestVectors.Clustered(20, 40, clusters: 20, seed: 6);
        string path = _folder.File("works.ann");
        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 20 }).Build(vectors, path);
        foreach ((int k, int searchK) in new[] { (10, -1), (50, 400), (200, 5000) })
        {
            AnnoyReferenceAnswer answer = annoy.Search("angular", path, queries, k, searchK);
            for (int q = 0; q < queries.Count; q++)
            {
                AssertSame(answer.Neighbors[q], index.Find(queries[q], k, new AnnoySearchSettings(searchK == -1 ? null : searchK)));
            }
        }
    }

    [Fact]
    public void A_file_that_Annoy_built_is_an_index_too_and_ids_left_out_stay_out()
    {
        VectorSet vectors = TestVectors.Clustered(3000, 40, clusters: 20, seed: 5), queries = TestVectors.Clustered(20, 40, clusters: 20, seed: 6);
        var some = new VectorSet(40);
        for (int row = 0; row < vectors.Count; row += 2)
        {
            some.Add([row + 1], vectors[row]);
        }

        string path = _folder.File("annoy.ann");
        annoy.Build("angular", some, trees: 20, seed: 3, path);
        using AnnoyIndex index = new AnnoyIndexProvider().Open(path, 40);
        Assert.Equal(1500, index.Count);
        Assert.Equal(20, index.TreeCount);
        foreach ((int k, int searchK) in new[] { (10, -1), (200, 5000) })
        {
            AnnoyReferenceAnswer answer = annoy.Search("angular", path, queries, k, searchK);
            for (int q = 0; q < queries.Count; q++)
            {
                AssertSame(answer.Neighbors[q], index.Find(queries[q], k, new AnnoySearchSettings(searchK == -1 ? null : searchK)));
            }
        }

        Assert.Equal(1500, index.Find(queries[0], 5000, AnnoySearchSettings.Exact).Length);
        Assert.Equal(1499, index.Search(queries[0], new Neighbor[5000], new VectorSearchOptions { Excluded = new IdSet([2, 3]) })); // 2 was left out
        Assert.Throws<VectorIndexFileException>(() => new AnnoyIndexProvider().Open(path, 39));
    }

    [Fact]
    public void The_first_trees_answer_as_a_forest_of_as_many_does()
    {
        VectorSet vectors = TestVectors.Clustered(3000, 20, clusters: 20, seed: 3), queries = TestVectors.Clustered(25, 20, clusters: 25, seed: 4);
        using AnnoyIndex many = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 30, Seed = 9 }).Build(vectors);
        using AnnoyIndex few = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 4, Seed = 9 }).Build(vectors);
        bool treesMatter = false;
        for (int q = 0; q < queries.Count; q++)
        {
            Neighbor[] expected = few.Find(queries[q], 30, new AnnoySearchSettings());
            Assert.Equal(expected, many.Find(queries[q], 30, new AnnoySearchSettings(TreeCount: 4)));
            treesMatter |= !expected.SequenceEqual(many.Find(queries[q], 30, new AnnoySearchSettings()));
        }

        Assert.True(treesMatter);
    }

    [Fact]
    public void The_bytes_are_the_same_on_any_number_of_threads_and_others_for_another_seed()
    {
        VectorSet vectors = TestVectors.Clustered(1500, 33, clusters: 20, seed: 3);
        byte[] Build(int threads, long seed)
        {
            string path = _folder.File($"{threads}-{seed}.ann");
            new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 9, Seed = seed, MaxDegreeOfParallelism = threads }).Build(vectors, path, "stamp").Dispose();
            return File.ReadAllBytes(path);
        }

        byte[] one = Build(1, 0);
        Assert.Equal(one, Build(2, 0));
        Assert.Equal(one, Build(7, 0));
        Assert.NotEqual(one, Build(2, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_keeps_stamp_and_ids(bool map)
    {
        foreach (int dimensions in new[] { 1, 2, 5, 64 })
        {
            foreach (int count in new[] { 0, 1, 2, 500 })
            {
                var vectors = new VectorSet(dimensions);
                VectorSet numbers = TestVectors.Random(count, dimensions, seed: 2);
                for (int i = 0; i < count; i++)
                {
                    vectors.Add([10 + (7 * (count - i))], numbers[i]);
                }

                var provider = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 3, MapFile = map });
                string path = _folder.File($"{dimensions}-{count}.ann");
                provider.Build(vectors, path, "Brueghel – Ⅱ|stamp").Dispose();
                OpenedVectorIndex opened = provider.Open(path);
                using var index = (AnnoyIndex)opened.Index;
                Assert.Equal("Brueghel – Ⅱ|stamp", opened.Stamp);
                Assert.Equal(vectors.Ids.ToArray().Order(), index.Find(new float[dimensions], count + 1, AnnoySearchSettings.Exact).Select(neighbor => neighbor.Id).Order());
                Assert.Equal(dimensions, index.Dimensions);
                Assert.Equal(count, index.Count);
            }
        }
    }

    [Fact]
    public void Any_flipped_bit_and_any_cut_is_noticed()
    {
        string path = _folder.File("works.ann"), damaged = _folder.File("damaged.ann");
        var provider = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 2 });
        provider.Build(TestVectors.Random(40, 6, seed: 1), path, "stamp").Dispose();
        byte[] bytes = File.ReadAllBytes(path);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(damaged, bytes);
            bytes[i] ^= (byte)(1 << (i % 8));
            Assert.Throws<VectorIndexFileException>(() => provider.Open(damaged));
        }

        for (int length = 0; length < bytes.Length; length += 3)
        {
            File.WriteAllBytes(damaged, bytes[..length]);
            Assert.Throws<VectorIndexFileException>(() => provider.Open(damaged));
        }

        File.WriteAllBytes(damaged, bytes);
        ((AnnoyIndex)provider.Open(damaged).Index).Dispose();
    }

    [Fact]
    public void Files_of_others_are_refused_with_a_word_about_what_reads_them()
    {
        string path = _folder.File("others.ann");
        AnnoyFileWriter.Write(path, TestVectors.Random(300, 8, seed: 1), new AnnoyFileWriterOptions { TreeCount = 3 }, cancellationToken: TestContext.Current.CancellationToken);
        VectorIndexFileException refusal = Assert.Throws<VectorIndexFileException>(() => new AnnoyIndexProvider().Open(path));
        Assert.Contains("AnnoyFile.Open", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => new AnnoyIndexProvider().Open(_folder.File("none.ann")));
    }

    [Fact]
    public void Quality_1_compares_with_all()
    {
        VectorSet vectors = TestVectors.Clustered(4000, 50, clusters: 30, seed: 1), queries = TestVectors.Clustered(20, 50, clusters: 30, seed: 2);
        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 2, SearchK = 50 }).Build(vectors);
        using var exact = new FlatIndex(50);
        for (int row = 0; row < vectors.Count; row++)
        {
            exact.Add(vectors.Ids.Slice(row, 1), vectors[row]);
        }

        bool approximates = false;
        for (int q = 0; q < queries.Count; q++)
        {
            Neighbor[] expected = new Neighbor[60], found = new Neighbor[60], quick = new Neighbor[60];
            exact.Search(queries[q], expected);
            Assert.Equal(60, index.Search(queries[q], found, new VectorSearchOptions { Quality = 1 }));
            Assert.Equal(expected, found);
            index.Search(queries[q], quick);
            approximates |= !expected.SequenceEqual(quick);
        }

        Assert.True(approximates);
    }

    [Fact]
    public void A_quality_is_found_by_the_tuning_and_else_by_careful_settings()
    {
        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 20 }).Build(TestVectors.Random(100, 4, seed: 1));
        Assert.True(index.SettingsFor(10, 0.99).SearchK > index.SettingsFor(10, 0.9).SearchK);
        index.Tuning = new AnnoyTuning(50, 4, 20,
        [
            new(10, new(300, 5), 0.9, 0.9, 0.1), new(10, new(900, 20), 0.97, 0.97, 0.3), new(40, new(2000, 20), 0.97, 0.97, 0.8),
        ]);
        Assert.Equal(new AnnoySearchSettings(600, 5), index.SettingsFor(10, 0.85));
        Assert.Equal(new AnnoySearchSettings(1800, 20), index.SettingsFor(10, 0.95));
        Assert.Equal(new AnnoySearchSettings(8000, 20), index.SettingsFor(80, 0.95));
        Assert.Equal(AnnoySearchSettings.Exact, index.SettingsFor(10, 0.98));
        Assert.Equal(AnnoySearchSettings.Exact, index.SettingsFor(10, 1));
        foreach (double quality in new[] { 0, -1, 1.01, double.NaN })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => index.SettingsFor(10, quality));
        }
    }

    [Fact]
    public void A_tuning_that_does_not_fit_is_refused_and_the_former_stays()
    {
        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 20 }).Build(TestVectors.Random(100, 4, seed: 1));
        string kept = new AnnoyTuning(100, 4, 20, [new(10, new(900, 20), 0.97, 0.97, 0.3)]).ToString();
        index.Tuning = AnnoyTuning.Parse(kept);
        var provider = new AnnoyIndexProvider();
        Assert.Throws<ArgumentException>(() => index.Tuning = provider.ParseTuning(kept.Replace("\"dimensions\":4", "\"dimensions\":5", StringComparison.Ordinal)));
        Assert.Throws<ArgumentException>(() => index.Tuning = provider.ParseTuning(kept.Replace("\"treeCount\":20", "\"treeCount\":21", StringComparison.Ordinal)));
        Assert.Contains("'other'", Assert.Throws<ArgumentException>(() => index.Tuning = new OtherTuning()).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => provider.ParseTuning(kept.Replace("\"searchK\":900", "\"searchK\":0", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => provider.ParseTuning(kept.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => provider.ParseTuning("{}"));
        Assert.Throws<FormatException>(() => provider.ParseTuning("no"));
        Assert.Equal(kept, index.Tuning?.ToString());
        index.Tuning = null;
        Assert.Null(index.Tuning);
    }

    [Fact]
    public void Options_out_of_range_are_refused_and_other_metrics_too()
    {
        foreach (AnnoyIndexOptions options in new AnnoyIndexOptions[] { new() { TreeCount = 0 }, new() { TreeCount = 65_537 }, new() { SearchK = 0 }, new() { SearchK = -2 }, new() { MaxDegreeOfParallelism = 0 } })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new AnnoyIndexProvider(options));
        }

        Assert.Throws<NotSupportedException>(() => new AnnoyIndexProvider().Build(
            TestVectors.Random(9, 4, seed: 1), SimilarityMetrics.Euclidean, null, "", null, TestContext.Current.CancellationToken));
        var twice = new VectorSet(2);
        twice.Add([3, 3], [1, 2, 3, 4]);
        Assert.Throws<ArgumentException>(() => new AnnoyIndexProvider().Build(twice));
    }

    [Fact]
    public void Very_short_and_very_long_vectors_are_found_in_their_direction()
    {
        VectorSet plain = TestVectors.Random(600, 24, seed: 8);
        var scaled = new VectorSet(24);
        for (int row = 0; row < plain.Count; row++)
        {
            float factor = (row % 3) switch { 0 => 1e-34f, 1 => 1e17f, _ => 1 };
            scaled.Add([row], [.. plain[row].ToArray().Select(number => number * factor)]);
        }

        using AnnoyIndex expected = new AnnoyIndexProvider().Build(plain), index = new AnnoyIndexProvider().Build(scaled);
        VectorSet queries = TestVectors.Random(20, 24, seed: 9);
        for (int q = 0; q < queries.Count; q++)
        {
            Neighbor[] truth = expected.Find(queries[q], 10, AnnoySearchSettings.Exact);
            Assert.Equal(truth.Select(found => found.Id), index.Find(queries[q], 10, AnnoySearchSettings.Exact).Select(found => found.Id));
        }
    }

    /// <summary>Annoy orders by the square of the distance in single precision: what lies nearer together than that may change places.</summary>
    private static void AssertSame(Neighbor[] expected, Neighbor[] found)
    {
        const float rounding = 1e-5f;
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < found.Length; i++)
        {
            Assert.True(
                expected[i].Id == found[i].Id || Math.Abs(expected[i].Distance - found[i].Distance) < rounding,
                $"Place {i}: {found[i]} instead of {expected[i]}.");
        }

        float last = found.Length == 0 ? 0 : found[^1].Distance;
        Assert.Equal(
            expected.Where(neighbor => neighbor.Distance < last - rounding).Select(neighbor => neighbor.Id).Order(),
            found.Where(neighbor => expected.Any(other => other.Id == neighbor.Id && other.Distance < last - rounding)).Select(neighbor => neighbor.Id).Order());
    }

    private sealed class OtherTuning : VectorIndexTuning
    {
        public override string IndexName => "other";

        public override string ToString() => "other";
    }
}
