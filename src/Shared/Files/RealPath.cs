namespace ArtSimilarity.Files;

/// <summary>Paths with every link on the way followed, so that one file has one name.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>How names are compared on this system.</summary>
    public static StringComparison Comparison => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The comparer for sets of real paths.</summary>
    public static StringComparer Comparer => StringComparer.FromComparison(Comparison);

    /// <summary>The real path of a full path; what does not exist is taken as it is written.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string fullPath)
    {
        string root = Path.GetPathRoot(fullPath)!;
        Stack<string> left = new(Split(fullPath[root.Length..]).Reverse());
        string real = root;
        int links = 0;
        while (left.TryPop(out string? name))
        {
            string next = Path.Combine(real, name);
            if (new FileInfo(next).LinkTarget is not string target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"'{fullPath}': links lead in a circle.");
            }

            string full = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(full)!;
            foreach (string part in Split(full[real.Length..]).Reverse())
            {
                left.Push(part);
            }
        }

        return real;
    }

    public static bool AreSame(string realPath, string other) => string.Equals(realPath, other, Comparison);

    private static string[] Split(string path) => path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
