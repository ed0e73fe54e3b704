using ArtSimilarity.Indexing;

namespace ArtSimilarity.Tests;

/// <summary>A tuning of a <see cref="FakeIndex"/>, which takes any whose text begins with "good".</summary>
internal sealed class FakeTuning(string text, string indexName = "fake") : VectorIndexTuning
{
    public override string IndexName => indexName;

    public override string ToString() => text;
}
