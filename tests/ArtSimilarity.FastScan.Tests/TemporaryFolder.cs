namespace ArtSimilarity.FastScan.Tests;

/// <summary>A folder that is deleted with everything in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsimilarity-annoy-");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public string[] Names() => [.. _folder.EnumerateFiles().Select(f => f.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
