using System.Reflection;
using System.Text.RegularExpressions;

namespace ArtSimilarity.Docs.Tests;

/// <summary>A page of the documentation: its C# fences, links and headings.</summary>
internal sealed partial class MarkdownFile
{
    private readonly string[] lines;

    private MarkdownFile(string path)
    {
        FullPath = path;
        Path = System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/');
        lines = File.ReadAllLines(path);
    }

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = typeof(MarkdownFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The path in the repository, with forward slashes.</summary>
    public string Path { get; }

    public string FullPath { get; }

    /// <summary>All pages of the repository, by path.</summary>
    public static IEnumerable<MarkdownFile> All() =>
        Directory.EnumerateFiles(Root, "*.md", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(path => !BuildFolder().IsMatch(System.IO.Path.GetRelativePath(Root, path)))
            .Order(StringComparer.Ordinal)
            .Select(path => new MarkdownFile(path));

    public static MarkdownFile Read(string path) => new(System.IO.Path.Combine(Root, path));

    /// <summary>The fences whose language is C#.</summary>
    public IEnumerable<Snippet> Snippets()
    {
        for (int i = 0; i < lines.Length; i++)
        {
            Match open = Fence().Match(lines[i]);
            if (!open.Success)
            {
                continue;
            }

            int begin = i + 1;
            for (i = begin; i < lines.Length && lines[i].Trim() != open.Groups["fence"].Value; i++)
            {
            }

            string information = open.Groups["information"].Value.Trim();
            if (information.StartsWith("csharp", StringComparison.Ordinal))
            {
                yield return new Snippet(Path, begin + 1, information["csharp".Length..].Trim(), string.Join('\n', lines[begin..i]));
            }
        }
    }

    /// <summary>The targets of links and images, and the lines they are on. Code is left out.</summary>
    public IEnumerable<(int Line, string Target)> Links()
    {
        foreach ((int line, string text) in Prose())
        {
            foreach (Match link in Link().Matches(InlineCode().Replace(text, "")))
            {
                yield return (line, link.Groups["target"].Value);
            }
        }
    }

    /// <summary>The paths of the repository that stand in the text as code, and the lines they are on.</summary>
    public IEnumerable<(int Line, string Named)> NamedFiles() =>
        from line in Prose()
        from Match code in InlineCode().Matches(line.Text)
        let named = code.Value.Trim('`')
        where RepositoryPath().IsMatch(named)
        select (line.Line, named);

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public ISet<string> Anchors()
    {
        var anchors = new HashSet<string>();
        foreach ((_, string text) in Prose())
        {
            if (Heading().Match(text) is { Success: true } heading)
            {
                string title = Link().Replace(heading.Groups["title"].Value, "${text}");
                anchors.Add(NotInAnchors().Replace(title.Trim().ToLowerInvariant(), "").Replace(' ', '-'));
            }
        }

        return anchors;
    }

    private IEnumerable<(int Line, string Text)> Prose()
    {
        string? fence = null;
        for (int i = 0; i < lines.Length; i++)
        {
            if (fence is not null)
            {
                fence = lines[i].Trim() == fence ? null : fence;
            }
            else if (Fence().Match(lines[i]) is { Success: true } open)
            {
                fence = open.Groups["fence"].Value;
            }
            else
            {
                yield return (i + 1, lines[i]);
            }
        }
    }

    [GeneratedRegex(@"(^|[/\\])(bin|obj|BenchmarkDotNet\.Artifacts)[/\\]")]
    private static partial Regex BuildFolder();

    [GeneratedRegex("^ *(?<fence>`{3,})(?<information>.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^(src|tests|tools|docs|eng|benchmarks|samples)/[\w./-]+$")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"!?\[(?<text>[^\]]*)\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<title>.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\-_ ]")]
    private static partial Regex NotInAnchors();
}
