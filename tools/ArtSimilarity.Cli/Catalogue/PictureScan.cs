using System.Diagnostics;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Files;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>
/// Finds the picture files under folders, each real file once: links are followed, and a folder that was seen is not entered again.
/// Counts what it passes over.
/// </summary>
/// <param name="console">Where to say how far it is.</param>
/// <param name="exclude">What not to look at.</param>
/// <param name="catalogue">The full path of the catalogue, which may lie among the pictures and is not counted; <see langword="null"/> for none.</param>
/// <param name="cancellationToken">Ends the search.</param>
internal sealed class PictureScan(CliConsole console, IReadOnlyList<GlobPattern> exclude, string? catalogue, CancellationToken cancellationToken)
{
    private const int NamedInMessages = 10;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    // Only to tell pictures from what else lies in a folder: the decoder goes by content.
    private static readonly HashSet<string> ImageExtensions = new(
        [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".gif", ".bmp", ".avif", ".heic", ".heif", ".jxl", ".jp2"],
        StringComparer.OrdinalIgnoreCase);

    // What systems and storage devices put into every folder, with small copies of the pictures among them.
    private static readonly HashSet<string> SystemFolders = new(
        ["@eaDir", "@tmp", "#recycle", "#snapshot", "__MACOSX", "$RECYCLE.BIN", "System Volume Information", "lost+found"], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _folders = new(RealPath.Comparer);
    private readonly HashSet<string> _files = new(RealPath.Comparer);
    private readonly SortedDictionary<string, int> _otherExtensions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _hidden = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Reason)> _unusable = [];
    private readonly List<string> _unreadableFolders = [];
    private readonly List<string> _again = [];
    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();
    private int _hiddenCount;
    private readonly HashSet<GlobPattern> _excluding = [];
    private int _excluded;
    private int _seen;

    /// <summary>How many files have an extension that is no picture's, by extension.</summary>
    public IReadOnlyDictionary<string, int> OtherExtensions => _otherExtensions;

    /// <summary>How many hidden files and folders, and folders of the system, were passed over.</summary>
    public int Hidden => _hiddenCount;

    /// <summary>How many files and folders <c>--exclude</c> kept out.</summary>
    public int Excluded => _excluded;

    /// <summary>How many files and folders were met again by another way.</summary>
    public int MetAgain => _again.Count;

    /// <summary>What cannot be used, and why: links that lead nowhere, folders that cannot be read, pipes and devices.</summary>
    public IReadOnlyList<(string Path, string Reason)> Unusable => _unusable;

    /// <summary>The folders that could not be read: what is in them is not known.</summary>
    public IReadOnlyList<string> UnreadableFolders => _unreadableFolders;

