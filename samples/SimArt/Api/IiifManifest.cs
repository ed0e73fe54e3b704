using System.Text.Json;

namespace SimArt.Api;

/// <summary>Finds the first picture in a IIIF manifest of the Presentation API 2 or 3.</summary>
internal static class IiifManifest
{
    /// <exception cref="JsonException">There is none.</exception>
    public static string FirstImage(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
        JsonElement root = document.RootElement;
        JsonElement? body = First(root, "items", "items", "items", "body") ?? First(root, "sequences", "canvases", "images", "resource");
        if (body is not JsonElement image)
        {
            throw new JsonException("no picture");
        }

        JsonElement? service = Property(image, "service") is JsonElement held ? held.ValueKind == JsonValueKind.Array ? held.EnumerateArray().FirstOrDefault() : held : null;
        return (service is JsonElement one ? Id(one) : null) is string id ? id.TrimEnd('/') + "/info.json" : Id(image) ?? throw new JsonException("no address");
    }

    private static string? Id(JsonElement element) => (Property(element, "id") ?? Property(element, "@id")) is { ValueKind: JsonValueKind.String } id ? id.GetString() : null;

    private static JsonElement? First(JsonElement root, params string[] path)
    {
        JsonElement? current = root;
        foreach (string name in path)
        {
            current = current is JsonElement element ? Property(element, name) : null;
            if (current is { ValueKind: JsonValueKind.Array } array)
            {
                current = array.GetArrayLength() > 0 ? array[0] : null;
            }
        }

        return current;
    }

    private static JsonElement? Property(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;
}
