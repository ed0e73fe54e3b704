using System.Globalization;
using Xunit;

namespace ArtSimilarity.Docs.Tests;

public sealed class SnippetTests
{
    public static TheoryData<string> Pages() => [.. MarkdownFile.All().Where(page => page.Snippets().Any()).Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_C_sharp_of_a_page_compiles(string path)
    {
        string[] errors = [.. MarkdownFile.Read(path).Snippets().Where(snippet => snippet.IsCompiled).SelectMany(SnippetCompiler.Compile)];
        Assert.True(errors.Length == 0, string.Join('\n', errors));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_fence_that_is_not_compiled_says_why_and_no_other_mark_is_known(string path)
    {
        string[] wrong = [.. MarkdownFile.Read(path).Snippets()
            .Where(snippet => snippet.IsCompiled ? snippet.Mark.Length > 0 : snippet.Reason.Length == 0)
            .Select(snippet => string.Create(CultureInfo.InvariantCulture, $"{snippet.Path}:{snippet.Line - 1}: write ```csharp, or ```csharp no-compile: REASON, not ```csharp {snippet.Mark}"))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void The_packages_READMEs_and_the_main_one_are_among_the_pages()
    {
        string[] pages = [.. Pages().Select(row => row.Data)];
        Assert.Contains("README.md", pages);
        Assert.Contains("src/ArtSimilarity/README.md", pages);
        Assert.Contains("src/ArtSimilarity.Training/README.md", pages);
    }

    [Fact]
    public void An_error_names_the_page_and_its_line()
    {
        var snippet = new Snippet("page.md", 12, "", "int one = 1;\nstring two = one;");
        string error = Assert.Single(SnippetCompiler.Compile(snippet));
        Assert.StartsWith("page.md:13: CS0029 ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snippet_with_using_directives_stands_by_itself()
    {
        var snippet = new Snippet("page.md", 1, "", "using System.Text;\nservices.AddArtSimilarity();");
        Assert.Contains("CS0103", Assert.Single(SnippetCompiler.Compile(snippet)), StringComparison.Ordinal);
    }
}
