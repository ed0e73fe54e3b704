using System.Text;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>Splits CSV text into records as RFC 4180 says: commas, fields in quotes where needed, quotes doubled inside them.</summary>
internal sealed class CsvReader(string text)
{
    private int _position;

    /// <summary>The line that the next record begins on, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>The next record that is not a blank line, or <see langword="null"/> at the end; outer white space of unquoted fields is dropped.</summary>
    /// <param name="line">The line it begins on.</param>
    /// <exception cref="FormatException">A quote is in the wrong place or never closed.</exception>
    public string[]? Read(out int line)
    {
        List<string> fields = [];
        while (true)
        {
            line = Line;
            if (_position >= text.Length)
            {
                return null;
            }

            fields.Clear();
            bool quoted = false;
            do
            {
                fields.Add(ReadField(ref quoted));
            }
            while (Skip(','));

            SkipLineEnd();
            if (fields is not [""] || quoted)
            {
                return [.. fields];
            }
        }
    }

    private string ReadField(ref bool quoted)
    {
        while (_position < text.Length && text[_position] is ' ' or '\t')
        {
            _position++;
        }

        if (!Skip('"'))
        {
            int end = text.AsSpan(_position).IndexOfAny(',', '\r', '\n');
            string field = end < 0 ? text[_position..] : text.Substring(_position, end);
            _position += field.Length;
            return field.Contains('"', StringComparison.Ordinal) ? throw new FormatException("a quote inside a field that does not begin with one") : field.Trim();
        }

        quoted = true;
        var value = new StringBuilder();
        while (_position < text.Length)
        {
            char c = text[_position++];
            if (c == '"' && !Skip('"'))
            {
                while (_position < text.Length && text[_position] is ' ' or '\t')
                {
                    _position++;
                }

                return _position == text.Length || text[_position] is ',' or '\r' or '\n'
                    ? value.ToString()
                    : throw new FormatException("text after the closing quote of a field");
            }

            Line += c == '\n' ? 1 : 0;
            value.Append(c);
        }

        throw new FormatException("a quote that is never closed");
    }

    private bool Skip(char expected)
    {
        bool found = _position < text.Length && text[_position] == expected;
        _position += found ? 1 : 0;
        return found;
    }

    private void SkipLineEnd()
    {
        bool carriageReturn = Skip('\r');
        if (Skip('\n') || carriageReturn)
        {
            Line++;
        }
    }
}
