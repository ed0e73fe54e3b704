using ArtSimilarity.Catalogues;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>The works that folders, images and CSV lists stand for, in a fixed order, and how they meet a catalogue.</summary>
internal sealed class WorkList
{
    /// <summary>How many folders above a file its key may tell, before it tells them all.</summary>
    private const int FoldersInKeys = 3;

    private static readonly HashSet<string> ListExtensions = new([".csv", ".tsv", ".tab"], StringComparer.OrdinalIgnoreCase);

    private readonly CliConsole _console;
    private readonly MetadataCatalogue? _metadata;
    private readonly PictureScan _scan;
    private readonly string _prefix;
    private readonly List<PaintingImage> _works = [];
    private readonly List<MetadataCatalogue> _lists = [];
    private readonly List<string> _folders = [];
    private readonly List<string> _undescribed = [];
    private readonly Dictionary<CatalogueEntry, string> _describedBy = new(ReferenceEqualityComparer.Instance);
    private readonly List<(string Picture, string Former)> _alsoMatching = [];
    private readonly List<string> _matchedByName = [];
    private readonly List<string> _given = [];

    private WorkList(CliConsole console, MetadataCatalogue? metadata, PictureScan scan, string prefix)
    {
        _prefix = prefix;
        _console = console;
        _metadata = metadata;
        _scan = scan;
    }

    public IReadOnlyList<PaintingImage> Works => _works;

    /// <summary>The folders that were searched.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>What the search of the folders passed over.</summary>
    public PictureScan Scan => _scan;

    /// <summary>The pictures that no row of the catalogue describes; empty without a catalogue.</summary>
    public IReadOnlyList<string> PicturesWithoutRow => _undescribed;

    /// <summary>The rows of the catalogue that describe none of the pictures; empty without a catalogue.</summary>
    public IReadOnlyList<string> RowsWithoutPicture => _metadata is null ? [] : [.. _metadata.Entries.Where(entry => !_describedBy.ContainsKey(entry)).Select(entry => entry.Name)];