    /// <summary>The pictures under a folder, in the order of their paths.</summary>
    /// <param name="folder">The full path of the folder.</param>
    /// <returns>The full path of each and its path relative to the folder, with forward slashes.</returns>
    /// <exception cref="CommandFailedException">The folder itself cannot be read.</exception>
    public IReadOnlyList<(string Path, string RelativePath)> Search(string folder)
    {
        List<(string Path, string RelativePath)> found = [];
        Stack<(string Path, string Real, string Relative)> folders = new();
        Queue<FileSystemInfo> links = new();
        string root = RealPath.Of(folder);
        Enter(folder, root, "");
        while (folders.Count > 0 || links.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (folders.TryPop(out (string Path, string Real, string Relative) next))
            {
                Read(next);
            }
            else
            {
                Follow(links.Dequeue()); // last, so that a file is known by the way without links
            }
        }

        found.Sort((x, y) => string.CompareOrdinal(x.Path, y.Path));
        return found;

        void Enter(string path, string real, string relative)
        {
            if (_folders.Add(real))
            {
                folders.Push((path, real, relative));
            }
            else
            {
                _again.Add(path);
            }
        }

        void Read((string Path, string Real, string Relative) at)
        {
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(at.Path).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Say(found.Count);
                    string relative = at.Relative.Length == 0 ? entry.Name : $"{at.Relative}/{entry.Name}";
                    if (IsPassedOver(entry, relative))
                    {
                        continue;
                    }

                    if (entry.LinkTarget is not null)
                    {
                        links.Enqueue(entry);
                    }
                    else if (entry is DirectoryInfo)
                    {
                        Enter(entry.FullName, Path.Combine(at.Real, entry.Name), relative);
                    }
                    else
                    {
                        Take(entry.FullName, Path.Combine(at.Real, entry.Name), relative);
                    }
                }
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                if (at.Relative.Length == 0)
                {
                    throw new CommandFailedException($"the folder {folder} cannot be read: {e.Message}", e);
                }

                _unreadableFolders.Add(at.Path);
                _unusable.Add((at.Path, $"the folder cannot be read ({e.Message.TrimEnd('.')}); what is in it is left out"));
            }
        }

        void Follow(FileSystemInfo link)
        {
            string relative = Path.GetRelativePath(folder, link.FullName).Replace(Path.DirectorySeparatorChar, '/');
            try
            {
                string real = RealPath.Of(link.FullName);
                if (Directory.Exists(real))
                {
                    Enter(link.FullName, real, relative);
                }
                else if (File.Exists(real))
                {
                    Take(link.FullName, real, relative);
                }
                else
                {
                    // It may be a folder of another disk, which is not there now: what was in it is not gone.
                    _unreadableFolders.Add(link.FullName);
                    if (IsPicture(link.Name) || Path.GetExtension(link.Name).Length == 0)
                    {
                        _unusable.Add((link.FullName, "the link leads nowhere"));
                    }
                }
            }
            catch (IOException)
            {
                _unreadableFolders.Add(link.FullName);
                _unusable.Add((link.FullName, "the link leads in a circle"));
            }
        }

        void Take(string path, string real, string relative)
        {
            if (path == catalogue)
            {
                return;
            }

            if (!IsPicture(path))
            {
                string extension = Path.GetExtension(path).ToLowerInvariant();
                _otherExtensions[extension] = _otherExtensions.GetValueOrDefault(extension) + 1;
            }
            else if (FileKinds.Of(path) != FileKind.Regular)
            {
                _unusable.Add((path, "not a regular file, but a pipe, a socket or a device"));
            }
            else if (_files.Add(real))
            {
                found.Add((path, relative));
            }
            else
            {
                _again.Add(path);
            }
        }
    }

    /// <summary>Notes a file that the user named. Whether it was not met before.</summary>
    /// <exception cref="CommandFailedException">It is a pipe, a socket or a device.</exception>
    public bool Add(string path, string shown)
    {
        if (FileKinds.Fault(path) is string fault)
        {
            throw new CommandFailedException($"{shown} {fault}.");
        }

        bool isNew = _files.Add(RealPath.Of(path));
        if (!isNew)
        {
            _again.Add(path);
        }

        return isNew;
    }

    /// <summary>Says on the error stream what was passed over, and why.</summary>
    public void Report()
    {
        foreach ((string path, string reason) in _unusable.Take(NamedInMessages))
        {
            console.Warn($"{path}: {reason}.");
        }

        if (_unusable.Count > NamedInMessages)
        {
            console.Warn($"{_unusable.Count - NamedInMessages} more links, folders and files cannot be used.");
        }

        if (_otherExtensions.Count > 0)
        {
            string[] kinds = [.. _otherExtensions.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal)
                .Select(kind => Counted.Of(kind.Value, kind.Key.Length == 0 ? "without an extension" : kind.Key, kind.Key.Length == 0 ? "without an extension" : kind.Key))];
            console.Warn($"passed over {Counted.Of(_otherExtensions.Values.Sum(), "file")} whose extension is no picture's: {Counted.FirstOf(kinds)}.");
        }

        if (_hiddenCount > 0)
        {
            console.Warn($"passed over {Counted.Of(_hiddenCount, "hidden file or folder", "hidden files and folders")}: {Counted.FirstOf(_hidden)}.");
        }

        if (_excluded > 0)
        {
            console.Warn($"passed over {Counted.Of(_excluded, "file or folder", "files and folders")} by --exclude.");
        }

        foreach (GlobPattern pattern in exclude.Where(pattern => _folders.Count > 0 && !_excluding.Contains(pattern)))
        {
            console.Warn($"--exclude '{pattern.Text}' matches nothing; * and ? stand for characters, and all else for itself.");
        }

        if (_again.Count > 0)
        {
            console.Warn($"{Counted.Of(_again.Count, "file or folder was", "files and folders were")} met again by another way, and taken once: {Counted.FirstOf(_again, 3)}.");
        }
    }

    private static bool IsPicture(string path) => ImageExtensions.Contains(Path.GetExtension(path));

    private bool IsPassedOver(FileSystemInfo entry, string relative)
    {
        int matching = 0;
        foreach (GlobPattern pattern in exclude.Where(pattern => pattern.Matches(relative, entry.Name)))
        {
            _excluding.Add(pattern);
            matching++;
        }

        if (matching > 0)
        {
            _excluded++;
            return true;
        }

        // .NET cannot open a name that is no UTF-8; it shows the odd bytes as this character, and takes the file for a hidden one.
        if (entry.Name.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(entry.FullName))
        {
            _unusable.Add((entry.FullName, "its name is not UTF-8, and cannot be opened; rename it"));
            return true;
        }

        bool isHidden = entry.Name[0] == '.' || entry.Attributes.HasFlag(FileAttributes.Hidden) || (entry is DirectoryInfo && SystemFolders.Contains(entry.Name));
        if (isHidden)
        {
            _hiddenCount++;
            _hidden.Add(entry.Name);
        }

        return isHidden;
    }

    private void Say(int found)
    {
        _seen++;
        if (_sinceLine.Elapsed >= LineInterval)
        {
            _sinceLine.Restart();
            console.Error.WriteLine($"Looking for pictures: {Counted.Of(found, "picture")} among {Counted.Of(_seen, "entry", "entries")} so far");
        }
    }
}
