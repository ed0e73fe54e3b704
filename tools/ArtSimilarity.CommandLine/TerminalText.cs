using System.Globalization;
using System.Text;

namespace ArtSimilarity.CommandLine;

/// <summary>
/// Makes text of strangers (file names, keys, titles, labels) safe to print: what a terminal would obey instead of show, and what nobody
/// would see, is written as an escape such as <c>\u001b</c>.
/// </summary>
public static class TerminalText
{
    /// <summary>The text on one line: control and format characters, line breaks, invisible letters and half surrogate pairs are escaped.</summary>
    public static string Escape(string text) => Escape(text, keepLayout: false);

    /// <summary>The text with its line breaks and tabs, and everything else escaped.</summary>
    public static string EscapeLines(string text) => Escape(text, keepLayout: true);

    /// <summary>A JSON document with what a terminal would obey as JSON's own escapes: the document says the same.</summary>
    public static string EscapeJson(string json) => Escape(json, keepLayout: true);

    private static string Escape(string text, bool keepLayout)
    {
        int first = 0;
        while (first < text.Length && !MustEscape(text, first, keepLayout))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        var escaped = new StringBuilder(text, 0, first, text.Length + 16);
        for (int i = first; i < text.Length; i++)
        {
            char c = text[i];
            escaped.Append(!MustEscape(text, i, keepLayout) ? c.ToString() : c switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            });
        }

        return escaped.ToString();
    }

    private static bool MustEscape(string text, int index, bool keepLayout)
    {
        char c = text[index];
        return c switch
        {
            '\n' or '\t' => !keepLayout,
            '\r' => !keepLayout || index + 1 == text.Length || text[index + 1] != '\n', // alone it would overwrite the line
            < ' ' or (>= '\u007f' and <= '\u009f') => true,
            < '\u00ad' => false,
            '\u2028' or '\u2029' => true,
            '\u034f' or '\u115f' or '\u1160' or '\u17b4' or '\u17b5' or '\u2800' or '\u3164' or '\uffa0' => true, // letters and marks without a form
            '\u200c' or '\u200d' => !Joins(text, index),
            _ when char.IsHighSurrogate(c) => index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1]) || IsFormat(text, index),
            _ when char.IsLowSurrogate(c) => index == 0 || !char.IsHighSurrogate(text[index - 1]) || IsFormat(text, index - 1),
            _ => IsFormat(text, index),
        };
    }

    private static bool IsFormat(string text, int index) => CharUnicodeInfo.GetUnicodeCategory(text, index) == UnicodeCategory.Format;

    /// <summary>Whether a joiner stands where scripts and emoji need one: between characters beyond Latin, where it changes how they look.</summary>
    private static bool Joins(string text, int index) =>
        index > 0 && index + 1 < text.Length && text[index - 1] > '\u0590' && text[index + 1] > '\u0590'
        && text[index - 1] is not (>= '\u2000' and <= '\u206f') && text[index + 1] is not (>= '\u2000' and <= '\u206f');
}
