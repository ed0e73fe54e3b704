using System.Globalization;
using System.Text;
using System.Xml;

namespace ArtSimilarity.Graphs;

/// <summary>Texts and numbers as XML can hold them.</summary>
internal static class XmlText
{
    private const char Replacement = '\uFFFD';

    /// <summary>A text without the characters that no XML document may have: control characters and half surrogate pairs become U+FFFD.</summary>
    public static string Of(string text)
    {
        StringBuilder? clean = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                clean?.Append(text, i, 2);
                i++;
            }
            else if (XmlConvert.IsXmlChar(text[i]))
            {
                clean?.Append(text[i]);
            }
            else
            {
                clean ??= new StringBuilder(text, 0, i, text.Length);
                clean.Append(Replacement);
            }
        }

        return clean?.ToString() ?? text;
    }

    public static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(float number) => number.ToString("R", CultureInfo.InvariantCulture);

    public static string Of(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    public static string Of(bool value) => value ? "true" : "false";
}
