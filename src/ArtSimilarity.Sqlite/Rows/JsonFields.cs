using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>Named values as a JSON object: a name and its list of values.</summary>
internal static class JsonFields
{
    /// <returns>The object; <see langword="null"/> without fields.</returns>
    public static string? Of(PaintingFields fields)
    {
        if (fields.Count == 0)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(32 + (fields.Count * 48));
        using (var json = new Utf8JsonWriter(buffer, JsonList.Relaxed))
        {
            json.WriteStartObject();
            foreach ((string name, IReadOnlyList<string> values) in fields)
            {
                json.WriteStartArray(name);
                foreach (string value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <exception cref="FormatException">The text holds no fields.</exception>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static PaintingFields Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        try
        {
            return new PaintingFields(document.RootElement.EnumerateObject().Select(field => new KeyValuePair<string, IReadOnlyList<string>>(
                field.Name, [.. field.Value.EnumerateArray().Select(value => value.GetString() ?? throw new FormatException("A value of a field is null."))])));
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The fields of a work cannot be read: {e.Message}", e);
        }
    }
}
