namespace ArtSimilarity.Galleries;

/// <summary>What adding works came to.</summary>
public sealed class AddReport
{
    /// <summary>Works whose signatures were extracted and committed.</summary>
    public required int Added { get; init; }

    /// <summary>Works of the skipped ones whose catalogue data had changed and was committed.</summary>
    public required int Updated { get; init; }

    /// <summary>Works that were in the gallery already, with the same image.</summary>
    public required int Skipped { get; init; }

    /// <summary>Works whose image could not be used, in the order given.</summary>
    public required IReadOnlyList<AddFailure> Failures { get; init; }

    /// <summary>The time it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Keys of works that have another picture now: the file has changed where it lies, or another file took its place.</summary>
    public IReadOnlyList<string> Replaced { get; init; } = [];

    /// <summary>Works that got another key, since the gallery had their image under one.</summary>
    public IReadOnlyList<RenamedWork> Renamed { get; init; } = [];

    /// <summary>Works that were added though another work has the very same image.</summary>
    public IReadOnlyList<SameImage> SameImages { get; init; } = [];

    /// <summary>Keys of works of which the gallery knows less than before: see <see cref="CatalogueUpdate.Replace"/>.</summary>
    public IReadOnlyList<string> Erased { get; init; } = [];

    /// <summary>How many values the works in <see cref="Erased"/> have lost: titles, artists, genres, styles, dates, tags and values of fields.</summary>
    public int ErasedValues { get; init; }

    /// <summary>Images that were used and of which something is to be known: they are very small, or damaged.</summary>
    public IReadOnlyList<AddWarning> Warnings { get; init; } = [];
}
