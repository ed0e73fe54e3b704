namespace SimArt.Collections;

/// <summary>All works of a gallery at one moment, by key. Immutable.</summary>
internal sealed class CatalogueSnapshot
{
    private readonly Dictionary<string, CatalogueWork> _byKey, _byHash;

    public CatalogueSnapshot(IReadOnlyList<CatalogueWork> works)
    {
        Works = works;
        _byKey = works.ToDictionary(work => work.Painting.Key, StringComparer.Ordinal);
        _byHash = new Dictionary<string, CatalogueWork>(works.Count, StringComparer.Ordinal);
        foreach (CatalogueWork work in works)
        {
            _byHash.TryAdd(work.ContentHash, work);
        }

        FieldNames = [.. works.SelectMany(work => work.Painting.Fields.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<CatalogueWork> Works { get; }

    /// <summary>The names of the catalogue's own fields.</summary>
    public IReadOnlyList<string> FieldNames { get; }

    public CatalogueWork? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>A work whose picture has this SHA-256, in hexadecimal digits.</summary>
    public CatalogueWork? FindByHash(string hash) => _byHash.GetValueOrDefault(hash);
}
