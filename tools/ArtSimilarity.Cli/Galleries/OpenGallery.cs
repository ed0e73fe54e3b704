using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.Commands;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>
/// A gallery file and the model it is used with. The file remembers its model (property <c>model</c>), and which feature
/// space each model made (<c>model:</c> and the space), so that later commands need not be told.
/// </summary>
internal sealed class OpenGallery : IAsyncDisposable
{
    private const string DefaultModelProperty = "model";
    /// <summary>With fewer signatures searches are exact, and no index is built.</summary>
    public static readonly int ApproximateFrom = new GalleryOptions().ApproximateFrom;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    private readonly IFeatureExtractor? _extractor;
    private readonly TimeSpan? _loadTimeout;

    private OpenGallery(SqliteGalleryStore store, IFeatureExtractor? extractor, string model, int parallelism, InputLimits limits)
        : this(store, extractor is null ? [] : [extractor], model, parallelism, limits)
    {
    }

    private OpenGallery(SqliteGalleryStore store, IReadOnlyList<IFeatureExtractor> extractors, string model, int parallelism, InputLimits limits)
    {
        Store = store;
        Model = model;
        _extractor = extractors.Count > 0 ? extractors[0] : null;
        Decoder = limits.NewDecoder();
        _loadTimeout = limits.LoadTimeout;
        var options = new GalleryOptions { MaxDegreeOfParallelism = parallelism };
        limits.ApplyTo(options);
        Gallery = new Gallery(
            store,
            Decoder,
            extractors,
            new FastScanIndexProvider(new FastScanIndexOptions { MaxDegreeOfParallelism = parallelism }),
            options);
    }

    public SqliteGalleryStore Store { get; }

    public Gallery Gallery { get; }

    public NetVipsImageDecoder Decoder { get; }

    /// <summary>The model's name or absolute path.</summary>
    public string Model { get; }

    /// <summary>The spaces to search at once; empty where <see cref="Model"/> names the one.</summary>
    public IReadOnlyList<NamedSpace> Spaces { get; private init; } = [];

    /// <summary>Whether later commands use this model without being told.</summary>
    public async Task<bool> IsDefaultModelAsync(CancellationToken cancellationToken) => await DefaultModelAsync(Store, cancellationToken) == Model;

    /// <summary>The feature space of the loaded model.</summary>
    public FeatureSpace LoadedSpace => _extractor!.Space;

