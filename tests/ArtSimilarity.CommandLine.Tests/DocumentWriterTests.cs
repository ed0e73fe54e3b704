using System.Text.Json.Serialization;

namespace ArtSimilarity.CommandLine.Tests;

public sealed partial class DocumentWriterTests
{
    private static readonly DocumentWriter Writer = new(options => new Documents(options));

    [Theory]
    [InlineData(true, "{\n  \"theName\": \"Dürer \\u001B[31m\",\n  \"count\": 2\n}\n")]
    [InlineData(false, "two by Dürer\n")]
    public void A_result_is_written_as_a_document_or_for_people_behind_its_files(bool isJson, string expected)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        var console = new CliConsole("artsim", output, error, outputIsTerminal: false, errorIsTerminal: false);
        int code = Writer.Write(console, isJson, new CommandResult<Document>(
            () => new Document("Dürer \u001b[31m", 2), to => to.Output.WriteLine("two by Dürer"))
        {
            Files = [new Remark("first"), new Remark("second")],
            ExitCode = 7,
        });
        Assert.Equal(7, code);
        Assert.Equal(expected, output.ToString().ReplaceLineEndings("\n"));
        Assert.Equal("first\nsecond\n", error.ToString().ReplaceLineEndings("\n"));
    }

    internal sealed record Document(string TheName, int Count);

    private sealed record Remark(string Text) : IResultFile
    {
        public void Write(CliConsole console) => console.Error.WriteLine(Text);
    }

    [JsonSerializable(typeof(Document))]
    private sealed partial class Documents : JsonSerializerContext;
}
