using System.Numerics;
using System.Text.RegularExpressions;

namespace ArtSimilarity.CommandLine;

/// <summary>The parser's messages for whoever typed the line: without .NET types, with the range that a number may have.</summary>
public static partial class ParserMessages
{
    /// <summary>The message, said anew where the parser names a type.</summary>
    public static string Plain(string message)
    {
        Match match = WrongType().Match(message);
        if (!match.Success)
        {
            return message;
        }

        string text = match.Groups["text"].Value, name = match.Groups["name"].Value;
        return match.Groups["type"].Value switch
        {
            "System.Int32" => $"{name} takes a whole number{Limit(text, int.MaxValue)}, not '{text}'.",
            "System.Int64" => $"{name} takes a whole number{Limit(text, long.MaxValue)}, not '{text}'.",
            "System.Double" => $"{name} takes a number, not '{text}'.",
            _ => $"{name} cannot be '{text}'.",
        };
    }

    private static string Limit(string text, long largest) =>
        BigInteger.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _)
            ? $" from {-largest - 1} to {largest}" : "";

    [GeneratedRegex(@"^Cannot parse argument '(?<text>.*)' for (option|command) '(?<name>[^']+)' as expected type '(System\.Nullable`1\[)?(?<type>[\w.]+)\]?'\.$", RegexOptions.Singleline)]
    private static partial Regex WrongType();
}
