using System.Reflection;

namespace ArtSimilarity.CommandLine;

/// <summary>How the user can start this program again, as it is to be typed.</summary>
/// <param name="program">The assembly of the program.</param>
/// <param name="packageId">The tool's package, by whose folder a local tool is recognised.</param>
public sealed class OwnCommand(Assembly program, string packageId)
{
    /// <summary>The name of the program, e.g. <c>artsim</c>.</summary>
    public string Name { get; } = program.GetName().Name!;

    /// <summary>The name where that is on the PATH, else the program's file, or <c>dotnet</c> and the assembly.</summary>
    public string Text { get; } = Find(program.GetName().Name!, packageId, Environment.ProcessPath, program.Location, Environment.GetEnvironmentVariable("PATH") ?? "", Environment.CurrentDirectory);

    /// <summary>How a program is started, from where it and its assembly lie.</summary>
    /// <param name="name">The name of the program.</param>
    /// <param name="packageId">The tool's package.</param>
    /// <param name="program">The file of the process, or <see langword="null"/> where that is not known.</param>
    /// <param name="assembly">The file of the program's assembly.</param>
    /// <param name="path">The folders of the PATH.</param>
    /// <param name="currentFolder">The folder that relative paths are relative to.</param>
    public static string Find(string name, string packageId, string? program, string assembly, string path, string currentFolder)
    {
        if (program is not null && Path.GetFileNameWithoutExtension(program) == name)
        {
            return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, Path.GetFileName(program)))) ? name : ShellText.Quote(Near(program, currentFolder));
        }

        // A local tool lies among the packages; dotnet finds it by its manifest.
        return assembly.Replace('\\', '/').Contains($"/{packageId}/", StringComparison.OrdinalIgnoreCase) && assembly.Replace('\\', '/').Contains("/tools/", StringComparison.Ordinal)
            ? $"dotnet {name}"
            : $"dotnet {ShellText.Quote(Near(assembly, currentFolder))}";
    }

    private static string Near(string file, string currentFolder)
    {
        string relative = Path.GetRelativePath(currentFolder, file);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? file
            : relative.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? relative : Path.Combine(".", relative);
    }
}
