namespace ArtSimilarity.CommandLine;

/// <summary>Text that a shell takes as one word.</summary>
public static class ShellText
{
    /// <summary>The text in quotes where a shell would otherwise read more into it.</summary>
    public static string Quote(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '/' or '\\' or '.' or '-' or '_' or ':' or '=' or ',' or '+' or '@'))
        {
            return OperatingSystem.IsWindows() || !text.Contains('\\', StringComparison.Ordinal) ? text : $"'{text}'";
        }

        return OperatingSystem.IsWindows() ? $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>A key or a file as the first argument of a command: one that begins with a dash follows <c>--</c>.</summary>
    public static string Argument(string text) => text.StartsWith('-') ? $"-- {Quote(text)}" : Quote(text);
}
