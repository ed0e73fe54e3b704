namespace ArtSimilarity.Catalogues;

/// <summary>What a catalogue line says of one work.</summary>
public sealed class CatalogueEntry
{
    private readonly Func<string, string?, Painting> _describe;

    internal CatalogueEntry(int line, string? id, string? file, Func<string, string?, Painting> describe)
    {
        Line = line;
        Id = id;
        File = file;
        _describe = describe;
    }

    /// <summary>The line that the row begins on, from 1.</summary>
    public int Line { get; }

    /// <summary>The work's key, or <see langword="null"/> where the catalogue gives none.</summary>
    public string? Id { get; }

    /// <summary>The full path of the work's image, or <see langword="null"/> where the catalogue gives none on this machine. The file need not exist.</summary>
    public string? File { get; }

    /// <summary>The name of the image where it is given by a web address or a path of another machine, else <see langword="null"/>.</summary>
    public string? NameElsewhere { get; internal init; }

    /// <summary>The path of the image as the catalogue writes it, or <see langword="null"/>.</summary>
    internal string? FileText { get; init; }

    /// <summary>The work as the catalogue describes it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="imageUri">Where its image is, or <see langword="null"/>.</param>
    /// <returns>The work.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is blank.</exception>
    public Painting Describe(string key, string? imageUri) => _describe(key, imageUri);

    /// <summary>What messages call the work: its id, else the name of its file.</summary>
    public string Name => Id ?? System.IO.Path.GetFileName(File) ?? NameElsewhere ?? "?";
}
