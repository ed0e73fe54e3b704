namespace ArtSimilarity.Cli.Catalogue;

/// <summary>What a catalogue line says of one work.</summary>
/// <param name="Id">The work's key, or <see langword="null"/> where the catalogue gives none.</param>
/// <param name="File">The full path of its image, or <see langword="null"/> where the catalogue gives none.</param>
/// <param name="Describe">Makes the work, under a key and with an image or <see langword="null"/>.</param>
internal sealed record CatalogueEntry(string? Id, string? File, Func<string, string?, Painting> Describe);
