using System.Collections.Concurrent;
using ArtSimilarity.Duplicates;
using ArtSimilarity.Graphs;
using ArtSimilarity.Guesses;
using ArtSimilarity.Recognition;

namespace SimArt.Collections;

/// <summary>The gallery that is shown, its feature spaces, and what is worked out from it once: maps, graphs, guessers.</summary>
internal sealed class Collection(
    Gallery gallery, IImageDecoder decoder, IImageOpener opener, IReadOnlyList<SearchSpace> spaces, GalleryBrowser browser, IOptions<SimArtOptions> options)
{
    private readonly ConcurrentDictionary<(string Kind, string Space), (int Works, Lazy<Task> Task)> _derived = [];

    public Gallery Gallery => gallery;

    public IImageDecoder Decoder => decoder;

    public IImageOpener Opener => opener;

    public IReadOnlyList<SearchSpace> Spaces => spaces;

    public string Name { get; } = options.Value.Name ?? "SimArt";

    public PaintingIdentifier Identifier { get; } = new(gallery, decoder, opener);

    /// <summary>How copies of one work are told, to be folded under one result.</summary>
    public DuplicateOptions DuplicateOptions { get; } = new() { Verifier = new AlignmentVerifier(decoder, opener) };

    /// <summary>The works as they are, or were a second ago.</summary>
    public ValueTask<BrowsedWorks> WorksAsync(CancellationToken cancellationToken) => browser.CurrentAsync(cancellationToken);

    /// <summary>The space of an id; the first for none.</summary>
    /// <exception cref="ApiException">There is no such space.</exception>
    public SearchSpace SpaceOf(string? id, string field = "space") =>
        string.IsNullOrEmpty(id) ? spaces[0] : spaces.FirstOrDefault(space => space.Id == id)
            ?? throw ApiException.BadRequest($"There is no feature space '{Shown.Text(id)}'; there are {string.Join(", ", spaces.Select(space => space.Id))}.", field);

    /// <summary>The work of a key.</summary>
    /// <exception cref="ApiException">There is no such work.</exception>
    public async Task<BrowsedWork> WorkOfAsync(string? key, CancellationToken cancellationToken, string field = "key")
    {
        if (string.IsNullOrEmpty(key))
        {
            throw ApiException.BadRequest("The key of a work is missing.", field);
        }

        return (await browser.CurrentAsync(cancellationToken)).Find(key)
            ?? throw ApiException.NotFound($"The gallery has no work '{Shown.Text(key)}'.", field);
    }

    /// <summary>Opens the picture of a work.</summary>
    /// <exception cref="ApiException">The work has no picture.</exception>
    public async Task<ImageSource> OpenPictureAsync(Painting work, CancellationToken cancellationToken) =>
        await opener.OpenAsync(work.ImageUri ?? throw ApiException.NotFound($"The work '{Shown.Text(work.Key)}' has no picture.", "key"), null, cancellationToken);

    /// <summary>The map of a space. It is computed at the first call, which takes about a minute for 10,000 works, and kept with the gallery.</summary>
    public Task<GalleryMap> MapAsync(SearchSpace space, CancellationToken cancellationToken) =>
        DerivedAsync("map", space, ct => GalleryMap.OpenAsync(gallery, new GalleryMapOptions { Space = space.Space }, null, ct), cancellationToken);

    /// <summary>The graph that paths are found in.</summary>
    public Task<NeighborGraph> GraphAsync(SearchSpace space, int neighbors, CancellationToken cancellationToken) =>
        DerivedAsync($"graph {neighbors}", space, ct => NeighborGraphBuilder.BuildAsync(gallery, new NeighborGraphOptions { Space = space.Space, NeighborCount = neighbors }, null, ct), cancellationToken);

    /// <summary>Guesses a field by the neighbours; <see langword="null"/> where fewer than two works have such a label.</summary>
    public Task<LabelGuesser?> GuesserAsync(SearchSpace space, string field, CancellationToken cancellationToken) =>
        DerivedAsync<LabelGuesser?>("guess " + field, space, async ct =>
        {
            try
            {
                return await LabelGuesser.MeasureAsync(gallery, field, new LabelGuesserOptions { Spaces = [space.Space], HeldOutCount = 300 }, ct);
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }, cancellationToken);

    /// <summary>Works something out once for as long as the number of works stays. One caller that goes away does not stop it for the others.</summary>
    private async Task<T> DerivedAsync<T>(string kind, SearchSpace space, Func<CancellationToken, Task<T>> create, CancellationToken cancellationToken)
    {
        int works = (await browser.CurrentAsync(cancellationToken)).Works.Count;
        (int Works, Lazy<Task> Task) made = _derived.AddOrUpdate((kind, space.Id), _ => New(), (_, old) => old.Works == works && !old.Task.Value.IsFaulted ? old : New());
        return await ((Task<T>)made.Task.Value).WaitAsync(cancellationToken);

        (int Works, Lazy<Task> Task) New() => (works, new Lazy<Task>(() => Task.Run(() => create(CancellationToken.None), CancellationToken.None)));
    }
}
