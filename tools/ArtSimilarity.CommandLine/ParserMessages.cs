using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace ArtSimilarity.CommandLine;

/// <summary>The parser's messages for whoever typed the line: without .NET types, with the range that a number may have.</summary>
public static partial class ParserMessages
{
    /// <summary>The message, said anew where the parser names a type.</summary>
    public static string Plain(string message)
    {
        Match choice = WrongChoice().Match(message);
        if (choice.Success)
        {
            string[] words = [.. choice.Groups["word"].Captures.Select(word => word.Value)];
            IReadOnlyList<string> near = NearestWord.Find(choice.Groups["text"].Value, words);
            return $"'{choice.Groups["text"].Value}' is none of {string.Join(", ", words)}{(near.Count > 0 ? $"; did you mean '{near[0]}'?" : ".")}";
        }

        Match match = WrongType().Match(message);
        if (!match.Success)
        {
            return message;
        }

        string text = match.Groups["text"].Value, name = match.Groups["name"].Value;
        return match.Groups["type"].Value switch
        {
            "System.Int32" => Whole(name, text, int.MaxValue),
            "System.Int64" => Whole(name, text, long.MaxValue),
            "System.Double" => $"{name} takes a number, not '{text}'.",
            _ => $"{name} cannot be '{text}'.",
        };
    }

    private static string Whole(string name, string text, long largest) =>
        !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number) ? $"{name} takes a whole number, not '{text}'."
        : number > 0 ? string.Create(CultureInfo.InvariantCulture, $"{name} takes a whole number of at most {largest}, not '{text}'.")
        : $"{name} takes no number as small as '{text}'.";

    [GeneratedRegex(@"^Argument '(?<text>.*)' not recognized\. Must be one of:(\s+'(?<word>[^']*)')+\s*$", RegexOptions.Singleline)]
    private static partial Regex WrongChoice();

    [GeneratedRegex(@"^Cannot parse argument '(?<text>.*)' for (option|command) '(?<name>[^']+)' as expected type '(System\.Nullable`1\[)?(?<type>[\w.]+)\]?'\.$", RegexOptions.Singleline)]
    private static partial Regex WrongType();
}
