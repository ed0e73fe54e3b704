using System.Text;
using System.Text.RegularExpressions;
using ArtSimilarity.Files;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>
/// A pattern for names: <c>*</c> and <c>?</c> stand for characters other than a slash, <c>**</c> for any. Brackets stand
/// for themselves: names of pictures have them. Without a slash it means the
/// name of a file or a folder wherever that lies, with one the path relative to the folder searched.
/// </summary>
internal sealed class GlobPattern
{
    private readonly Regex _regex;
    private readonly bool _isPath;

    public GlobPattern(string pattern)
    {
        Text = pattern;
        string normal = pattern.Replace('\\', '/').TrimEnd('/');
        _isPath = normal.Contains('/', StringComparison.Ordinal);
        var regex = new StringBuilder("^");
        normal = normal.TrimStart('/');
        for (int i = 0; i < normal.Length; i++)
        {
            if (normal.AsSpan(i).StartsWith("**/"))
            {
                regex.Append("(?:.*/)?");
                i += 2;
            }
            else if (normal.AsSpan(i).StartsWith("**"))
            {
                regex.Append(".*");
                i++;
            }
            else
            {
                regex.Append(normal[i] switch
                {
                    '*' => "[^/]*",
                    '?' => "[^/]",
                    char c => Regex.Escape(c.ToString()),
                });
            }
        }

        // In time linear in the name, whatever the pattern.
        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
        _regex = new Regex(regex.Append("\\z").ToString(), RealPath.Comparison == StringComparison.Ordinal ? options : options | RegexOptions.IgnoreCase);
    }

    /// <summary>The pattern as it was given.</summary>
    public string Text { get; }

    /// <param name="relativePath">The path relative to the folder searched, with forward slashes.</param>
    /// <param name="name">Its last part.</param>
    public bool Matches(string relativePath, string name) => _regex.IsMatch(_isPath ? relativePath : name);
}
