using System.Text;

namespace ArtSimilarity.CommandLine;

/// <summary>A writer for people to read: all that is written goes through <see cref="TerminalText"/>. Not safe to share between threads beyond what the inner writer allows.</summary>
public sealed class TerminalWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void Write(string? value) => inner.Write(TerminalText.EscapeLines(value ?? ""));

    public override void WriteLine() => inner.WriteLine();

    /// <summary>Writes one line: a line break inside it is part of the text, and is escaped.</summary>
    public override void WriteLine(string? value) => inner.WriteLine(TerminalText.Escape(value ?? ""));

    public override void Flush() => inner.Flush();
}
