namespace ArtSimilarity.Testing;

/// <summary>A folder that lives as long as a test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("artsimilarity-").FullName;

    /// <summary>The path of a file in the folder.</summary>
    /// <param name="name">Its name.</param>
    public string this[string name] => File(name);

    /// <summary>The path of a file in the folder.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The path; the file need not exist.</returns>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The names of the files, in ordinal order.</summary>
    /// <returns>The names.</returns>
    public string[] Names() => [.. new DirectoryInfo(Path).EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
