using System.Text.Json;

namespace ArtSimilarity.Imaging;

/// <summary>What a server of the IIIF Image API (versions 2 and 3) tells of an image.</summary>
/// <param name="Size">The image's full size.</param>
/// <param name="Version">2 or 3.</param>
/// <param name="Sizes">The sizes that the server has ready.</param>
/// <param name="HasOnlySizes">Whether it makes no others (level 0).</param>
/// <param name="MaxWidth">The widest image it gives; <see langword="null"/> where it tells no limit.</param>
internal sealed record IiifInformation(ImageSize Size, int Version, IReadOnlyList<ImageSize> Sizes, bool HasOnlySizes, int? MaxWidth)
{
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">It is no image information of a version known.</exception>
    public static IiifInformation Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no JSON object");
        }

        string context = root.TryGetProperty("@context", out JsonElement contexts) ? contexts.GetRawText() : "";
        int version = context.Contains("iiif.io/api/image/3", StringComparison.Ordinal) ? 3
            : context.Contains("iiif.io/api/image/2", StringComparison.Ordinal) ? 2
            : throw new FormatException("its @context is not that of version 2 or 3");
        ImageSize size = SizeOf(root) ?? throw new FormatException("it has no width and height of 1 or more");
        string profile = root.TryGetProperty("profile", out JsonElement profiles) ? profiles.GetRawText() : "";
        List<ImageSize> sizes = [];
        if (root.TryGetProperty("sizes", out JsonElement listed) && listed.ValueKind == JsonValueKind.Array)
        {
            sizes.AddRange(listed.EnumerateArray().Select(SizeOf).OfType<ImageSize>());
        }

        // Version 2 tells its limits in the profile.
        int? maxWidth = Number(root, "maxWidth")
            ?? (profiles.ValueKind == JsonValueKind.Array ? profiles.EnumerateArray().Select(part => Number(part, "maxWidth")).FirstOrDefault(limit => limit is not null) : null);
        return new IiifInformation(size, version, sizes, profile.Contains("level0", StringComparison.Ordinal), maxWidth);
    }

    private static ImageSize? SizeOf(JsonElement element) =>
        Number(element, "width") is int width && Number(element, "height") is int height ? new ImageSize(width, height) : null;

    private static int? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 1 ? number : null;
}
