using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ArtSimilarity.CommandLine;

/// <summary>The one place where the results of commands are written: files, then a JSON document or a text to the output.</summary>
/// <param name="newContext">Makes the program's serializer of documents with the options that all programs share.</param>
public sealed class DocumentWriter(Func<JsonSerializerOptions, JsonSerializerContext> newContext)
{
    // The document goes to a terminal or a file, never into a page: letters stay letters.
    private readonly JsonSerializerContext _context = newContext(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a result.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="isJson">Whether <c>--json</c> is given.</param>
    /// <param name="result">The result.</param>
    /// <returns>The exit code.</returns>
    public int Write<T>(CliConsole console, bool isJson, CommandResult<T> result)
    {
        foreach (IResultFile file in result.Files)
        {
            file.Write(console);
        }

        if (isJson)
        {
            console.Documents.WriteLine(Format(result.Document()));
        }
        else
        {
            result.Text(console);
        }

        return result.ExitCode;
    }

    /// <summary>The JSON of a document; a terminal shows all of it and obeys none.</summary>
    /// <param name="document">The document.</param>
    /// <returns>Several lines, the last without its end.</returns>
    public string Format<T>(T document) =>
        TerminalText.EscapeJson(JsonSerializer.Serialize(document, (JsonTypeInfo<T>)_context.GetTypeInfo(typeof(T))!));
}
