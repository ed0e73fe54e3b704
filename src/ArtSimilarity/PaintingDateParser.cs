using System.Globalization;
using System.Text.RegularExpressions;

namespace ArtSimilarity;

/// <summary>Tells the years in the dates of museums: <c>c. 1650</c>, <c>1503–06</c>, <c>1890s</c>, <c>early 19th century</c>, <c>before 1500</c>, <c>300–200 BCE</c>.</summary>
internal static partial class PaintingDateParser
{
    private const int LastYear = 9999;
    private const int LongestDate = 120;
    private const int Months = 12;

    private static readonly string[] Undated = ["n.d.", "n.d", "nd", "undated", "unknown", "date unknown", "s.d.", "o. j.", "o.j.", "-", "?"];

    /// <summary>Reads a date. Where no years can be told, it has the text alone.</summary>
    public static PaintingDate Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int plain))
        {
            return new PaintingDate(text, plain, plain);
        }

        if (text.Length > LongestDate)
        {
            return new PaintingDate(text, null, null);
        }

        (int? earliest, int? latest) = Years(Simplify(text));
        return earliest > latest ? new PaintingDate(text, null, null) : new PaintingDate(text, earliest, latest);
    }

    /// <summary>Whether a text says that no date is known.</summary>
    public static bool IsUndated(string text) => Undated.Contains(text.Trim().Trim('[', ']', '(', ')'), StringComparer.OrdinalIgnoreCase);

    private static (int? Earliest, int? Latest) Years(string text)
    {
        if (TwoEras().Match(text) is { Success: true } eras)
        {
            return One(Era().Replace(eras.Groups["from"].Value, "").Trim(), bce: true) is (int oldest, _) && One(Era().Replace(eras.Groups["to"].Value, "").Trim(), bce: false) is (_, int newest)
                ? (oldest, newest)
                : (null, null);
        }

        bool bce = Bce().IsMatch(text);
        text = Era().Replace(text, "").Trim();
        if (Bound().Match(text) is { Success: true } bound && One(bound.Groups["rest"].Value, bce) is (int first, int last))
        {
            return bound.Groups["before"].Success ? (null, last) : (first, null);
        }

        if (One(text, bce) is (int one, int end))
        {
            return (one, end);
        }

        return Range().Match(text) is { Success: true } range ? Between(range.Groups["from"].Value, range.Groups["to"].Value, bce) : (null, null);
    }

    private static (int? Earliest, int? Latest) Between(string from, string to, bool bce)
    {
        // 1503–06 and 1640/5 leave out the digits that stay.
        if (Year().IsMatch(from) && ShortYear().IsMatch(to) && to.Length < from.Length && !bce)
        {
            string whole = from[..^to.Length] + to;
            if (Number(whole) < Number(from) && Number(to) is >= 1 and <= Months)
            {
                return (Number(from), Number(from)); // 1896-04 is a month
            }

            to = whole;
        }
        else if (to.Contains("century", StringComparison.Ordinal) && Ordinal().IsMatch(from))
        {
            from += " century"; // 18th–19th century
        }

        return One(from, bce) is (int earliest, _) && One(to, bce) is (_, int latest) && earliest <= latest ? (earliest, latest) : (null, null);
    }

    /// <summary>The years that one expression means: a year, a day, a decade or a century.</summary>
    private static (int First, int Last)? One(string text, bool bce)
    {
        if (Year().Match(text) is { Success: true } year)
        {
            return Sided(Number(year.Groups["y"].Value), bce);
        }

        if (Day().Match(text) is { Success: true } day)
        {
            return Sided(Number(day.Groups["y"].Value), bce);
        }

        if (Decade().Match(text) is { Success: true } decade)
        {
            int start = Number(decade.Groups["y"].Value), length = start % 100 == 0 && decade.Groups["part"].Success ? 100 : 10;
            return bce || start == 0 ? null : Part(decade.Groups["part"].Value, start, start + length - 1);
        }

        if (Century().Match(text) is { Success: true } century)
        {
            int number = Number(century.Groups["n"].Value);
            (int first, int last) = bce ? (-100 * number, (-100 * number) + 99) : ((100 * number) - 99, 100 * number);
            return number is >= 1 and <= 99 ? Part(century.Groups["part"].Value, first, last) : null;
        }

        return null;

        static (int, int)? Sided(int value, bool bce) => value is < 0 or > LastYear || (bce && value == 0) ? null : bce ? (-value, -value) : (value, value);
    }

    /// <summary>The part of a span that words such as <c>early</c> or <c>second half of the</c> mean.</summary>
    private static (int First, int Last) Part(string words, int first, int last)
    {
        int length = last - first + 1;
        return words.Trim() switch
        {
            "" => (first, last),
            "early" or "beginning of" or "beginning of the" => (first, first + (length * 2 / 5) - 1),
            "mid" or "mid-" or "middle of" or "middle of the" => (first + (length * 3 / 10), first + (length * 7 / 10) - 1),
            "late" or "end of" or "end of the" => (last - (length * 2 / 5) + 1, last),
            string half when half.StartsWith("first half", StringComparison.Ordinal) || half.StartsWith("1st half", StringComparison.Ordinal) => (first, first + (length / 2) - 1),
            string half when half.Contains("half", StringComparison.Ordinal) => (first + (length / 2), last),
            string quarter => Quarter(quarter, first, length),
        };
    }

    private static (int First, int Last) Quarter(string words, int first, int length)
    {
        int place = words switch
        {
            _ when words.StartsWith("first", StringComparison.Ordinal) || words.StartsWith("1st", StringComparison.Ordinal) => 0,
            _ when words.StartsWith("second", StringComparison.Ordinal) || words.StartsWith("2nd", StringComparison.Ordinal) => 1,
            _ when words.StartsWith("third", StringComparison.Ordinal) || words.StartsWith("3rd", StringComparison.Ordinal) => 2,
            _ => 3,
        };
        return (first + (length * place / 4), first + (length * (place + 1) / 4) - 1);
    }

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : int.MaxValue;

    /// <summary>Lower case, one kind of dash, without brackets, doubts and words for about; German and French centuries in English.</summary>
    private static string Simplify(string text)
    {
        string simple = text.Trim().ToLowerInvariant().Replace('–', '-').Replace('—', '-').Replace('‒', '-').Replace('−', '-').Replace('’', '\'');
        simple = Brackets().Replace(simple, "");
        simple = ForeignCentury().Replace(simple, "${n}th century");
        simple = About().Replace(simple, " ");
        simple = Spaces().Replace(simple, " ").Trim(' ', '.', ',', ';');
        return WholeDecimal().Replace(simple, "${y}");
    }

    [GeneratedRegex(@"[\[\]()?]|\bsic\b")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"\b(?<n>\d{1,2})(?:\.|e|ème|eme)? ?(?:jahrhundert|jh\.?|jhdt?\.?|siècle|siecle|s\.(?= |$)|eeuw|secolo)")]
    private static partial Regex ForeignCentury();

    [GeneratedRegex(@"(?:^|(?<=[\s-]))(?:circa|approximately|approx\.?|about|around|probably|possibly|perhaps|ca\.?|c\.?|um|vers|v\.|ungefähr|etwa|dated|the|in|year)(?=[\s\d])", RegexOptions.CultureInvariant)]
    private static partial Regex About();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^(?<y>-?\d{1,4})[.,]0+$")]
    private static partial Regex WholeDecimal();

    [GeneratedRegex(@"\b(?:b\.? ?c\.? ?e?\.?|v\. ?chr\.?|av\. ?j\.?-?c\.?)(?=\W|$)")]
    private static partial Regex Bce();

    [GeneratedRegex(@"\b(?:b\.? ?c\.? ?e?\.?|a\.? ?d\.?|c\. ?e\.?|ce|v\. ?chr\.?|n\. ?chr\.?|av\. ?j\.?-?c\.?|ap\. ?j\.?-?c\.?)(?=\W|$)")]
    private static partial Regex Era();

    [GeneratedRegex(@"^(?<from>.*\d.*?(?:b\.? ?c\.? ?e?\.?|v\. ?chr\.?)) ?(?:-|to|and|/) ?(?<to>.*(?:a\.? ?d\.?|\bc\.? ?e\.?|n\. ?chr\.?).*)$")]
    private static partial Regex TwoEras();

    [GeneratedRegex(@"^(?:(?<before>before|by|until|not after|no later than|vor|bis|avant|ante)|after|from|since|not before|no earlier than|nach|ab|seit|après|post) (?<rest>[^-]+?)$")]
    private static partial Regex Bound();

    [GeneratedRegex(@"^(?:between |from |zwischen |von |entre )?(?<from>.+?) ?(?:-|/|,| to | and | or | und | bis | oder | et | ou |until) ?(?<to>[^-/]+)$")]
    private static partial Regex Range();

    [GeneratedRegex(@"^(?<y>\d{1,4})$")]
    private static partial Regex Year();

    [GeneratedRegex(@"^\d{1,3}$")]
    private static partial Regex ShortYear();

    [GeneratedRegex(@"^(?:(?<y>\d{4})-\d{1,2}-\d{1,2}(?:[t ].*)?|\d{1,2}[./]\d{1,2}[./](?<y>\d{4})|(?:\d{1,2}\.? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|spring|summer|autumn|fall|winter)\p{L}*\.?(?: \d{1,2},?)?,? (?<y>\d{4}))$")]
    private static partial Regex Day();

    [GeneratedRegex(@"^(?:(?<part>early|mid|late)[ -])?(?<y>\d{2,3}0)'?s$")]
    private static partial Regex Decade();

    [GeneratedRegex(@"^(?:(?<part>early|mid|late|beginning of|middle of|end of|(?:first|second|1st|2nd|latter|last) half(?: of)?|(?:first|second|third|fourth|last|1st|2nd|3rd|4th) quarter(?: of)?)[ -])?(?<n>\d{1,2})(?:st|nd|rd|th)?[ -](?:century|cent\.?|c\.?)$")]
    private static partial Regex Century();

    [GeneratedRegex(@"\d(?:st|nd|rd|th)$")]
    private static partial Regex Ordinal();
}
