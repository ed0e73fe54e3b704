namespace ArtSimilarity.Catalogues;

/// <summary>Finds files whose names a catalogue writes in another case, or with letters composed in another way. Each folder is listed once.</summary>
internal sealed class FoldedFiles
{
    private readonly Dictionary<string, Dictionary<string, string?>> _folders = new(StringComparer.Ordinal);

    /// <summary>The file that a full path means; the path itself where there is none, or several.</summary>
    public string Find(string fullPath)
    {
        if (File.Exists(fullPath))
        {
            return fullPath;
        }

        string found = Path.GetPathRoot(fullPath)!;
        foreach (string name in fullPath[found.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(found, name);
            if (!Path.Exists(next))
            {
                if (Names(found).GetValueOrDefault(MetadataCatalogue.Fold(name)) is not string held)
                {
                    return fullPath;
                }

                next = Path.Combine(found, held);
            }

            found = next;
        }

        return found;
    }

    private Dictionary<string, string?> Names(string folder)
    {
        if (!_folders.TryGetValue(folder, out Dictionary<string, string?>? names))
        {
            _folders[folder] = names = new(StringComparer.Ordinal);
            try
            {
                foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
                {
                    string name = Path.GetFileName(entry), folded = MetadataCatalogue.Fold(name);
                    names[folded] = names.ContainsKey(folded) ? null : name;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                names.Clear(); // nothing is found in it, and the file is reported as missing
            }
        }

        return names;
    }
}
