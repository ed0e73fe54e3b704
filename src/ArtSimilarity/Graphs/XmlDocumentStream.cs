using System.Text;
using System.Xml;

namespace ArtSimilarity.Graphs;

/// <summary>
/// Writes a long XML document to a stream in pieces, and never synchronously: servers refuse that. An <see cref="XmlWriter"/> writes synchronously
/// now and then even where its asynchronous methods are called.
/// </summary>
internal sealed class XmlDocumentStream : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly MemoryStream _piece = new(2 * PieceBytes);
    private readonly Stream _output;

    /// <param name="output">Receives the document as UTF-8 without a byte order mark; left open.</param>
    public XmlDocumentStream(Stream output)
    {
        _output = output;
        Writer = XmlWriter.Create(_piece, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Indent = true,
        });
    }

    /// <summary>Writes the document; indented.</summary>
    public XmlWriter Writer { get; }

    /// <summary>Passes on what has been written, once it is worth it.</summary>
    public ValueTask PassOnAsync(CancellationToken cancellationToken) => _piece.Length < PieceBytes ? ValueTask.CompletedTask : FinishAsync(cancellationToken);

    /// <summary>Passes on all that has been written.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        Writer.Flush();
        await _output.WriteAsync(_piece.GetBuffer().AsMemory(0, (int)_piece.Length), cancellationToken).ConfigureAwait(false);
        _piece.SetLength(0);
    }

    public void Dispose()
    {
        // Disposing the writer of an unfinished document would end it as if it were whole; it holds nothing else.
        _piece.Dispose();
    }
}
