using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ArtSimilarity.Exporting;

/// <summary>Writes JSON documents without reflection, so that they can be written ahead of time compiled.</summary>
internal static class ExportJson
{
    public static string Write(JsonNode document, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
