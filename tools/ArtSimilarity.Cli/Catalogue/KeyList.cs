using System.Text;
using ArtSimilarity.Catalogues;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Files;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>
/// The works that the items of an index file stand for, in their order: a text file with one key per line, or a CSV that describes
/// one work per row.
/// </summary>
internal sealed class KeyList
{
    private readonly string _path;
    private readonly IReadOnlyList<Painting?> _works;

    private KeyList(string path, IReadOnlyList<Painting?> works)
    {
        _path = path;
        _works = works;
    }

    /// <summary>How many items it names.</summary>
    public int Count => _works.Count;

    /// <exception cref="CommandFailedException">The file cannot be read; says why.</exception>
    public static KeyList Read(string path)
    {
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            MetadataCatalogue catalogue = MetadataCatalogue.Read(path, strict: true);
            return new KeyList(path, [.. catalogue.Entries.Select(entry => entry.Id is string id ? entry.Describe(id, entry.File) : null)]);
        }

        if (FileKinds.Fault(path) is string fault)
        {
            throw new CommandFailedException($"{path} {fault}.");
        }

        if (!File.Exists(path))
        {
            throw new CommandFailedException($"{path}: there is no such list of keys.");
        }

        try
        {
            string[] lines = File.ReadAllLines(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return new KeyList(path, [.. lines.Select(line => string.IsNullOrWhiteSpace(line) || line.Contains('\0', StringComparison.Ordinal) ? null : new Painting(line))]);
        }
        catch (DecoderFallbackException e)
        {
            throw new CommandFailedException($"{path}: the list of keys is not UTF-8.", e);
        }
    }

    /// <summary>Refuses a list that names other items than there are.</summary>
    /// <param name="itemCount">One more than the highest item.</param>
    /// <param name="isItem">Whether there is an item with a number.</param>
    /// <exception cref="CommandFailedException">It is longer or shorter, or an item has no key or that of another.</exception>
    public void ThrowUnlessFor(int itemCount, Func<int, bool> isItem)
    {
        if (Count != itemCount)
        {
            throw new CommandFailedException($"{_path} has {Count} keys for the {itemCount} items: the first is that of item 0, and every item up to the last needs one.");
        }

        Dictionary<string, int> items = new(StringComparer.Ordinal);
        for (int item = 0; item < itemCount; item++)
        {
            if (isItem(item))
            {
                Painting work = _works[item] ?? throw new CommandFailedException($"{_path} has no usable key for item {item}.");
                if (!items.TryAdd(work.Key, item))
                {
                    throw new CommandFailedException($"{_path} gives the key '{work.Key}' to item {items[work.Key]} and to item {item}.");
                }
            }
        }
    }

    /// <summary>The work of an item.</summary>
    public Painting this[int item] => _works[item]!;
}