    /// <summary>Opens a gallery to add to, and creates it when there is none.</summary>
    public static async Task<OpenGallery> ForWritingAsync(CliConsole console, string path, string? model, int parallelism, InputLimits limits, CancellationToken cancellationToken)
    {
        // A model that cannot be used must not leave an empty gallery behind.
        string? wanted = model is null ? null : ModelReference.Normalize(model);
        string full = Path.GetFullPath(path);
        IFeatureExtractor? extractor = wanted is null && File.Exists(full) ? null : ModelReference.Load(wanted ?? ModelReference.Default, limits.LoadTimeout);
        OutputFolder.Create("--gallery", Path.GetDirectoryName(full)!);
        SqliteGalleryStore? store = null;
        try
        {
            store = Open(console, full, mustExist: false);
            string reference = wanted ?? await DefaultModelAsync(store, cancellationToken);
            extractor ??= ModelReference.Load(reference, limits.LoadTimeout);
            await store.SetPropertyAsync(SpaceProperty(extractor.Space), reference, cancellationToken);
            await store.RememberModelAsync(extractor.Space, ModelOrigin.Of(extractor), cancellationToken);
            if (await store.GetPropertyAsync(DefaultModelProperty, cancellationToken) is not string remembered
                || await IsSameModelMovedAsync(store, remembered, extractor.Space, cancellationToken))
            {
                await store.SetPropertyAsync(DefaultModelProperty, reference, cancellationToken);
            }

            return new OpenGallery(store, extractor, reference, parallelism, limits);
        }
        catch
        {
            (extractor as IDisposable)?.Dispose();
            if (store is not null)
            {
                await store.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Opens a gallery to add signatures to that were made elsewhere, and creates it when there is none.</summary>
    /// <param name="console">Told when the gallery was upgraded.</param>
    /// <param name="path">The gallery file.</param>
    /// <param name="space">The feature space of the signatures.</param>
    /// <param name="reference">What the gallery remembers as their model.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<OpenGallery> ForImportAsync(CliConsole console, string path, FeatureSpace space, string reference, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        OutputFolder.Create("--gallery", Path.GetDirectoryName(full)!);
        SqliteGalleryStore store = Open(console, full, mustExist: false);
        try
        {
            foreach (FeatureSpaceSummary summary in await store.GetFeatureSpacesAsync(cancellationToken))
            {
                if (summary.Space != space && await store.GetPropertyAsync(SpaceProperty(summary.Space), cancellationToken) == reference)
                {
                    throw new CommandFailedException($"the gallery {full} has signatures of {summary.Space.Dimensions} dimensions as {reference}, and these have {space.Dimensions}: say another --name.");
                }
            }

            await store.SetPropertyAsync(SpaceProperty(space), reference, cancellationToken);
            if (await store.GetPropertyAsync(DefaultModelProperty, cancellationToken) is null)
            {
                await store.SetPropertyAsync(DefaultModelProperty, reference, cancellationToken);
            }

            return new OpenGallery(store, [], reference, Environment.ProcessorCount, InputLimits.Default);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an existing gallery without loading its model.</summary>
    public static Task<OpenGallery> ForReadingAsync(CliConsole console, string path, string? model, CancellationToken cancellationToken) =>
        ForReadingAsync(console, path, model, InputLimits.Default, cancellationToken);

    /// <summary>Opens an existing gallery; its model is loaded only where the gallery cannot tell which space is that model's.</summary>
    public static Task<OpenGallery> ForReadingAsync(CliConsole console, string path, string? model, InputLimits limits, CancellationToken cancellationToken) =>
        ForReadingAsync(console, path, model, _ => ValueTask.FromResult(false), limits, cancellationToken);

    /// <summary>Opens an existing gallery, with its model loaded where it is needed.</summary>
    public static async Task<OpenGallery> ForReadingAsync(
        CliConsole console, string path, string? model, Func<IGalleryStore, ValueTask<bool>> needsModel, InputLimits limits, CancellationToken cancellationToken)
    {
        string? wanted = model is null ? null : ModelReference.Normalize(model);
        SqliteGalleryStore store = Open(console, path, mustExist: true);
        try
        {
            string reference = wanted ?? await DefaultModelAsync(store, cancellationToken);
            return new OpenGallery(store, await needsModel(store) ? ModelReference.Load(reference, limits.LoadTimeout) : null, reference, Environment.ProcessorCount, limits);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an existing gallery to search several of its spaces at once, with the models of those that count loaded where they are needed.</summary>
    /// <exception cref="CommandFailedException">A name stands for no space of the gallery, or a model is needed and is not there.</exception>
    public static async Task<OpenGallery> ForReadingAsync(
        CliConsole console, string path, IReadOnlyList<SpaceOption> spaces, Func<IGalleryStore, ValueTask<bool>> needsModels, InputLimits limits, CancellationToken cancellationToken)
    {
        SqliteGalleryStore store = Open(console, path, mustExist: true);
        List<IFeatureExtractor> extractors = [];
        try
        {
            IReadOnlyList<NamedSpace> found = await NamedSpace.FindAsync(store, space => store.GetPropertyAsync(SpaceProperty(space), cancellationToken).AsTask(), spaces, cancellationToken);
            if (await needsModels(store))
            {
                foreach (NamedSpace space in found.Where(space => space.Weight > 0))
                {
                    extractors.Add(ModelReference.Load(space.Model
                        ?? throw new CommandFailedException($"the gallery {store.FilePath} does not know which model made {space.Space}: search by the key of a work."), limits.LoadTimeout));
                }
            }

            string model = string.Join(" + ", found.Where(space => space.Weight > 0).Select(space => string.Create(CultureInfo.InvariantCulture, $"{space.Name} {space.Weight:0.###}")));
            return new OpenGallery(store, extractors, model, Environment.ProcessorCount, limits) { Spaces = found };
        }
        catch
        {
            extractors.ForEach(extractor => (extractor as IDisposable)?.Dispose());
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>The feature space that the model made in this gallery, without loading the model where the gallery knows.</summary>
    public async Task<FeatureSpace> SpaceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await Store.GetFeatureSpacesAsync(cancellationToken);
        if (held.Count == 0)
        {
            throw new CommandFailedException($"the gallery {Store.FilePath} is empty: add works with 'artsim index'.");
        }

        if (_extractor is not null && held.Any(summary => summary.Space == _extractor.Space))
        {
            return _extractor.Space;
        }

        foreach (FeatureSpaceSummary summary in held)
        {
            if (await ModelOfAsync(summary.Space, cancellationToken) == Model)
            {
                return summary.Space;
            }
        }

        if (ModelReference.IsImported(Model))
        {
            throw await NotIndexedAsync(held, cancellationToken);
        }

        // The same weights under another path are the same space: the file's content decides.
        IFeatureExtractor extractor = ModelReference.Load(Model, _loadTimeout);
        try
        {
            return held.Any(summary => summary.Space == extractor.Space)
                ? extractor.Space
                : throw await NotIndexedAsync(held, cancellationToken);
        }
        finally
        {
            (extractor as IDisposable)?.Dispose();
        }
    }

    /// <summary>The model that made a feature space of this gallery, or <see langword="null"/> when it was not made by this tool.</summary>
    public async Task<string?> ModelOfAsync(FeatureSpace space, CancellationToken cancellationToken) =>
        await Store.GetPropertyAsync(SpaceProperty(space), cancellationToken);

    /// <summary>
    /// Waits until the index is open and built, with a line on the error stream every few seconds: a process this short has no use for
    /// a build in the background.
    /// </summary>
    public async Task PrepareAsync(CliConsole console, FeatureSpace space, CancellationToken cancellationToken)
    {
        var sinceLine = Stopwatch.StartNew();
        await Gallery.PrepareAsync(
            space,
            new ImmediateProgress<double>(done =>
            {
                if (done < 1 && sinceLine.Elapsed >= ProgressInterval)
                {
                    sinceLine.Restart();
                    console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Building the index: {100 * done:0} %"));
                }
            }),
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Gallery.DisposeAsync();
        foreach (IFeatureExtractor extractor in Gallery.Extractors)
        {
            (extractor as IDisposable)?.Dispose();
        }

        await Store.DisposeAsync();
    }

    /// <summary>The model that the gallery remembers. One that was not made by this tool remembers none: its signatures tell.</summary>
    private static async Task<string> DefaultModelAsync(SqliteGalleryStore store, CancellationToken cancellationToken)
    {
        if (await store.GetPropertyAsync(DefaultModelProperty, cancellationToken) is string remembered)
        {
            return remembered;
        }

        FeatureSpace classical = new ClassicalFeatureExtractor().Space;
        bool isClassical = (await store.GetFeatureSpacesAsync(cancellationToken)).Any(summary => summary.Space == classical);
        return isClassical ? ModelReference.Classical : ModelReference.Default;
    }

    private static async Task<bool> IsSameModelMovedAsync(SqliteGalleryStore store, string remembered, FeatureSpace space, CancellationToken cancellationToken)
    {
        if (!Path.IsPathRooted(remembered) || File.Exists(remembered))
        {
            return false;
        }

        // The remembered file is gone. If no space is remembered under it any more, this one took its place.
        foreach (FeatureSpaceSummary summary in await store.GetFeatureSpacesAsync(cancellationToken))
        {
            if (summary.Space != space && await store.GetPropertyAsync(SpaceProperty(summary.Space), cancellationToken) == remembered)
            {
                return false;
            }
        }

        return true;
    }

    private static SqliteGalleryStore Open(CliConsole console, string path, bool mustExist)
    {
        SqliteGalleryStore store = SqliteGalleryStore.Open(path, new SqliteGalleryOptions { MustExist = mustExist });
        if (store.UpgradeBackupPath is string copy)
        {
            console.Warn($"{store.FilePath} was written by an older version and has been upgraded. As it was, it is kept as {copy}.");
        }

        return store;
    }

    private static string SpaceProperty(FeatureSpace space) => $"model:{space}";

    private async Task<CommandFailedException> NotIndexedAsync(IEnumerable<FeatureSpaceSummary> held, CancellationToken cancellationToken)
    {
        List<string> models = [];
        foreach (FeatureSpaceSummary summary in held)
        {
            models.Add(await ModelOfAsync(summary.Space, cancellationToken) ?? summary.Space.ToString());
        }

        return new CommandFailedException($"the gallery {Store.FilePath} was not indexed with {Model}, but with {string.Join(" and ", models)}.");
    }
}
