using ArtSimilarity.Cli.Catalogue;

namespace ArtSimilarity.Cli.Output;

/// <summary>What was passed over when pictures were looked for.</summary>
internal sealed record CollectionFigures(IReadOnlyDictionary<string, int> OtherExtensions, int Hidden, int Excluded, int MetAgain, IReadOnlyList<FailedImage> Unusable)
{
    public static CollectionFigures From(PictureScan scan) =>
        new(scan.OtherExtensions, scan.Hidden, scan.Excluded, scan.MetAgain, [.. scan.Unusable.Select(entry => new FailedImage(entry.Path, entry.Reason))]);
}
