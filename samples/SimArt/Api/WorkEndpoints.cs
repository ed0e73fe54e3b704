using System.Reflection;
using ArtSimilarity;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Microsoft.Extensions.Options;
using SimArt.Collections;

namespace SimArt.Api;

/// <summary>Browsing: the gallery, its works, and what there is to choose by.</summary>
internal static class WorkEndpoints
{
    private const int MaxLimit = 200;

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
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
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
            [.. catalogue.FieldNames.Select(name => new FieldAnswer(CatalogueFacets.FieldPrefix + name, name))],
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

        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        WorkMatcher matcher = new(FilterQuery.Parse(request.Query));
        CatalogueWork[] found = [.. Sorted(catalogue.Works.Where(matcher.Matches), sort)];
        return new WorksAnswer(found.Length, offset, [.. found.Skip(offset).Take(limit).Select(Shown.Work)]);
    }

    private static async Task<FacetsAnswer> FacetsAsync(HttpRequest request, Collection collection, CancellationToken cancellationToken) =>
        CatalogueFacets.Count(await collection.Catalogue.CurrentAsync(cancellationToken), FilterQuery.Parse(request.Query));

    private static async Task<WorkAnswer> WorkAsync(Collection collection, CancellationToken cancellationToken, string? key = null)
    {
        CatalogueWork work = await collection.WorkOfAsync(key, cancellationToken);
        return Shown.Work(work) with { Spaces = [.. collection.Spaces.Where(space => work.Spaces.Contains(space.Space.ToString())).Select(space => space.Id)] };
    }

    private static IEnumerable<CatalogueWork> Sorted(IEnumerable<CatalogueWork> works, string sort) => sort switch
    {
        "key" => works,
        "title" => works.OrderBy(work => work.Painting.Title is null).ThenBy(work => work.Painting.Title, StringComparer.OrdinalIgnoreCase),
        "artist" => works.OrderBy(work => work.Painting.Artist is null).ThenBy(work => LastName(work.Painting.Artist), StringComparer.OrdinalIgnoreCase)
            .ThenBy(work => work.Painting.Year ?? int.MaxValue),
        "year" => works.OrderBy(work => work.Painting.Year ?? int.MaxValue),
        "-year" => works.OrderByDescending(work => work.Painting.Year ?? int.MinValue),
        _ => throw ApiException.BadRequest($"'{Shown.Text(sort)}' is no order; there are key, title, artist, year and -year.", "sort"),
    };

    private static string LastName(string? artist) => artist?.Split(' ')[^1] ?? "";
}
