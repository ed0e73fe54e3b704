using ArtSimilarity.Indexing;

namespace ArtSimilarity.IndexFiles;

/// <summary>Where the provider of an index that is a file writes and finds it.</summary>
internal static class IndexPlace
{
    /// <summary>The file to write, in a folder that is there; <see langword="null"/> for an index in memory.</summary>
    public static string? ToWrite(VectorIndexLocation location, string indexName)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (location.Directory is not null)
        {
            Directory.CreateDirectory(location.Directory);
        }

        return location.FileWith(indexName);
    }

    /// <summary>Opens the file; <see langword="null"/> where there is none.</summary>
    public static OpenedVectorIndex? OpenIfThere(VectorIndexLocation location, string indexName, Func<string, OpenedVectorIndex> open)
    {
        ArgumentNullException.ThrowIfNull(location);
        try
        {
            return location.FileWith(indexName) is string path ? open(path) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Index files are little-endian and used as they are.</summary>
    public static void ThrowUnlessLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Index files are used as they are, which takes a little-endian processor.");
        }
    }
}
