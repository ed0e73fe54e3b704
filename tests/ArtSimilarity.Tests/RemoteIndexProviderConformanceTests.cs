using ArtSimilarity.Indexing;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Tests;

/// <summary>The double that stands for a server keeps the contract of a provider too.</summary>
public sealed class RemoteIndexProviderConformanceTests : VectorIndexProviderConformance
{
    protected override IVectorIndexProvider Create() => new RemoteIndexProvider();
}
