namespace ArtSimilarity.Sqlite.Rows;

/// <summary>The lists of a work as the texts that its row holds; <see langword="null"/> for an empty one.</summary>
/// <param name="FurtherArtists">All artists but the first.</param>
/// <param name="Tags">The tags.</param>
/// <param name="Fields">The named fields.</param>
internal readonly record struct WorkTexts(string? FurtherArtists, string? Tags, string? Fields)
{
    public static WorkTexts Of(Painting painting) => new(
        painting.Artists.Count > 1 ? JsonList.Of([.. painting.Artists.Skip(1)]) : null,
        painting.Tags.Count == 0 ? null : JsonList.Of(painting.Tags),
        JsonFields.Of(painting.Fields));
}
