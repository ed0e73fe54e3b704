using System.Text.Json.Nodes;
using ArtSimilarity;
using ArtSimilarity.Imaging;
using SimArt.Collections;
using SimArt.Pictures;

namespace SimArt.Api;

/// <summary>Works and selections for other viewers, by the IIIF Presentation API 3.</summary>
internal static class IiifEndpoints
{
    private const string Context = "http://iiif.io/api/presentation/3/context.json";
    private const string JsonLd = "application/ld+json;profile=\"http://iiif.io/api/presentation/3/context.json\"";

    public static void Map(WebApplication app)
    {
        app.MapGet("/iiif/manifest", ManifestAsync).WithTags("IIIF").WithSummary("One work as a IIIF Presentation 3 manifest.");
        app.MapGet("/iiif/collection", CollectionAsync).WithTags("IIIF").WithSummary("A selection as a IIIF Presentation 3 collection.").WithDescription("The filters of /api/v1/works.");
    }

    public static string Base(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>A collection of works, each with a note where there is one.</summary>
    public static JsonObject Describe(HttpRequest request, string id, string title, IEnumerable<(CatalogueWork Work, string? Note)> works) => new()
    {
        ["@context"] = Context,
        ["id"] = id,
        ["type"] = "Collection",
        ["label"] = Text(title),
        ["items"] = new JsonArray([.. works.Select(item =>
        {
            JsonObject reference = new() { ["id"] = ManifestId(request, item.Work), ["type"] = "Manifest", ["label"] = Text(item.Work.Painting.Title ?? item.Work.Painting.Key) };
            if (!string.IsNullOrEmpty(item.Work.Painting.ImageUri))
            {
                reference["thumbnail"] = new JsonArray(new JsonObject { ["id"] = $"{Base(request)}/images?id={item.Work.ContentHash}", ["type"] = "Image", ["format"] = "image/jpeg" });
            }

            if (!string.IsNullOrWhiteSpace(item.Note))
            {
                reference["summary"] = Text(item.Note);
            }

            return (JsonNode)reference;
        })]),
    };

    private static async Task<IResult> CollectionAsync(HttpRequest request, HttpResponse response, Collection collection, CancellationToken cancellationToken, string? title = null)
    {
        WorkMatcher matcher = new(FilterQuery.Parse(request.Query));
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        response.Headers.AccessControlAllowOrigin = "*";
        return Results.Json(
            Describe(request, Base(request) + request.Path + request.QueryString, title ?? collection.Name, catalogue.Works.Where(matcher.Matches).Select(work => (work, (string?)null))), contentType: JsonLd);
    }

    private static async Task<IResult> ManifestAsync(
        HttpRequest request, HttpResponse response, Collection collection, WorkPictures pictures, CancellationToken cancellationToken, string? key = null)
    {
        CatalogueWork work = await collection.WorkOfAsync(key, cancellationToken);
        Painting painting = work.Painting;
        ImageSize size = await PictureEndpoints.SizeAsync(work, pictures, cancellationToken);
        string id = ManifestId(request, work), image = $"{Base(request)}/iiif/image/{work.ContentHash}";
        JsonObject manifest = new()
        {
            ["@context"] = Context,
            ["id"] = id,
            ["type"] = "Manifest",
            ["label"] = Text(painting.Title ?? painting.Key),
            ["metadata"] = new JsonArray([.. Metadata(painting).Select(entry => (JsonNode)new JsonObject { ["label"] = Text(entry.Label), ["value"] = Text([.. entry.Values]) })]),
            ["items"] = new JsonArray(new JsonObject
            {
                ["id"] = id + "#canvas",
                ["type"] = "Canvas",
                ["width"] = size.Width,
                ["height"] = size.Height,
                ["items"] = new JsonArray(new JsonObject
                {
                    ["id"] = id + "#page",
                    ["type"] = "AnnotationPage",
                    ["items"] = new JsonArray(new JsonObject
                    {
                        ["id"] = id + "#painting",
                        ["type"] = "Annotation",
                        ["motivation"] = "painting",
                        ["target"] = id + "#canvas",
                        ["body"] = new JsonObject
                        {
                            ["id"] = image + "/full/max/0/default.jpg",
                            ["type"] = "Image",
                            ["format"] = "image/jpeg",
                            ["width"] = size.Width,
                            ["height"] = size.Height,
                            ["service"] = new JsonArray(new JsonObject { ["id"] = image, ["type"] = "ImageService3", ["profile"] = "level0" }),
                        },
                    }),
                }),
            }),
        };
        response.Headers.AccessControlAllowOrigin = "*";
        return Results.Json(manifest, contentType: JsonLd);
    }

    private static string ManifestId(HttpRequest request, CatalogueWork work) => $"{Base(request)}/iiif/manifest?key={Uri.EscapeDataString(work.Painting.Key)}";

    /// <summary>A text in no language in particular.</summary>
    private static JsonObject Text(params string[] values) => new() { ["none"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };

    private static IEnumerable<(string Label, IReadOnlyList<string> Values)> Metadata(Painting painting) =>
        ((IEnumerable<(string Label, IReadOnlyList<string> Values)>)[
            ("Artist", painting.Artists),
            ("Date", painting.Date is null ? [] : [painting.Date.Text]),
            ("Genre", painting.Genre is null ? [] : [painting.Genre]),
            ("Style", painting.Style is null ? [] : [painting.Style]),
            ("Tags", painting.Tags),
            .. painting.Fields.Select(field => (field.Key, field.Value)),
        ]).Where(entry => entry.Values.Count > 0);
}
