using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Files;

namespace ArtSimilarity.Cli.Files;

/// <summary>
/// A file that a command writes because an option says so. It replaces only what artsim itself wrote, unless <c>--force</c> is given,
/// and never the gallery in use or a file that the command reads. It appears whole or not at all: the text goes to a temporary file beside it first.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _option;
    private readonly string _target;
    private readonly bool _mayReplace;
    private string? _staged;

    private OutputFile(string option, string path, string target, bool mayReplace)
    {
        _option = option;
        FullPath = path;
        _target = target;
        _mayReplace = mayReplace;
    }

    /// <summary>The full path, as the user gave it.</summary>
    public string FullPath { get; }

    /// <summary>Checks that a file may be written, before any work is done for it.</summary>
    /// <param name="option">What the user calls it, e.g. <c>--html</c>.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="force">Whether <c>--force</c> is given.</param>
    /// <param name="gallery">The gallery in use, which nothing may replace; <see langword="null"/> for none.</param>
    /// <param name="inputs">The other files that the command reads.</param>
    /// <exception cref="UsageException">It would replace something that it must not.</exception>
    public static OutputFile Prepare(string option, string path, bool force, string? gallery, params IEnumerable<string?> inputs)
    {
        string full = Path.GetFullPath(path), target = RealPath.Of(full);
        if (gallery is not null && IsPartOf(RealPath.Of(Path.GetFullPath(gallery)), target))
        {
            throw new UsageException($"{option} {path} would replace the gallery in use: name another file.");
        }

        if (Directory.Exists(target) || Path.EndsInDirectorySeparator(path))
        {
            throw new UsageException($"{option} {path} is a folder: name a file.");
        }

        bool exists = File.Exists(target);
        if (exists && FileKinds.Of(target) != FileKind.Regular)
        {
            throw new UsageException($"{option} {path} is not a regular file: name another.");
        }

        if (exists && inputs.Any(input => input is not null && RealPath.AreSame(RealPath.Of(Path.GetFullPath(input)), target)))
        {
            throw new UsageException($"{option} {path} would replace a file that this command reads: name another file.");
        }

        if (exists && !force && OwnFiles.WhyForeign(target) is string what)
        {
            throw new UsageException($"{option} {path} would replace a file: {what}. Name another file, or add --force.");
        }

        return new OutputFile(option, full, target, exists);
    }

    /// <summary>Writes the file beside its place, to be moved there by <see cref="Commit"/>.</summary>
    /// <param name="write">Writes to the path it is given, which has the extension of the file.</param>
    /// <exception cref="CommandFailedException">It cannot be written.</exception>
    public void Stage(Action<string> write)
    {
        try
        {
            string folder = Path.GetDirectoryName(_target)!;
            OutputFolder.Create(_option, folder);
            _staged = Path.Combine(folder, $".artsim-{Guid.NewGuid():N}{Path.GetExtension(_target)}");
            write(_staged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotBeWritten(e);
        }
    }

    /// <summary>Puts the staged file in its place.</summary>
    /// <exception cref="CommandFailedException">It cannot be put there, or another file took the place meanwhile.</exception>
    public void Commit()
    {
        try
        {
            File.Move(_staged!, _target, _mayReplace);
            _staged = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotBeWritten(e);
        }
    }

    /// <summary>Stages the file and puts it in its place.</summary>
    /// <param name="write">Writes to the path it is given.</param>
    public void Write(Action<string> write)
    {
        Stage(write);
        Commit();
    }

    /// <summary>Removes what was staged and not put in its place.</summary>
    public void Dispose()
    {
        if (_staged is not null)
        {
            File.Delete(_staged);
        }
    }

    // The staged file is nothing that the user knows of.
    private CommandFailedException CannotBeWritten(Exception cause) => new(
        $"{_option} {FullPath} cannot be written: {(cause is UnauthorizedAccessException ? "you may not write there." : _staged is null ? cause.Message : cause.Message.Replace(_staged, FullPath, StringComparison.Ordinal))}", cause);

    /// <summary>The gallery file, the files SQLite keeps beside it, and the folder of its indexes.</summary>
    private static bool IsPartOf(string gallery, string target) =>
        ((string[])["", "-wal", "-shm", "-journal", ".index"]).Any(suffix => RealPath.AreSame(gallery + suffix, target))
        || target.StartsWith(gallery + ".index" + Path.DirectorySeparatorChar, RealPath.Comparison);
}
