namespace ArtSimilarity.Files;

/// <summary>Why a file cannot be reached or made, for messages: asked only after something failed.</summary>
internal static class FolderAccess
{
    /// <summary>Whether a path that seems to lead nowhere lies in a folder that this user may not enter.</summary>
    public static bool IsBarred(string path)
    {
        try
        {
            File.GetAttributes(path);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether this user can make files in a folder that exists.</summary>
    public static bool MayCreateIn(string folder)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".{Guid.NewGuid():n}.probe"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
