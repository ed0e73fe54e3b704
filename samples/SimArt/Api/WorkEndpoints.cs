using System.Reflection;

namespace SimArt.Api;

/// <summary>Browsing: the gallery, its works, and what there is to choose by.</summary>
internal static class WorkEndpoints
{
    private const int MaxLimit = 200;

    private static readonly Dictionary<string, WorkOrder> Orders = new()
    {
        ["key"] = WorkOrder.Key, ["title"] = WorkOrder.Title, ["artist"] = WorkOrder.Artist, ["year"] = WorkOrder.Oldest, ["-year"] = WorkOrder.Newest,
    };

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/gallery", GalleryAsync).WithSummary("The gallery: its name, feature spaces, limits and how far the indexing is.");
        api.MapGet("/works", WorksAsync).WithSummary("Works that pass a filter, in pages.")
            .WithDescription("Filters: genre, style, artist, tag and field.NAME (each may come several times), from and to (years), q (words).");
        api.MapGet("/facets", FacetsAsync).WithSummary("What can be chosen by, with counts.").WithDescription("The filters of /works.");
        api.MapGet("/work", WorkAsync).WithSummary("One work.");
    }

    private static async Task<GalleryAnswer> GalleryAsync(
        Collection collection, FolderIndexing indexing, IOptions<SimArtOptions> options, CancellationToken cancellationToken)
    {
        BrowsedWorks catalogue = await collection.WorksAsync(cancellationToken);
        IReadOnlyList<FeatureSpaceSummary> held = await collection.Gallery.Store.GetFeatureSpacesAsync(cancellationToken);
        SimArtOptions limits = options.Value;
        return new GalleryAnswer(
            collection.Name,
            catalogue.Works.Count,
            [.. collection.Spaces.Select((space, index) => new SpaceAnswer(
                space.Id,
                space.Title,
                space.Description,
                held.FirstOrDefault(each => each.Space == space.Space)?.Count ?? 0,
                index == 0,
                space.Extractor is not null,
                space.Extractor is IFeatureMapExtractor,
                held.Any(each => each.Space == RegionLayout.Default.SpaceOf(space.Space)),
                space.ModelHash,
                space.Space.Dimensions))],
            [.. catalogue.FieldNames.Select(name => new FieldAnswer(Facet.FieldPrefix + name, name))],
            indexing.Progress,
            new LimitsAnswer(limits.MaxUploadBytes, limits.MaxUploadPixels, limits.UploadLifetime.TotalMinutes),
            limits.IiifHostList,
            typeof(Gallery).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "");
    }

    private static async Task<WorksAnswer> WorksAsync(
        HttpRequest request, Collection collection, CancellationToken cancellationToken, string sort = "key", int offset = 0, int limit = 60)
    {
        if (offset < 0 || limit is < 1 or > MaxLimit)
        {
            throw ApiException.BadRequest($"offset is 0 or more, and limit is 1 to {MaxLimit}.", offset < 0 ? "offset" : "limit");
        }

        WorkOrder order = Orders.TryGetValue(sort, out WorkOrder known) ? known : throw ApiException.BadRequest($"'{Shown.Text(sort)}' is no order; there are {string.Join(", ", Orders.Keys)}.", "sort");
        BrowsedWork[] found = [.. (await collection.WorksAsync(cancellationToken)).Select(FilterQuery.Parse(request.Query, keys: "key"), order)];
        return new WorksAnswer(found.Length, offset, [.. found.Skip(offset).Take(limit).Select(Shown.Work)]);
    }

    private static async Task<FacetsAnswer> FacetsAsync(HttpRequest request, Collection collection, CancellationToken cancellationToken)
    {
        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        WorkQuery query = FilterQuery.Parse(request.Query);
        return new FacetsAnswer(works.Select(query).Count(), [.. works.CountFacets(query).Select(facet => new FacetAnswer(
            facet.Facet, LabelOf(facet.Facet), [.. facet.Values.Select(value => new FacetChoice(value.Value, value.Value.Replace('_', ' '), value.Count, value.IsChosen))], facet.DistinctCount))]);
    }

    public static string LabelOf(string facet) =>
        facet.StartsWith(Facet.FieldPrefix, StringComparison.Ordinal) ? facet[Facet.FieldPrefix.Length..] : char.ToUpperInvariant(facet[0]) + facet[1..];

    private static async Task<WorkAnswer> WorkAsync(Collection collection, CancellationToken cancellationToken, string? key = null)
    {
        BrowsedWork work = await collection.WorkOfAsync(key, cancellationToken);
        return Shown.Work(work) with { Spaces = [.. collection.Spaces.Where(space => work.Spaces.Contains(space.Space)).Select(space => space.Id)] };
    }
}
