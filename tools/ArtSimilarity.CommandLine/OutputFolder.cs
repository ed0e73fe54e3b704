namespace ArtSimilarity.CommandLine;

/// <summary>A folder that a command writes into.</summary>
public static class OutputFolder
{
    /// <summary>Makes the folder, and those that it is in, unless it is there.</summary>
    /// <param name="option">What the user calls it, e.g. <c>--out</c>.</param>
    /// <param name="path">The folder.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="CommandFailedException">It cannot be made; says why.</exception>
    public static string Create(string option, string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            return Directory.CreateDirectory(full).FullName;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandFailedException($"{option} {path}: the folder cannot be made, for you may not write there.", e);
        }
        catch (IOException e)
        {
            string? file = full;
            while (file is not null && !File.Exists(file))
            {
                file = Path.GetDirectoryName(file);
            }

            throw new CommandFailedException(file is null
                ? $"{option} {path}: the folder cannot be made: {e.Message}"
                : $"{option} {path}: the folder cannot be made, for '{file}' is a file.", e);
        }
    }
}
