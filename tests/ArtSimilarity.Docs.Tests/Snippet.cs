namespace ArtSimilarity.Docs.Tests;

/// <summary>A C# fence: the page, its first line of code, what stands behind <c>csharp</c>, and the code.</summary>
internal sealed record Snippet(string Path, int Line, string Mark, string Code)
{
    private const string NoCompile = "no-compile";

    public bool IsCompiled => !Mark.StartsWith(NoCompile, StringComparison.Ordinal);

    /// <summary>Why the fence is not compiled: what follows <c>no-compile</c>.</summary>
    public string Reason => IsCompiled ? "" : Mark[NoCompile.Length..].TrimStart(':', ' ');
}
