namespace ArtSimilarity.Annoy.Tests.Index;

/// <summary>The same from a file that is read into memory.</summary>
public sealed class FileAnnoyIndexConformanceTests : MappedAnnoyIndexConformanceTests
{
    protected override bool MapFile => false;
}
