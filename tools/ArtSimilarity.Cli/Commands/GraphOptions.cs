using System.CommandLine;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Graphs;

namespace ArtSimilarity.Cli.Commands;

/// <summary>The options of the commands that build the graph of a gallery, and the graph they ask for.</summary>
internal sealed class GraphOptions
{
    private readonly Option<string> _gallery = CommonOptions.Gallery();
    private readonly Option<int> _k;
    private readonly Option<string?> _model = CommonOptions.Model($"The model to compare by, one the gallery was indexed with: {ModelReference.Help} The default is the gallery's own.");
    private readonly Option<bool> _exact = new("--exact") { Description = "Compare every work with every other instead of asking the approximate index." };
    private readonly Option<int> _parallelism = CommonOptions.Parallelism();
    private readonly FilterOptions? _filter;

    /// <param name="neighbors">How many neighbours each work has by default.</param>
    /// <param name="hasFilter">Whether the graph may be that of a selection.</param>
    public GraphOptions(int neighbors, bool hasFilter = true)
    {
        _filter = hasFilter ? new FilterOptions() : null;
        _k = CommonOptions.AtLeastOne("-k", "How many nearest neighbours each work has.", "N");
        _k.Aliases.Add("--k");
        _k.DefaultValueFactory = _ => neighbors;
        _parallelism.Description = "How many searches to run at the same time.";
    }

    public void AddTo(Command command)
    {
        command.Add(_gallery);
        command.Add(_k);
        _filter?.AddTo(command);
        foreach (Option option in (Option[])[_model, _exact, _parallelism])
        {
            command.Add(option);
        }
    }

    public string GalleryPath(ParseResult parsed) => parsed.GetRequiredValue(_gallery);

    public Task<OpenGallery> OpenAsync(CliConsole console, ParseResult parsed, CancellationToken cancellationToken) =>
        OpenGallery.ForReadingAsync(console, GalleryPath(parsed), parsed.GetValue(_model), cancellationToken);

    /// <summary>Builds the graph, with a line on the error stream every few seconds.</summary>
    public async Task<NeighborGraph> BuildAsync(CliConsole console, ParseResult parsed, OpenGallery gallery, CancellationToken cancellationToken)
    {
        PaintingFilter filter = _filter?.Filter(parsed) ?? new PaintingFilter();
        await FilterOptions.ThrowIfUnknownAsync(gallery.Store, filter, cancellationToken);
        bool exact = parsed.GetValue(_exact);
        var options = new NeighborGraphOptions
        {
            NeighborCount = parsed.GetValue(_k),
            Filter = filter.IsEmpty ? null : filter,
            Space = await gallery.SpaceAsync(cancellationToken),
            Quality = exact ? 1 : null,
            MaxDegreeOfParallelism = parsed.GetValue(_parallelism),
        };
        if (!exact)
        {
            await gallery.PrepareAsync(console, options.Space, cancellationToken);
        }

        return await NeighborGraphBuilder.BuildAsync(gallery.Gallery, options, SlowProgress.Of(console, "Finding neighbours"), cancellationToken);
    }

    /// <summary>The index of a work that must be in the graph.</summary>
    /// <exception cref="CommandFailedException">It is not.</exception>
    public static async Task<int> IndexOfAsync(NeighborGraph graph, string key, IGalleryStore store, CancellationToken cancellationToken) =>
        graph.IndexOf(key) ?? throw new CommandFailedException((await store.FindAsync([key], cancellationToken)).Count == 0
            ? $"'{key}' is not the key of a work in the gallery."
            : $"the work '{key}' is not in the graph: it does not pass the filter, or has no signature of this model.");
}
