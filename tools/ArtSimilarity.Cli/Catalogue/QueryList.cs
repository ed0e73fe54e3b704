using ArtSimilarity.Catalogues;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>A CSV (column <c>id</c> or <c>file</c>) that picks some of many works.</summary>
internal static class QueryList
{
    /// <summary>The keys of the works that a list picks.</summary>
    /// <param name="console">Where to name odd rows.</param>
    /// <param name="path">The CSV.</param>
    /// <param name="paintings">The works to pick from.</param>
    /// <param name="place">Where those are, for messages.</param>
    /// <param name="missing">How many works of the list are not among them.</param>
    /// <exception cref="CommandFailedException">The file cannot be used, or none of its works is there.</exception>
    public static HashSet<string> Read(CliConsole console, string path, IReadOnlyCollection<Painting> paintings, string place, out int missing)
    {
        HashSet<string> known = [.. paintings.Select(painting => painting.Key)];
        Dictionary<string, string> byFile = new(StringComparer.Ordinal);
        foreach (Painting painting in paintings.Where(painting => painting.ImageUri is not null))
        {
            byFile[painting.ImageUri!] = painting.Key;
        }

        HashSet<string> keys = [];
        missing = 0;
        MetadataCatalogue list = MetadataCatalogue.Read(path);
        list.Report(console);
        foreach (CatalogueEntry entry in list.Entries)
        {
            string? key = entry.Id is not null && known.Contains(entry.Id) ? entry.Id : entry.File is not null ? byFile.GetValueOrDefault(entry.File) : null;
            if (key is null)
            {
                missing++;
            }
            else
            {
                keys.Add(key);
            }
        }

        return keys.Count > 0 ? keys : throw new CommandFailedException($"{path}: none of its works is in {place}.");
    }
}
