namespace ArtSimilarity.Cli.CommandLine;

/// <summary>How the user can start this program again, as it is to be typed.</summary>
internal static class OwnCommand
{
    /// <summary>The name of the program, e.g. <c>artsim</c>.</summary>
    public static string Name { get; } = typeof(OwnCommand).Assembly.GetName().Name!;

    /// <summary>The name where that is on the PATH, else the program's file, or <c>dotnet</c> and the assembly.</summary>
    public static string Text { get; } = Find(Environment.ProcessPath, typeof(OwnCommand).Assembly.Location, Environment.GetEnvironmentVariable("PATH") ?? "", Environment.CurrentDirectory);

    internal static string Find(string? program, string assembly, string path, string currentFolder)
    {
        if (program is not null && Path.GetFileNameWithoutExtension(program) == Name)
        {
            return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, Path.GetFileName(program)))) ? Name : ShellText.Quote(Near(program, currentFolder));
        }

        // A local tool lies among the packages; dotnet finds it by its manifest.
        return assembly.Replace('\\', '/').Contains("/artsimilarity.cli/", StringComparison.OrdinalIgnoreCase) && assembly.Replace('\\', '/').Contains("/tools/", StringComparison.Ordinal)
            ? $"dotnet {Name}"
            : $"dotnet {ShellText.Quote(Near(assembly, currentFolder))}";
    }

    private static string Near(string file, string currentFolder)
    {
        string relative = Path.GetRelativePath(currentFolder, file);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? file
            : relative.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? relative : Path.Combine(".", relative);
    }
}
