using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>What every <see cref="IVectorIndexProvider"/> promises: it builds, keeps and opens. <see cref="VectorIndexConformance"/> tests the answers.</summary>
public abstract class VectorIndexProviderConformance : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A metric that the provider supports.</summary>
    protected virtual ISimilarityMetric Metric => SimilarityMetrics.Angular;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Creates the provider under test.</summary>
    /// <returns>The provider.</returns>
    protected abstract IVectorIndexProvider Create();

    [Fact]
    public void The_name_has_lower_case_letters_and_digits()
    {
        Assert.Matches("^[a-z0-9]+$", Create().Name);
        Assert.NotNull(Create().Settings);
        Assert.Equal(Create().Settings, Create().Settings);
    }

    [Fact]
    public async Task What_was_built_is_opened_with_its_stamp_and_answers_alike()
    {
        IVectorIndexProvider provider = Create();
        VectorIndexLocation location = NewLocation();
        const string Stamp = "what it was built from | 7 | \u00e9";
        Neighbor[] expected;
        await using (IVectorIndex built = await provider.BuildAsync(Vectors(300), Metric, location, Stamp, null, Token))
        {
            Assert.Equal((300, 12, Metric.Name), (built.Count, built.Dimensions, built.Metric.Name));
            expected = await SearchAsync(built);
            Assert.Equal(10, expected.Length);
            OpenedVectorIndex beside = await OpenAsync(provider, location);
            Assert.Equal(expected, await SearchAsync(beside.Index));
            await beside.Index.DisposeAsync();
            Assert.Equal(expected, await SearchAsync(built));
        }

        OpenedVectorIndex opened = await OpenAsync(provider, location);
        await using IVectorIndex index = opened.Index;
        Assert.Equal(Stamp, opened.Stamp);
        Assert.Equal((300, 12, Metric.Name), (index.Count, index.Dimensions, index.Metric.Name));
        Assert.Equal(expected, await SearchAsync(index));
    }

    [Fact]
    public async Task Where_nothing_was_built_nothing_is_opened()
    {
        IVectorIndexProvider provider = Create();
        VectorIndexLocation location = NewLocation();
        Assert.Null(await provider.OpenAsync(location, Token));
        await (await provider.BuildAsync(Vectors(20), Metric, location, "", null, Token)).DisposeAsync();
        Assert.Null(await provider.OpenAsync(new VectorIndexLocation(location.Gallery, "another", location.Directory), Token));
        Assert.Null(await provider.OpenAsync(NewLocation(), Token));
    }

    [Fact]
    public async Task A_build_takes_the_place_of_the_former_which_answers_on()
    {
        IVectorIndexProvider provider = Create();
        VectorIndexLocation location = NewLocation();
        await using IVectorIndex former = await provider.BuildAsync(Vectors(200), Metric, location, "former", null, Token);
        Neighbor[] expected = await SearchAsync(former);
        await (await provider.BuildAsync(Vectors(5), Metric, location, "newer", null, Token)).DisposeAsync();
        Assert.Equal(expected, await SearchAsync(former));
        OpenedVectorIndex opened = await OpenAsync(provider, location);
        await using IVectorIndex index = opened.Index;
        Assert.Equal(("newer", 5), (opened.Stamp, index.Count));
    }

    [Fact]
    public async Task Indexes_of_no_vectors_are_built_and_opened()
    {
        IVectorIndexProvider provider = Create();
        VectorIndexLocation location = NewLocation();
        await (await provider.BuildAsync(Vectors(0), Metric, location, "empty", null, Token)).DisposeAsync();
        OpenedVectorIndex opened = await OpenAsync(provider, location);
        await using IVectorIndex index = opened.Index;
        Assert.Equal(("empty", 0), (opened.Stamp, index.Count));
        Assert.Empty(await SearchAsync(index));
    }

    [Fact]
    public async Task Progress_never_falls_and_ends_with_one()
    {
        var progress = new RecordedProgress();
        await (await Create().BuildAsync(Vectors(2000), Metric, NewLocation(), "", progress, Token)).DisposeAsync();
        double[] reports = progress.Reports;
        Assert.Equal(reports.Order(), reports);
        Assert.All(reports, report => Assert.InRange(report, 0, 1));
        Assert.Equal(1, reports[^1]);
    }

    [Fact]
    public async Task A_cancelled_build_leaves_what_was_kept()
    {
        IVectorIndexProvider provider = Create();
        VectorIndexLocation location = NewLocation();
        await (await provider.BuildAsync(Vectors(20), Metric, location, "kept", null, Token)).DisposeAsync();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await provider.BuildAsync(Vectors(2000), Metric, location, "cancelled", null, cancelled));
        OpenedVectorIndex opened = await OpenAsync(provider, location);
        await using IVectorIndex index = opened.Index;
        Assert.Equal(("kept", 20), (opened.Stamp, index.Count));
    }

    [Fact]
    public async Task A_metric_that_is_not_supported_is_refused()
    {
        IVectorIndexProvider provider = Create();
        Assert.True(provider.Supports(Metric));
        foreach (ISimilarityMetric metric in SimilarityMetrics.All.Where(metric => !provider.Supports(metric)))
        {
            await Assert.ThrowsAsync<NotSupportedException>(async () => await provider.BuildAsync(Vectors(20), metric, NewLocation(), "", null, Token));
        }
    }

    [Fact]
    public async Task Without_a_folder_an_index_is_built_all_the_same()
    {
        await using IVectorIndex index = await Create().BuildAsync(Vectors(30), Metric, NewLocation() with { Directory = null }, "", null, Token);
        Assert.Equal(10, (await SearchAsync(index)).Length);
    }

    [Fact]
    public async Task A_file_that_is_cut_off_is_refused()
    {
        IVectorIndexProvider provider = Create();
        VectorIndexLocation location = NewLocation();
        await (await provider.BuildAsync(Vectors(300), Metric, location, "whole", null, Token)).DisposeAsync();
        string[] files = Directory.Exists(location.Directory) ? Directory.GetFiles(location.Directory) : [];
        Assert.SkipWhen(files.Length == 0, "The provider keeps no files.");
        foreach (string file in files)
        {
            byte[] whole = await File.ReadAllBytesAsync(file, Token);
            foreach (int length in new[] { 0, 1, whole.Length / 2, whole.Length - 1 })
            {
                await File.WriteAllBytesAsync(file, whole[..length], Token);
                await Assert.ThrowsAsync<VectorIndexFileException>(async () => await provider.OpenAsync(location, Token));
            }

            await File.WriteAllBytesAsync(file, whole, Token);
        }

        await (await OpenAsync(provider, location)).Index.DisposeAsync();
    }

    /// <summary>Deletes the files of the test.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Deletes the files of the test.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _folder.Dispose();
        }
    }

    private static VectorSet Vectors(int count) => SampleVectors.Clustered(count, 12, clusters: 5, seed: 3);

    private static async Task<OpenedVectorIndex> OpenAsync(IVectorIndexProvider provider, VectorIndexLocation location)
    {
        OpenedVectorIndex? opened = await provider.OpenAsync(location, Token);
        Assert.NotNull(opened);
        return opened;
    }

    private static async Task<Neighbor[]> SearchAsync(IVectorIndex index)
    {
        var results = new Neighbor[10];
        int found = await index.SearchAsync(SampleVectors.Vector(12, 4), results, default, Token);
        return results[..found];
    }

    /// <summary>The place of a gallery that no other test knows.</summary>
    private VectorIndexLocation NewLocation()
    {
        var gallery = Guid.NewGuid();
        return new VectorIndexLocation(gallery, "space-1", _folder[gallery.ToString("n")]);
    }

    private sealed class RecordedProgress : IProgress<double>
    {
        private readonly Lock _gate = new();
        private readonly List<double> _reports = [];

        public double[] Reports
        {
            get
            {
                lock (_gate)
                {
                    return [.. _reports];
                }
            }
        }

        public void Report(double value)
        {
            lock (_gate)
            {
                _reports.Add(value);
            }
        }
    }
}
