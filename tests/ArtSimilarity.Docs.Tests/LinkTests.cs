using System.Globalization;
using Xunit;

namespace ArtSimilarity.Docs.Tests;

public sealed class LinkTests
{
    public static TheoryData<string> Pages() => [.. MarkdownFile.All().Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_relative_link_of_a_page_leads_to_something(string path)
    {
        MarkdownFile page = MarkdownFile.Read(path);
        string[] broken = [.. page.Links()
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !Leads(page, link.Target))
            .Select(link => string.Create(CultureInfo.InvariantCulture, $"{path}:{link.Line}: {link.Target}"))];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_file_that_a_page_names_is_there(string path)
    {
        string[] missing = [.. MarkdownFile.Read(path).NamedFiles()
            .Where(file => !Path.Exists(Path.Combine(MarkdownFile.Root, file.Named)))
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{path}:{file.Line}: {file.Named}"))];
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }

    [Fact]
    public void Named_files_are_found() =>
        Assert.Contains(MarkdownFile.Read("docs/how-to-extend.md").NamedFiles(), file => file.Named == "src/ArtSimilarity/Metrics/SimilarityMetrics.cs");

    [Fact]
    public void Links_are_found_and_a_missing_file_or_heading_is_noticed()
    {
        MarkdownFile readme = MarkdownFile.Read("README.md");
        Assert.Contains(readme.Links(), link => link.Target == "CONTRIBUTING.md");
        Assert.True(Leads(readme, "CONTRIBUTING.md"));
        Assert.True(Leads(readme, "docs"));
        Assert.True(Leads(readme, "docs/architecture.md#packages"));
        Assert.False(Leads(readme, "docs/no-such-page.md"));
        Assert.False(Leads(readme, "docs/architecture.md#no-such-heading"));
        Assert.False(Leads(readme, "#no-such-heading"));
    }

    private static bool Leads(MarkdownFile page, string target)
    {
        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? page.FullPath : Path.Combine(Path.GetDirectoryName(page.FullPath)!, Uri.UnescapeDataString(parts[0]));
        return Path.Exists(file)
            && (parts.Length == 1 || !file.EndsWith(".md", StringComparison.Ordinal)
                || MarkdownFile.Read(Path.GetRelativePath(MarkdownFile.Root, file)).Anchors().Contains(parts[1]));
    }
}
