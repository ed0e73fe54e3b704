using ArtSimilarity.Graphs;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Tests.Graphs;

public sealed class NeighborGraphTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task The_graph_of_500_works_is_that_of_a_brute_force_computation(int threads)
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(500, Cancellation);
        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(
            gallery.Gallery, new NeighborGraphOptions { NeighborCount = 7, Quality = 1, MaxDegreeOfParallelism = threads }, null, Cancellation);
        Assert.Equal(500, graph.Works.Count);
        Assert.Equal(500 * 7, graph.EdgeCount);
        (int From, int To)[] expected = [.. Enumerable.Range(0, 500).SelectMany(from => Nearest(gallery.Vectors, from, 7, _ => true).Select(to => (from, to)))];
        Assert.Equal(expected, graph.Edges.Select(edge => (Number(graph, edge.From), Number(graph, edge.To))));
        HashSet<(int, int)> directed = [.. expected];
        Assert.All(graph.Edges, edge =>
        {
            Assert.Equal(directed.Contains((Number(graph, edge.To), Number(graph, edge.From))), edge.IsMutual);
            Assert.Equal(Distance(gallery.Vectors, Number(graph, edge.From), Number(graph, edge.To)), edge.Distance, 1e-5);
        });
    }

    [Fact]
    public async Task The_graph_of_a_selection_has_neighbours_among_the_selection_alone()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(300, Cancellation);
        List<double> progress = [];
        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(
            gallery.Gallery,
            new NeighborGraphOptions { NeighborCount = 5, Filter = new PaintingFilter { Genres = ["g3", "g4"] } },
            new ImmediateProgress(progress.Add),
            Cancellation);
        Assert.Equal(60, graph.Works.Count);
        Assert.All(graph.Works, work => Assert.Contains(work.Genre, (string[])["g3", "g4"]));
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(
                Nearest(gallery.Vectors, Number(graph, i), 5, number => number % 10 is 3 or 4),
                graph.NeighborsOf(i).ToArray().Select(neighbor => Number(graph, neighbor.Id)));
        }

        Assert.Equal(1, progress[^1]);
    }

    [Fact]
    public async Task Fewer_works_than_neighbours_and_none_at_all_give_what_there_is()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(4, Cancellation);
        NeighborGraph all = await NeighborGraphBuilder.BuildAsync(gallery.Gallery, null, null, Cancellation);
        Assert.Equal(4 * 3, all.EdgeCount);
        Assert.All(all.Edges, edge => Assert.True(edge.IsMutual));
        NeighborGraph none = await NeighborGraphBuilder.BuildAsync(gallery.Gallery, new NeighborGraphOptions { Filter = new PaintingFilter { Genres = ["no such"] } }, null, Cancellation);
        Assert.Empty(none.Works);
        Assert.Empty(none.Edges);
    }

    [Fact]
    public async Task Works_removed_since_are_not_in_the_graph_and_a_cancelled_build_ends()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(40, Cancellation);
        await gallery.Gallery.RemoveAsync(["w0", "w11"], Cancellation);
        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(gallery.Gallery, null, null, Cancellation);
        Assert.Equal(38, graph.Works.Count);
        Assert.Null(graph.IndexOf("w11"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NeighborGraphBuilder.BuildAsync(gallery.Gallery, null, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Paths_are_those_of_Floyd_and_Warshall()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(120, Cancellation);
        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(gallery.Gallery, new NeighborGraphOptions { NeighborCount = 3 }, null, Cancellation);
        int n = graph.Works.Count;
        double[,] shortest = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                shortest[i, j] = i == j ? 0 : double.PositiveInfinity;
            }
        }

        foreach (GraphEdge edge in graph.Edges)
        {
            shortest[edge.From, edge.To] = shortest[edge.To, edge.From] = edge.Distance;
        }

        for (int k = 0; k < n; k++)
        {
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    shortest[i, j] = Math.Min(shortest[i, j], shortest[i, k] + shortest[k, j]);
                }
            }
        }

        int missing = 0;
        for (int i = 0; i < n; i += 3)
        {
            for (int j = 0; j < n; j++)
            {
                GraphPath? path = graph.FindPath(i, j, Cancellation);
                missing += path is null ? 1 : 0;
                Assert.Equal(double.IsPositiveInfinity(shortest[i, j]), path is null);
                if (path is not null)
                {
                    Assert.Equal(shortest[i, j], path.Length, 1e-5);
                    Assert.Equal([graph.Works[i], graph.Works[j]], (Painting[])[path.Works[0], path.Works[^1]]);
                    Assert.Equal(path.Works.Count - 1, path.Distances.Count);
                    int[] steps = [.. path.Works.Select(work => graph.IndexOf(work.Key)!.Value)];
                    Assert.All(steps.Zip(steps.Skip(1)), step => Assert.Contains(graph.Edges, edge =>
                        (edge.From, edge.To) == (step.First, step.Second) || (edge.From, edge.To) == (step.Second, step.First)));
                }
            }
        }

        Assert.InRange(missing, 1, n * n); // clusters that are not connected: both answers were tested
    }

    [Fact]
    public void Graphs_that_make_no_sense_are_refused()
    {
        Painting[] works = [new("a"), new("b")];
        Assert.Contains("2 works", Assert.Throws<ArgumentException>(() => new NeighborGraph(works, [[]])).Message, StringComparison.Ordinal);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => new NeighborGraph([works[0], works[0]], [[], []])).Message, StringComparison.Ordinal);
        foreach (Neighbor[] wrong in (Neighbor[][])[[new(0, 1)], [new(2, 1)], [new(-1, 1)], [new(1, float.NaN)], [new(1, 1), new(1, 2)]])
        {
            Assert.Contains("'a' cannot have the neighbour", Assert.Throws<ArgumentException>(() => new NeighborGraph(works, [wrong, []])).Message, StringComparison.Ordinal);
        }

        var negative = new NeighborGraph(works, [[new(1, -1)], []]);
        Assert.Contains("negative", Assert.Throws<NotSupportedException>(() => negative.FindPath(0, 1, Cancellation)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => negative.FindPath(0, 2, Cancellation));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NeighborGraphOptions { NeighborCount = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NeighborGraphOptions { Quality = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NeighborGraphOptions { MaxDegreeOfParallelism = 0 });
    }

    private static int Number(NeighborGraph graph, int index) => int.Parse(graph.Works[index].Key.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    private static double Distance(VectorSet vectors, int first, int second) => SimilarityMetrics.Angular.Distance(vectors[first], vectors[second]);

    /// <summary>In double precision, from the definition of the angular distance.</summary>
    private static int[] Nearest(VectorSet vectors, int from, int k, Func<int, bool> isAllowed)
    {
        double Angular(int to)
        {
            double product = 0, first = 0, second = 0;
            for (int d = 0; d < vectors.Dimensions; d++)
            {
                product += (double)vectors[from][d] * vectors[to][d];
                first += (double)vectors[from][d] * vectors[from][d];
                second += (double)vectors[to][d] * vectors[to][d];
            }

            return Math.Sqrt(2 - (2 * product / Math.Sqrt(first * second)));
        }

        return [.. Enumerable.Range(0, vectors.Count).Where(to => to != from && isAllowed(to)).OrderBy(Angular).ThenBy(to => to).Take(k)];
    }

    private sealed class ImmediateProgress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
