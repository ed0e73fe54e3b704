using System.Text;

namespace ArtSimilarity.Catalogues;

/// <summary>Splits CSV text into records as RFC 4180 says: a delimiter, fields in quotes where needed, quotes doubled inside them.</summary>
/// <param name="text">The text.</param>
/// <param name="delimiter">What stands between fields.</param>
/// <param name="fault">
/// Told of the line and the kind of a quote in the wrong place, which is then a letter like any other;
/// <see langword="null"/> to throw instead.
/// </param>
internal sealed class CsvReader(string text, char delimiter, Action<int, string>? fault = null)
{
    // So many faults later, quotes are out of step for good: looking for their ends on other lines would take the square of the size.
    private const int FaultsBeforeLines = 16;

    private int _position;
    private int _faults;

    /// <summary>The line that the next record begins on, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Passes over the rest of the line.</summary>
    public void SkipLine()
    {
        int end = text.AsSpan(_position).IndexOfAny('\r', '\n');
        _position = end < 0 ? text.Length : _position + end;
        SkipLineEnd();
    }

    /// <summary>The next record that is not a blank line, or <see langword="null"/> at the end; outer white space of unquoted fields is dropped.</summary>
    /// <param name="line">The line it begins on.</param>
    /// <exception cref="FormatException">A quote is in the wrong place or never closed, and nobody is to be told of it.</exception>
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
                fields.Add(ReadField(line, ref quoted));
            }
            while (Skip(delimiter));

            SkipLineEnd();
            if (fields is not [""] || quoted)
            {
                return [.. fields];
            }
        }
    }

    private string ReadField(int recordLine, ref bool quoted)
    {
        SkipBlanks();
        if (_position == text.Length || text[_position] != '"')
        {
            string field = Rest();
            if (fault is null && field.Contains('"', StringComparison.Ordinal))
            {
                throw new FormatException("a quote inside a field that does not begin with one");
            }

            return field.Trim(); // 6" of canvas is no fault
        }

        int start = _position++, line = Line;
        quoted = true;
        var value = new StringBuilder();
        while (_position < text.Length)
        {
            int run = text.AsSpan(_position).IndexOfAny('"', '\n');
            run = run < 0 ? text.Length - _position : run;
            value.Append(text, _position, run);
            _position += run;
            if (_position == text.Length)
            {
                break;
            }

            if (text[_position] == '\n')
            {
                if (_faults >= FaultsBeforeLines)
                {
                    break;
                }

                Line++;
                value.Append('\n');
                _position++;
                continue;
            }

            _position++;
            if (Skip('"'))
            {
                value.Append('"');
                continue;
            }

            SkipBlanks();
            if (_position == text.Length || text[_position] == delimiter || text[_position] is '\r' or '\n')
            {
                return value.ToString();
            }

            Report(recordLine, "text after the closing quote of a field");
            return Literally(start, line);
        }

        Report(recordLine, "a quote that is never closed");
        return Literally(start, line);
    }

    /// <summary>The field as it stands, with its quotes, up to the next delimiter or the end of the line.</summary>
    private string Literally(int start, int line)
    {
        (_position, Line) = (start, line);
        return Rest().Trim();
    }

    private string Rest()
    {
        int end = text.AsSpan(_position).IndexOfAny(delimiter, '\r', '\n');
        string field = end < 0 ? text[_position..] : text.Substring(_position, end);
        _position += field.Length;
        return field;
    }

    private void Report(int line, string what)
    {
        _faults++;
        if (fault is null)
        {
            throw new FormatException(what);
        }

        fault(line, what);
    }

    private void SkipBlanks()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t' && text[_position] != delimiter)
        {
            _position++;
        }
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
