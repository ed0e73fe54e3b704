using ArtSimilarity.Indexing;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Annoy.Tests;

public sealed class AnnoyIndexProviderTests : VectorIndexProviderConformance
{
    protected override IVectorIndexProvider Create() => new AnnoyIndexProvider();
}