    /// <param name="console">Where to say how far the search is.</param>
    /// <param name="paths">Folders (searched with their subfolders), image files, or CSV lists with a column <c>file</c>.</param>
    /// <param name="metadata">Describes the images of folders and files; <see langword="null"/> for none.</param>
    /// <param name="format">How CSV lists are written.</param>
    /// <param name="exclude">Patterns of what to leave out of folders.</param>
    /// <param name="prefix">What keys that are made from paths begin with.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="CommandFailedException">A path does not exist, or a CSV cannot be used.</exception>
    public static Task<WorkList> CollectAsync(
        CliConsole console, IReadOnlyList<string> paths, MetadataCatalogue? metadata, CatalogueFormat format, IReadOnlyList<string> exclude, string prefix, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var list = new WorkList(console, metadata, new PictureScan(console, [.. exclude.Select(pattern => new GlobPattern(pattern))], metadata?.Path, cancellationToken), prefix);
            list._given.AddRange(paths.Select(Path.GetFullPath));
            foreach (string path in paths)
            {
                list.Add(path, format, cancellationToken);
            }

            return list;
        },
        cancellationToken);

    /// <summary>Says on the error stream what was passed over, how the CSV files were understood, and what did not meet.</summary>
    public void Report()
    {
        _scan.Report();
        _metadata?.Report(_console);
        _lists.ForEach(list => list.Report(_console));
        foreach ((string picture, string former) in _alsoMatching.Take(10))
        {
            _console.Warn($"{picture}: the catalogue's row for it already describes {former}; it is taken without one.");
        }

        if (_metadata is null)
        {
            return;
        }

        if (_matchedByName.Count > 0)
        {
            _console.Warn($"{Counted.Of(_matchedByName.Count, "picture has", "pictures have")} a row by the name alone, whose own file lies elsewhere: {Counted.FirstOf(_matchedByName, 3)}.");
        }

        IReadOnlyList<string> rows = RowsWithoutPicture;
        if (rows.Count > 0)
        {
            _console.Warn($"{Counted.Of(rows.Count, "row matches", "rows match")} no picture, of the {Counted.Of(_metadata.Entries.Count, "row")} of {_metadata.Path}: {Counted.FirstOf([.. rows])}.");
            if (rows.Count == _metadata.Entries.Count)
            {
                _console.Warn("A row is matched by its file, or by an id that is the picture's name. --map file=COLUMN and --map id=COLUMN say which columns hold these.");
            }
        }

        if (_undescribed.Count > 0)
        {
            _console.Warn($"{Counted.Of(_undescribed.Count, "picture matches", "pictures match")} no row of {_metadata.Path}: {Counted.FirstOf(_undescribed)}.");
        }
    }

    private void Add(string path, CatalogueFormat format, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            _folders.Add(full);
            foreach ((string file, string relative) in _scan.Search(full))
            {
                Describe(file, relative);
            }
        }
        else if (!File.Exists(full))
        {
            throw new CommandFailedException($"{path}: there is no such folder, image or CSV list.");
        }
        else if (ListExtensions.Contains(Path.GetExtension(full)))
        {
            AddList(MetadataCatalogue.Read(full, format), cancellationToken);
        }
        else if (_scan.Add(full, path))
        {
            Describe(full, Path.GetFileName(full));
        }
    }

    private void AddList(MetadataCatalogue list, CancellationToken cancellationToken)
    {
        _lists.Add(list);
        int before = _works.Count;
        foreach (CatalogueEntry entry in list.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (list.FindFile(entry) is not string file)
            {
                if (entry.NameElsewhere is null)
                {
                    list.Problems.Add(entry.Line, $"the work '{entry.Id}' has no file, so there is nothing to index");
                }

                continue;
            }

            string relative = Path.GetRelativePath(Path.GetDirectoryName(list.Path)!, file).Replace('\\', '/');
            CatalogueEntry described = _metadata is null ? entry : Matched(file, entry.Id ?? relative) ?? entry;
            Add(file, relative, described.Id ?? entry.Id, described.Describe);
        }

        if (_works.Count == before)
        {
            list.Report(_console);
            throw new CommandFailedException($"{list.Path}: none of its {Counted.Of(list.Entries.Count, "row")} names a picture file on this machine, so there is nothing to index. Give the folder of the pictures, and this file as --metadata.");
        }
    }

    private void Describe(string file, string relativePath)
    {
        CatalogueEntry? entry = Matched(file, relativePath);
        Add(file, relativePath, entry?.Id, entry is null ? (key, image) => new Painting(key) { ImageUri = image } : entry.Describe);
    }

    /// <summary>Adds a work under its key or, where it has none, under one that is made from the place of its file.</summary>
    private void Add(string file, string relativePath, string? key, Func<string, string?, Painting> describe)
    {
        _works.Add(new PaintingImage(describe(key ?? _prefix + relativePath, file), ImageSource.FromFile(file))
        {
            FurtherKeys = key is null ? [.. FurtherKeys(file, relativePath)] : [],
        });
    }

    /// <summary>Keys that tell more and more of the folders that a file lies in; the last tells all of them.</summary>
    private IEnumerable<string> FurtherKeys(string file, string relativePath)
    {
        string[] parts = file.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        int told = relativePath.Split('/').Count(part => part is not ("" or "." or ".."));
        for (int more = 1; more <= FoldersInKeys && told + more < parts.Length; more++)
        {
            yield return _prefix + string.Join('/', parts[^(told + more)..]);
        }

        yield return _prefix + string.Join('/', parts);
    }

    /// <summary>The row that describes a picture. One row describes one picture: a second would take the key of the first.</summary>
    private CatalogueEntry? Matched(string file, string relativePath)
    {
        if (_metadata is null)
        {
            return null;
        }

        CatalogueEntry? entry = _metadata.Find(file, relativePath);
        if (entry is not null && _metadata.FindFile(entry) is string own && own != file && File.Exists(own))
        {
            // A row belongs to its own file before it belongs to another of that name.
            if (_given.Any(path => own == path || own.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                entry = null;
            }
            else
            {
                _matchedByName.Add($"{file} (the row's file is {own})");
            }
        }

        if (entry is not null && !_describedBy.TryAdd(entry, relativePath))
        {
            _alsoMatching.Add((relativePath, _describedBy[entry]));
            entry = null;
        }

        if (entry is null)
        {
            _undescribed.Add(relativePath);
        }

        return entry;
    }
}
