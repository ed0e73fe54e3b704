namespace ArtSimilarity.FastScan.Tests.Searching;

/// <summary>The same from a file that is read into memory.</summary>
public sealed class FileFastScanIndexConformanceTests : MappedFastScanIndexConformanceTests
{
    protected override bool MapFile => false;
}
