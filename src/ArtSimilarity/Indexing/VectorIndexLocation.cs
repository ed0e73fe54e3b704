namespace ArtSimilarity.Indexing;

/// <summary>Where the index of one feature space of one gallery belongs: a file, or whatever a server calls a place.</summary>
public sealed record VectorIndexLocation
{
    /// <summary>Creates a location.</summary>
    /// <param name="gallery">Identifies the gallery.</param>
    /// <param name="name">Names the index among those of the gallery; see <see cref="Name"/>.</param>
    /// <param name="directory">The folder for files; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, too long, begins with a dot or has a character that is not allowed.</exception>
    public VectorIndexLocation(Guid gallery, string name, string? directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxNameLength || name[0] == '.' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new ArgumentException($"The name '{name}' is none for an index: at most {MaxNameLength} of a-z, A-Z, 0-9, '-', '_' and '.', and no dot at the start.", nameof(name));
        }

        Gallery = gallery;
        Name = name;
        Directory = directory;
    }

    /// <summary>The longest name.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Identifies the gallery: indexes of other galleries may lie in the same server.</summary>
    public Guid Gallery { get; }

    /// <summary>
    /// Names the index among those of the gallery. It has at most <see cref="MaxNameLength"/> characters: ASCII letters and digits, '-',
    /// '_' and '.', with no dot at the start. So it is safe in the name of a file, a key or a table.
    /// </summary>
    public string Name { get; }

    /// <summary>The full path of the folder for files. It need not exist.</summary>
    /// <value><see langword="null"/> when nothing of the gallery is kept on disk: an index in this process is then kept in memory.</value>
    public string? Directory { get; init; }

    /// <summary>The file of an index that is kept in one.</summary>
    /// <param name="extension">The extension, without a dot.</param>
    /// <returns>The full path, or <see langword="null"/> when nothing is kept on disk.</returns>
    public string? FileWith(string extension) => Directory is null ? null : Path.Combine(Directory, $"{Name}.{extension}");
}
