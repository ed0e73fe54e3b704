namespace ArtSimilarity.Catalogues;

/// <summary>Texts of a file as messages quote them: a header or a field may be as long as the file.</summary>
internal static class ShortText
{
    private const int LongestText = 60, MostTexts = 20;

    /// <summary>The text or, where it is long, its beginning.</summary>
    public static string Of(string text)
    {
        if (text.Length <= LongestText)
        {
            return text;
        }

        int length = char.IsHighSurrogate(text[LongestText - 2]) ? LongestText - 2 : LongestText - 1;
        return string.Concat(text.AsSpan(0, length), "…");
    }

    /// <summary>The first of many texts, and how many more there are.</summary>
    public static string ListOf(IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        return string.Join(", ", all.Take(MostTexts).Select(Of)) + (all.Length > MostTexts ? $" and {all.Length - MostTexts} more" : "");
    }
}
