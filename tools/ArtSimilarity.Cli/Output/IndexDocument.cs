using System.Text.Json.Serialization;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Output;

internal sealed record IndexDocument(int Indexed, int Skipped, IReadOnlyList<FailedImage> Failed, string Model, int Dimensions, double Seconds, IndexDocument.CollectionFigures PassedOver)
{
    /// <summary>How the catalogue met the pictures; missing without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CatalogueFigures? Catalogue { get; init; }

    /// <summary>How many of the works skipped got new data of the catalogue.</summary>
    public int Updated { get; init; }

    /// <summary>Works that got another key.</summary>
    public IReadOnlyList<RenamedWork> Renamed { get; init; } = [];

    /// <summary>Works whose picture was replaced by another.</summary>
    public IReadOnlyList<string> Replaced { get; init; } = [];

    /// <summary>Works that have the very image of another work.</summary>
    public IReadOnlyList<SameImage> SameImages { get; init; } = [];

    /// <summary>Works of which the gallery knows less than before, with <c>--replace-catalogue</c>.</summary>
    public IReadOnlyList<string> Erased { get; init; } = [];

    /// <summary>How many values they have lost.</summary>
    public int ErasedValues { get; init; }

    /// <summary>Works that were there under keys without the <c>--prefix</c>, and keep these.</summary>
    public IReadOnlyList<string> WithoutPrefix { get; init; } = [];

    /// <summary>Pictures that were indexed though they are small or damaged.</summary>
    public IReadOnlyList<FailedImage> Warnings { get; init; } = [];

    /// <summary>The works that were removed because their files are gone; missing without <c>--prune</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Pruned { get; init; }

    /// <summary>How a catalogue and the pictures met; of what did not, the first ten are named.</summary>
    public sealed record CatalogueFigures(
        string File, int Rows, int OddRows, IReadOnlyList<string> FirstOddRows, int RowsWithoutPicture, IReadOnlyList<string> FirstRowsWithoutPicture, int PicturesWithoutRow, IReadOnlyList<string> FirstPicturesWithoutRow);

    /// <summary>What was passed over when pictures were looked for.</summary>
    public sealed record CollectionFigures(IReadOnlyDictionary<string, int> OtherExtensions, int Hidden, int Excluded, int MetAgain, IReadOnlyList<FailedImage> Unusable)
    {
        public static CollectionFigures From(PictureScan scan) =>
            new(scan.OtherExtensions, scan.Hidden, scan.Excluded, scan.MetAgain, [.. scan.Unusable.Select(entry => new FailedImage(entry.Path, entry.Reason))]);
    }
}
