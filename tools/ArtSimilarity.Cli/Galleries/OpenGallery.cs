using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.Commands;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>A gallery file and the model it is used with. The file remembers its models (<see cref="GalleryModels"/>), so that later commands need not be told.</summary>
internal sealed class OpenGallery : IAsyncDisposable
{
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
        Opener = limits.Access.NewOpener(limits.MaxBytes);
        _loadTimeout = limits.LoadTimeout;
        var options = new GalleryOptions { MaxDegreeOfParallelism = parallelism };
        limits.ApplyTo(options);
        Gallery = new Gallery(
            store,
            Decoder,
            extractors,
            new FastScanIndexProvider(new FastScanIndexOptions { MaxDegreeOfParallelism = parallelism }),
            options,
            imageOpener: Opener);
    }

    public SqliteGalleryStore Store { get; }

    public Gallery Gallery { get; }

    public NetVipsImageDecoder Decoder { get; }

    /// <summary>Opens the pictures of works.</summary>
    public IImageOpener Opener { get; }

    /// <summary>The model's name or absolute path.</summary>
    public string Model { get; }

    /// <summary>The spaces to search at once; empty where <see cref="Model"/> names the one.</summary>
    public IReadOnlyList<NamedSpace> Spaces { get; private init; } = [];

    /// <summary>Whether later commands use this model without being told.</summary>
    public async Task<bool> IsDefaultModelAsync(CancellationToken cancellationToken) => (await Store.GetDefaultModelAsync(cancellationToken))?.Reference == Model;

    /// <summary>The feature space of the loaded model.</summary>
    public FeatureSpace LoadedSpace => _extractor!.Space;

    /// <summary>Opens a gallery to add to, and creates it when there is none.</summary>
    public static async Task<OpenGallery> ForWritingAsync(CliConsole console, string path, string? model, bool isGrey, int parallelism, InputLimits limits, CancellationToken cancellationToken)
    {
        // A model that cannot be used must not leave an empty gallery behind.
        string? wanted = ModelReference.Normalize(model, isGrey);
        string full = Path.GetFullPath(path);
        string? first = wanted is null && File.Exists(full) ? null : wanted ?? (isGrey ? ModelReference.Grey(ModelReference.Default) : ModelReference.Default);
        IReadOnlyList<IFeatureExtractor> extractors = first is null ? [] : ModelReference.LoadAll(first, limits.LoadTimeout);
        OutputFolder.Create("--gallery", Path.GetDirectoryName(full)!);
        SqliteGalleryStore? store = null;
        try
        {
            store = Open(console, full, mustExist: false);
            string reference = wanted ?? await DefaultModelAsync(store, isGrey, cancellationToken);
            extractors = extractors.Count > 0 ? extractors : ModelReference.LoadAll(reference, limits.LoadTimeout);
            foreach (IFeatureExtractor extractor in extractors)
            {
                await store.RememberModelAsync(extractor.Space, ModelOrigin.Of(extractor), cancellationToken);
            }

            return new OpenGallery(store, extractors, reference, parallelism, limits);
        }
        catch
        {
            Dispose(extractors);
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
    /// <param name="origin">What the gallery remembers as their model.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<OpenGallery> ForImportAsync(CliConsole console, string path, FeatureSpace space, ModelOrigin origin, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        OutputFolder.Create("--gallery", Path.GetDirectoryName(full)!);
        SqliteGalleryStore store = Open(console, full, mustExist: false);
        try
        {
            foreach (GalleryModel model in await store.GetModelsAsync(cancellationToken))
            {
                if (model.Space != space && model.IsKnown && model.Origin.Reference == origin.Reference)
                {
                    throw new CommandFailedException($"the gallery {full} has signatures of {model.Space.Dimensions} dimensions as {origin.Reference}, and these have {space.Dimensions}: say another --name.");
                }
            }

            await store.RememberModelAsync(space, origin, cancellationToken);
            return new OpenGallery(store, [], origin.Reference, Environment.ProcessorCount, InputLimits.Default);
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
        ForReadingAsync(console, path, model, isGrey: false, _ => ValueTask.FromResult(false), limits, cancellationToken);

    /// <summary>Opens an existing gallery, with its model loaded where it is needed.</summary>
    public static Task<OpenGallery> ForReadingAsync(
        CliConsole console, string path, string? model, Func<IGalleryStore, ValueTask<bool>> needsModel, InputLimits limits, CancellationToken cancellationToken) =>
        ForReadingAsync(console, path, model, isGrey: false, needsModel, limits, cancellationToken);

    /// <summary>Opens an existing gallery, with its model, for grey images where that is asked for, loaded where it is needed.</summary>
    /// <param name="console">Told when the gallery was upgraded.</param>
    /// <param name="path">The gallery file.</param>
    /// <param name="model">The model; <see langword="null"/> for the gallery's own.</param>
    /// <param name="isGrey">Whether it looks at images without their colours.</param>
    /// <param name="needsModel">Whether the model has to be loaded.</param>
    /// <param name="limits">What is accepted.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="findsWorks">
    /// Whether the very work is looked for. Where no model is named, the signatures by which the gallery's own model finds works are taken then, if there are any.
    /// </param>
    public static async Task<OpenGallery> ForReadingAsync(
        CliConsole console, string path, string? model, bool isGrey, Func<IGalleryStore, ValueTask<bool>> needsModel, InputLimits limits, CancellationToken cancellationToken, bool findsWorks = false)
    {
        string? wanted = ModelReference.Normalize(model, isGrey);
        SqliteGalleryStore store = Open(console, path, mustExist: true);
        try
        {
            string reference = wanted ?? await DefaultModelAsync(store, isGrey, cancellationToken);
            reference = wanted is null && findsWorks ? await ForWorksAsync(store, reference, cancellationToken) : reference;
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
            List<NamedSpace> found = await FindSpacesAsync(store, spaces, cancellationToken);
            if (await needsModels(store))
            {
                foreach (NamedSpace space in found.Where(space => space.Weight > 0))
                {
                    extractors.Add(space.Model.IsKnown
                        ? ModelReference.Load(space.Model.Origin.Reference, limits.LoadTimeout)
                        : throw new CommandFailedException($"the gallery {store.FilePath} does not know which model made {space.Space}: search by the key of a work."));
                }
            }

            string model = string.Join(" + ", found.Where(space => space.Weight > 0).Select(space => string.Create(CultureInfo.InvariantCulture, $"{space.Name} {space.Weight:0.###}")));
            return new OpenGallery(store, extractors, model, Environment.ProcessorCount, limits) { Spaces = found };
        }
        catch
        {
            Dispose(extractors);
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>The feature space that the model made in this gallery, without loading the model where the gallery knows.</summary>
    public async Task<FeatureSpace> SpaceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<GalleryModel> held = await Store.GetModelsAsync(cancellationToken);
        ThrowIfEmpty(Store, held);
        if (_extractor is not null && held.Any(model => model.Space == _extractor.Space))
        {
            return _extractor.Space;
        }

        GalleryModel[] known = [.. held.Where(model => model.IsKnown && model.Origin.Reference == Model)];
        if (known.Length == 1)
        {
            return known[0].Space;
        }

        if (ModelReference.IsImported(Model))
        {
            throw NotIndexed(held);
        }

        // A file that was replaced made several spaces under one path, and the same weights under another path are the same space: the
        // file's content decides.
        IFeatureExtractor extractor = ModelReference.Load(Model, _loadTimeout);
        try
        {
            return held.Any(model => model.Space == extractor.Space) ? extractor.Space : throw NotIndexed(held);
        }
        finally
        {
            (extractor as IDisposable)?.Dispose();
        }
    }

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
        (Opener as IDisposable)?.Dispose();
        Dispose(Gallery.Extractors);
        await Store.DisposeAsync();
    }

    private static void Dispose(IEnumerable<IFeatureExtractor> extractors)
    {
        foreach (IFeatureExtractor extractor in extractors)
        {
            (extractor as IDisposable)?.Dispose();
        }
    }

    private static async Task<string> DefaultModelAsync(SqliteGalleryStore store, bool isGrey, CancellationToken cancellationToken)
    {
        string reference = (await store.GetDefaultModelAsync(cancellationToken))?.Reference ?? ModelReference.Default;
        return isGrey ? ModelReference.Grey(reference) : reference;
    }

    private static async Task<string> ForWorksAsync(SqliteGalleryStore store, string reference, CancellationToken cancellationToken)
    {
        string forWorks = ModelReference.ForWorks(reference);
        return (await store.GetModelsAsync(cancellationToken)).Any(model => model.IsKnown && model.Origin.Reference == forWorks) ? forWorks : reference;
    }

    private static async Task<List<NamedSpace>> FindSpacesAsync(SqliteGalleryStore store, IReadOnlyList<SpaceOption> wanted, CancellationToken cancellationToken)
    {
        ThrowIfEmpty(store, await store.GetModelsAsync(cancellationToken));
        List<NamedSpace> found = [];
        foreach (SpaceOption option in wanted)
        {
            GalleryModel model;
            try
            {
                model = await store.FindModelAsync(option.Name, cancellationToken);
            }
            catch (GalleryStoreException e)
            {
                throw new CommandFailedException($"{store.FilePath}: {e.Message}", e);
            }

            if (found.Find(space => space.Space == model.Space) is NamedSpace twice)
            {
                throw new UsageException($"--space {option.Name} is the same space as {twice.Name}.");
            }

            found.Add(new NamedSpace(model, option.Weight));
        }

        return found;
    }

    private static void ThrowIfEmpty(SqliteGalleryStore store, IReadOnlyList<GalleryModel> held)
    {
        if (held.Count == 0)
        {
            throw new CommandFailedException($"the gallery {store.FilePath} is empty: add works with 'artsim index'.");
        }
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

    private CommandFailedException NotIndexed(IEnumerable<GalleryModel> held) =>
        new($"the gallery {Store.FilePath} was not indexed with {Model}, but with {string.Join(" and ", held.Select(model => model.IsKnown ? model.Origin.Reference : model.Space.ToString()))}{(ModelReference.IsGrey(Model) ? ": index the pictures again with --grey" : "")}.");
}
