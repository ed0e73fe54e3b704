using System.Text.Json;

namespace ArtSimilarity.Imaging;

/// <summary>Finds pictures in manifests of the IIIF Presentation API, versions 2 and 3.</summary>
public static class IiifManifest
{
    private const int MaxDepth = 32;

    /// <summary>The address of the first canvas's first picture.</summary>
    /// <param name="json">The manifest.</param>
    /// <returns>The information of the picture's image service (<c>…/info.json</c>), which <see cref="HttpImageOpener"/> opens; the picture itself where it has none. Of a choice of pictures it is the first. The address is one of http or https.</returns>
    /// <exception cref="FormatException">The document is no JSON, or no manifest with a picture in it.</exception>
    public static Uri FindFirstImage(ReadOnlyMemory<byte> json)
    {
        try
        {
            ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
            json = json.Span.StartsWith(mark) ? json[mark.Length..] : json;
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            JsonElement root = document.RootElement;
            JsonElement? image = First(root, "items", "items", "items", "body") ?? First(root, "sequences", "canvases", "images", "resource");
            image = image is JsonElement choice ? First(choice, "items") ?? First(choice, "default") ?? image : null;
            string? service = image is JsonElement body && First(body, "service") is JsonElement held ? IdOf(held) : null;
            return Uri.TryCreate(service is not null ? service.TrimEnd('/') + "/info.json" : image is JsonElement one ? IdOf(one) : null, UriKind.Absolute, out Uri? address)
                && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
                ? address
                : throw new FormatException("The document is no IIIF manifest with a picture in it.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for text that is no Unicode
        {
            throw new FormatException("The document is no JSON.", e);
        }
    }

    private static string? IdOf(JsonElement element) => (Property(element, "id") ?? Property(element, "@id")) is JsonElement { ValueKind: JsonValueKind.String } id ? id.GetString() : null;

    /// <summary>Follows names; of a list it takes the first element.</summary>
    private static JsonElement? First(JsonElement root, params ReadOnlySpan<string> path)
    {
        JsonElement? current = root;
        foreach (string name in path)
        {
            current = current is JsonElement element ? Property(element, name) : null;
            if (current is JsonElement { ValueKind: JsonValueKind.Array } list)
            {
                current = list.GetArrayLength() > 0 ? list[0] : null;
            }
        }

        return current;
    }

    private static JsonElement? Property(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;
}
