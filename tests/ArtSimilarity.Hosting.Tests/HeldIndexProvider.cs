using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Hosting.Tests;

/// <summary>Its builds wait until they are told to fail.</summary>
internal sealed class HeldIndexProvider : IVectorIndexProvider
{
    private readonly TaskCompletionSource _failing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "held";

    public string Settings => "none";

    public void Fail() => _failing.SetResult();

    public bool Supports(ISimilarityMetric metric) => true;

    public async ValueTask<IVectorIndex> BuildAsync(
        VectorSet vectors, ISimilarityMetric metric, VectorIndexLocation location, string stamp, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        await _failing.Task.WaitAsync(cancellationToken);
        throw new InvalidDataException("There is no room for the index.");
    }

    public ValueTask<OpenedVectorIndex?> OpenAsync(VectorIndexLocation location, CancellationToken cancellationToken = default) => new((OpenedVectorIndex?)null);
}
