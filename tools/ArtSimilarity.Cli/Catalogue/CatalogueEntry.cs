namespace ArtSimilarity.Cli.Catalogue;

/// <summary>What a catalogue line says of one work.</summary>
/// <param name="Line">The line it begins on.</param>
/// <param name="Id">The work's key, or <see langword="null"/> where the catalogue gives none.</param>
/// <param name="File">The full path of its image, or <see langword="null"/> where the catalogue gives none on this machine.</param>
/// <param name="Describe">Makes the work, under a key and with an image or <see langword="null"/>.</param>
internal sealed record CatalogueEntry(int Line, string? Id, string? File, Func<string, string?, Painting> Describe)
{
    /// <summary>The path of the image as the catalogue writes it, or <see langword="null"/>.</summary>
    public string? FileText { get; init; }

    /// <summary>The name of the image where it is given by a web address or a path of another machine, else <see langword="null"/>.</summary>
    public string? NameElsewhere { get; init; }

    /// <summary>What messages call the work.</summary>
    public string Name => Id ?? System.IO.Path.GetFileName(File) ?? NameElsewhere ?? "?";
}
