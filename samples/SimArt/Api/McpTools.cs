using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace SimArt.Api;

/// <summary>Search, identify and explain for programs that talk the Model Context Protocol.</summary>
[McpServerToolType]
internal sealed class McpTools(Collection collection, QueryBuilder builder, Explainer explainer, Uploads uploads, Workshop workshop)
{
    [McpServerTool(Name = "search", ReadOnly = true), Description("Finds works of the gallery that look like some works and unlike others.")]
    public Task<SearchAnswer> SearchAsync(
        [Description("Keys of works that the results are to look like.")] string[] like,
        CancellationToken cancellationToken,
        [Description("Keys of works that they are not to look like.")] string[]? unlike = null,
        [Description("How many works to return, 1 to 200.")] int k = 10,
        [Description("The feature space; the first where none is named.")] string? space = null,
        [Description("Only works in whose title, artist or other data all these words occur.")] string? words = null) => Told(() => SearchEndpoints.SearchAsync(
            new SearchRequest
            {
                Parts = [.. like.Select(key => new SearchPart(key, null, null)), .. (unlike ?? []).Select(key => new SearchPart(key, null, null, Unwanted: true))],
                K = k,
                Spaces = space is null ? null : [new SpaceChoice(space)],
                Filter = new WorkFilter { Q = words },
            },
            collection,
            builder,
            workshop,
            cancellationToken));

    [McpServerTool(Name = "find_works", ReadOnly = true), Description("Finds works by words in their title, artist and other data. Returns their keys.")]
    public Task<WorksAnswer> FindAsync([Description("The words; all must occur.")] string words, CancellationToken cancellationToken, int limit = 20) => Told(async () =>
    {
        BrowsedWork[] found = [.. (await collection.WorksAsync(cancellationToken)).Select(FilterQuery.ToWorkQuery(new WorkFilter { Q = words }))];
        return new WorksAnswer(found.Length, 0, [.. found.Take(Math.Clamp(limit, 1, 200)).Select(Shown.Work)]);
    });

    [McpServerTool(Name = "identify", ReadOnly = true), Description("Says which work a photograph shows, or that it shows none of the gallery.")]
    public Task<IdentifyAnswer> IdentifyAsync([Description("The id of a photograph that was uploaded to /api/v1/uploads.")] string upload, CancellationToken cancellationToken) =>
        Told(() => SearchEndpoints.IdentifyAsync(new IdentifyRequest(upload, null), collection, uploads, workshop, cancellationToken));

    [McpServerTool(Name = "explain", ReadOnly = true), Description("Says what each place of two works adds to their similarity.")]
    public Task<ExplainAnswer> ExplainAsync([Description("The key of a work.")] string a, [Description("The key of another.")] string b, CancellationToken cancellationToken, string? space = null) =>
        Told(() => explainer.ExplainAsync(new ExplainRequest(new PictureReference(a, null, null), new PictureReference(b, null, null), space), cancellationToken));

    /// <summary>What is wrong with a request is for its sender to read.</summary>
    private static async Task<T> Told<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (ApiException e)
        {
            throw new McpException(e.Message);
        }
    }
}
