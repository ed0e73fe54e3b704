using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>Turns folders, images and CSV lists into the works to index, in a fixed order.</summary>
internal static class WorkList
{
    // Only to tell pictures from what else lies in a folder: the decoder goes by content.
    private static readonly HashSet<string> ImageExtensions = new(
        [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".gif", ".bmp", ".avif", ".heic", ".heif", ".jxl", ".jp2"],
        StringComparer.OrdinalIgnoreCase);

    /// <param name="paths">Folders (searched with their subfolders), image files, or CSV lists with a column <c>file</c>.</param>
    /// <param name="metadata">Describes the images of folders and files; <see langword="null"/> for none.</param>
    /// <exception cref="CommandFailedException">A path does not exist, or a CSV cannot be used.</exception>
    public static List<PaintingImage> Collect(IEnumerable<string> paths, MetadataCatalogue? metadata)
    {
        List<PaintingImage> works = [];
        foreach (string path in paths)
        {
            string full = Path.GetFullPath(path);
            if (Directory.Exists(full))
            {
                var all = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false };
                IEnumerable<string> files = Directory.EnumerateFiles(full, "*", all).Where(file => ImageExtensions.Contains(Path.GetExtension(file)));
                works.AddRange(files.Order(StringComparer.Ordinal).Select(file => Describe(file, Path.GetRelativePath(full, file).Replace('\\', '/'), metadata)));
            }
            else if (!File.Exists(full))
            {
                throw new CommandFailedException($"{path}: there is no such folder, image or CSV list.");
            }
            else if (Path.GetExtension(full).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            {
                works.AddRange(FromList(MetadataCatalogue.Read(full), metadata));
            }
            else
            {
                works.Add(Describe(full, Path.GetFileName(full), metadata));
            }
        }

        return works;
    }

    private static IEnumerable<PaintingImage> FromList(MetadataCatalogue list, MetadataCatalogue? metadata)
    {
        foreach (CatalogueEntry entry in list.Entries)
        {
            string file = entry.File ?? throw new CommandFailedException($"{list.Path}: the work '{entry.Id}' has no file, so there is nothing to index.");
            string key = entry.Id ?? Path.GetRelativePath(Path.GetDirectoryName(list.Path)!, file).Replace('\\', '/');
            CatalogueEntry described = metadata?.Find(file, key) ?? entry;
            yield return new PaintingImage(described.Describe(described.Id ?? key, file), ImageSource.FromFile(file));
        }
    }

    private static PaintingImage Describe(string file, string relativePath, MetadataCatalogue? metadata)
    {
        Painting painting = metadata?.Find(file, relativePath) is CatalogueEntry entry
            ? entry.Describe(entry.Id ?? relativePath, file)
            : new Painting(relativePath) { ImageUri = file };
        return new PaintingImage(painting, ImageSource.FromFile(file));
    }
}
