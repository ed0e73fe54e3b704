using ArtSimilarity;
using ArtSimilarity.Duplicates;
using ArtSimilarity.Galleries;
using ArtSimilarity.Graphs;
using ArtSimilarity.Guesses;
using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;
using Microsoft.Extensions.Options;
using SimArt.Api;

namespace SimArt.Collections;

/// <summary>The gallery that is shown, its feature spaces, and what is worked out from it once: maps, graphs, guessers.</summary>
internal sealed class Collection(
    Gallery gallery, IImageDecoder decoder, IImageOpener opener, IReadOnlyList<SearchSpace> spaces, Catalogue catalogue, IOptions<SimArtOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Space, int Works), Task> _derived = [];

    public Gallery Gallery => gallery;

    public IImageDecoder Decoder => decoder;

    public IImageOpener Opener => opener;

    public IReadOnlyList<SearchSpace> Spaces => spaces;

    public Catalogue Catalogue => catalogue;

    public string Name { get; } = options.Value.Name ?? "SimArt";

    public PaintingIdentifier Identifier { get; } = new(gallery, decoder, opener);

    public IDuplicateVerifier DuplicateVerifier { get; } = new AlignmentVerifier(decoder, opener);

    /// <summary>The space of an id; the first for none.</summary>
    /// <exception cref="ApiException">There is no such space.</exception>
    public SearchSpace SpaceOf(string? id, string field = "space") =>
        string.IsNullOrEmpty(id) ? spaces[0] : spaces.FirstOrDefault(space => space.Id == id)
            ?? throw ApiException.BadRequest($"There is no feature space '{Shown.Text(id)}'; there are {string.Join(", ", spaces.Select(space => space.Id))}.", field);

    /// <summary>The work of a key.</summary>
    /// <exception cref="ApiException">There is no such work.</exception>
    public async Task<CatalogueWork> WorkOfAsync(string? key, CancellationToken cancellationToken, string field = "key")
    {
        if (string.IsNullOrEmpty(key))
        {
            throw ApiException.BadRequest("The key of a work is missing.", field);
        }

        return (await catalogue.CurrentAsync(cancellationToken)).Find(key)
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
    public Task<NeighborGraph> GraphAsync(SearchSpace space, CancellationToken cancellationToken) =>
        DerivedAsync("graph", space, ct => NeighborGraphBuilder.BuildAsync(gallery, new NeighborGraphOptions { Space = space.Space }, null, ct), cancellationToken);

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
        int works = (await catalogue.CurrentAsync(cancellationToken)).Works.Count;
        Task<T> task;
        lock (_lock)
        {
            if (!_derived.TryGetValue((kind, space.Id, works), out Task? known) || known.IsFaulted || known.IsCanceled)
            {
                foreach ((string Kind, string Space, int Works) old in _derived.Keys.Where(key => key.Kind == kind && key.Space == space.Id).ToArray())
                {
                    _derived.Remove(old);
                }

                _derived[(kind, space.Id, works)] = known = Task.Run(() => create(CancellationToken.None), CancellationToken.None);
            }

            task = (Task<T>)known;
        }

        return await task.WaitAsync(cancellationToken);
    }
}
