using System.Text.Json;
using System.Text.Json.Nodes;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Exporting;

/// <summary>Writes works for other viewers by the IIIF Presentation API 3: https://iiif.io/api/presentation/3.0/.</summary>
public static class IiifPresentation
{
    /// <summary>The media type of the documents.</summary>
    public const string MediaType = "application/ld+json;profile=\"http://iiif.io/api/presentation/3/context.json\"";

    private const string Context = "http://iiif.io/api/presentation/3/context.json";

    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    /// <summary>Writes a collection: a list of works, each with the address of its manifest.</summary>
    /// <param name="id">Where the collection is.</param>
    /// <param name="label">Its title.</param>
    /// <param name="works">The works.</param>
    /// <returns>The document, indented.</returns>
    public static string WriteCollection(Uri id, string label, IEnumerable<IiifWork> works)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(label);
        ArgumentNullException.ThrowIfNull(works);
        return ExportJson.Write(
            new JsonObject
            {
                ["@context"] = Context,
                ["id"] = id.AbsoluteUri,
                ["type"] = "Collection",
                ["label"] = Text(label),
                ["items"] = new JsonArray([.. works.Select(work => (JsonNode)Reference(work))]),
            },
            Readable);
    }

    /// <summary>Writes the manifest of one work: what is known of it, and its picture.</summary>
    /// <param name="work">The work, with its <see cref="IiifWork.ImageService"/>.</param>
    /// <param name="size">The size of its picture in pixels.</param>
    /// <returns>The document, indented.</returns>
    /// <exception cref="ArgumentException">The work has no image service.</exception>
    public static string WriteManifest(IiifWork work, ImageSize size)
    {
        ArgumentNullException.ThrowIfNull(work);
        string image = work.ImageService?.AbsoluteUri ?? throw new ArgumentException("The work has no image service.", nameof(work));
        string canvas = PartOf(work.Manifest, "canvas");
        JsonObject body = new()
        {
            ["id"] = image + "/full/max/0/default.jpg",
            ["type"] = "Image",
            ["format"] = "image/jpeg",
            ["width"] = size.Width,
            ["height"] = size.Height,
            ["service"] = new JsonArray((JsonNode)new JsonObject { ["id"] = image, ["type"] = "ImageService3", ["profile"] = "level0" }),
        };
        JsonObject annotation = new() { ["id"] = PartOf(work.Manifest, "painting"), ["type"] = "Annotation", ["motivation"] = "painting", ["body"] = body, ["target"] = canvas };
        JsonObject page = new() { ["id"] = PartOf(work.Manifest, "page"), ["type"] = "AnnotationPage", ["items"] = new JsonArray((JsonNode)annotation) };
        JsonObject manifest = Reference(work);
        manifest.Insert(0, "@context", Context);
        manifest["metadata"] = new JsonArray([.. Metadata(work.Work).Select(entry => (JsonNode)new JsonObject { ["label"] = Text(entry.Label), ["value"] = Text([.. entry.Values]) })]);
        manifest["items"] = new JsonArray((JsonNode)new JsonObject
        {
            ["id"] = canvas,
            ["type"] = "Canvas",
            ["width"] = size.Width,
            ["height"] = size.Height,
            ["items"] = new JsonArray((JsonNode)page),
        });
        return ExportJson.Write(manifest, Readable);
    }

    /// <summary>The address of a part of a manifest. That of a canvas must not have a fragment, since viewers add one for a region of it.</summary>
    private static string PartOf(Uri manifest, string part) => manifest.GetLeftPart(UriPartial.Query) + (manifest.Query.Length > 0 ? "&part=" : "/") + part;

    private static JsonObject Reference(IiifWork work)
    {
        JsonObject reference = new() { ["id"] = work.Manifest.AbsoluteUri, ["type"] = "Manifest", ["label"] = Text(work.Work.Title ?? work.Work.Key) };
        if (!string.IsNullOrWhiteSpace(work.Note))
        {
            reference["summary"] = Text(work.Note);
        }

        if (work.Thumbnail is not null)
        {
            reference["thumbnail"] = new JsonArray((JsonNode)new JsonObject { ["id"] = work.Thumbnail.AbsoluteUri, ["type"] = "Image", ["format"] = "image/jpeg" });
        }

        return reference;
    }

    /// <summary>A text in no language in particular.</summary>
    private static JsonObject Text(params string[] values) => new() { ["none"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };

    private static IEnumerable<(string Label, IReadOnlyList<string> Values)> Metadata(Painting work) =>
        ((IEnumerable<(string Label, IReadOnlyList<string> Values)>)[
            ("Artist", work.Artists),
            ("Date", work.Date?.Text is string date ? [date] : work.Year is int year ? [year.ToString(System.Globalization.CultureInfo.InvariantCulture)] : []),
            ("Genre", work.Genre is null ? [] : [work.Genre]),
            ("Style", work.Style is null ? [] : [work.Style]),
            ("Tags", work.Tags),
            .. work.Fields.Select(field => (field.Key, field.Value)),
        ]).Where(entry => entry.Values.Count > 0);
}
