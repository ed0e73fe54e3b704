using System.IO.Enumeration;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Catalogues;

/// <summary>The pictures of a folder as works, to be added to a gallery.</summary>
public static class PictureFolder
{
    private static readonly string[] CatalogueNames = ["paintings.csv", "metadata.csv"];

    private static readonly HashSet<string> Extensions =
        new([".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif"], StringComparer.OrdinalIgnoreCase);

    private static readonly EnumerationOptions AllFolders = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
    };

    /// <summary>
    /// Reads a folder with its subfolders. Hidden files, files of other kinds and links to folders are passed over; no picture is opened.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="catalogue">
    /// Describes the pictures; <see langword="null"/> takes <c>paintings.csv</c> or <c>metadata.csv</c> of the folder, where there is one.
    /// </param>
    /// <param name="cancellationToken">Cancels between two files.</param>
    /// <returns>
    /// The works, by the paths of their files. The key is the catalogue's id; without one it is the path in the folder, with slashes. A row describes one
    /// picture: the first that it fits.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="CatalogueException">The catalogue cannot be read.</exception>
    public static IReadOnlyList<PaintingImage> Read(string folder, MetadataCatalogue? catalogue = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string full = Path.GetFullPath(folder);
        string? list = catalogue is null ? CatalogueNames.Select(name => Path.Combine(full, name)).FirstOrDefault(File.Exists) : null;
        catalogue ??= list is null ? null : MetadataCatalogue.Read(list);
        HashSet<CatalogueEntry> used = new(ReferenceEqualityComparer.Instance);
        List<PaintingImage> works = [];
        foreach (string file in Pictures(full).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string relative = Path.GetRelativePath(full, file).Replace(Path.DirectorySeparatorChar, '/');
            CatalogueEntry? entry = catalogue?.Find(file, relative) is CatalogueEntry found && used.Add(found) ? found : null;
            string key = entry?.Id ?? relative;
            works.Add(new PaintingImage(entry?.Describe(key, file) ?? new Painting(key) { ImageUri = file }, ImageSource.FromFile(file)));
        }

        return works;
    }

    /// <summary>The pictures; a link to a folder may lead back, so none is followed.</summary>
    private static FileSystemEnumerable<string> Pictures(string folder) => new(folder, static (ref entry) => entry.ToFullPath(), AllFolders)
    {
        ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && Extensions.Contains(Path.GetExtension(entry.FileName).ToString()),
        ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    };
}
