using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>
/// Lists as JSON arrays: one parameter carries any number of values to <c>json_each</c>, and one column brings a list back.
/// </summary>
internal static class JsonList
{
    public static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The texts that a gallery can hold; the others match nothing in it.</summary>
    public static string Of(IReadOnlyCollection<string> texts)
    {
        var buffer = new ArrayBufferWriter<byte>(16 + texts.Count * 16);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartArray();
            foreach (string text in texts)
            {
                if (EntryValidation.IsStorable(text))
                {
                    json.WriteStringValue(text);
                }
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string Of(IReadOnlyList<int> numbers)
    {
        var json = new StringBuilder("[", 2 + numbers.Count * 8);
        for (int i = 0; i < numbers.Count; i++)
        {
            json.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{numbers[i]}");
        }

        return json.Append(']').ToString();
    }

    public static long[] Numbers(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(element => element.GetInt64())];
    }

    public static IReadOnlyList<string> Texts(string json)
    {
        if (json == "[]")
        {
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(json);
        string[] texts = new string[document.RootElement.GetArrayLength()];
        int next = 0;
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            texts[next++] = element.GetString() ?? throw new JsonException("A text is null.");
        }

        return texts;
    }
}
