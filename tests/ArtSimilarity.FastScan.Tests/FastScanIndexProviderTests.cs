using ArtSimilarity.Indexing;
using ArtSimilarity.Testing;

namespace ArtSimilarity.FastScan.Tests;

public sealed class FastScanIndexProviderTests : VectorIndexProviderConformance
{
    protected override IVectorIndexProvider Create() => new FastScanIndexProvider();
}
