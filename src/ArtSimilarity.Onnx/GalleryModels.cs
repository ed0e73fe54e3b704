using System.Text.Json;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx.Metadata;

namespace ArtSimilarity.Onnx;

/// <summary>A gallery remembers which model made each of its feature spaces, so that any program can search it by an image.</summary>
public static class GalleryModels
{
    private const string DefaultSpaceProperty = "default-space";

    // Former versions of artsim kept names and paths under these two. They are read where the new ones are missing, and deleted when those are written.
    private const string FormerDefaultProperty = "model";

    private const int HashDigits = 12;

    private static readonly ClassicalFeatureExtractor Classical = new();

    private static readonly GreyFeatureExtractor GreyClassical = new(Classical);

    /// <summary>Keeps with a gallery what makes the signatures of a feature space. The first space remembered becomes the gallery's default.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="space">The feature space; it may have no signatures yet.</param>
    /// <param name="origin">The model; <see langword="null"/> forgets it.</param>
    /// <param name="cancellationToken">Cancels before a commit.</param>
    /// <returns>A task that ends when it is committed.</returns>
    /// <exception cref="GalleryStoreException">What was kept cannot be read.</exception>
    public static async Task RememberModelAsync(this IGalleryStore store, FeatureSpace space, ModelOrigin? origin, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(space);
        if (origin is null)
        {
            await SetAsync(store, OriginProperty(space.ToString()), null, cancellationToken).ConfigureAwait(false);
            await SetAsync(store, FormerProperty(space), null, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Found before the model's former path is overwritten, since a default of former versions is known by that alone.
        IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        string? defaultSpace = await FindDefaultAsync(store, [.. held.Select(summary => summary.Space), space], cancellationToken).ConfigureAwait(false);
        if (defaultSpace is null)
        {
            string? former = await store.GetPropertyAsync(FormerDefaultProperty, cancellationToken).ConfigureAwait(false);
            bool isGone = former is null || former == origin.Reference || (Path.IsPathRooted(former) && !File.Exists(former));
            defaultSpace = isGone ? space.ToString() : null;
        }

        await SetAsync(store, OriginProperty(space.ToString()), JsonSerializer.Serialize(origin, ModelOriginJson.Default.ModelOrigin), cancellationToken).ConfigureAwait(false);
        if (defaultSpace is not null)
        {
            await SetAsync(store, DefaultSpaceProperty, defaultSpace, cancellationToken).ConfigureAwait(false);
            await SetAsync(store, FormerDefaultProperty, null, cancellationToken).ConfigureAwait(false);
        }

        await SetAsync(store, FormerProperty(space), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What makes the signatures of a feature space of a gallery.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="space">The feature space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// What was kept. A gallery of former versions of <c>artsim</c> knows a name or path alone. Where nothing was kept, it is the name that
    /// the space itself gives its model.
    /// </returns>
    /// <exception cref="GalleryStoreException">What was kept cannot be read.</exception>
    public static async Task<ModelOrigin> RecallModelAsync(this IGalleryStore store, FeatureSpace space, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(space);
        return await FindOriginAsync(store, space, cancellationToken).ConfigureAwait(false) ?? new ModelOrigin(ModelOrigin.NameIn(space));
    }

    /// <summary>Makes a feature space the one that the gallery is searched in where none is named.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="space">The feature space; it may have no signatures yet.</param>
    /// <param name="cancellationToken">Cancels before a commit.</param>
    /// <returns>A task that ends when it is committed.</returns>
    public static async Task SetDefaultSpaceAsync(this IGalleryStore store, FeatureSpace space, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(space);
        await SetAsync(store, DefaultSpaceProperty, space.ToString(), cancellationToken).ConfigureAwait(false);
        await SetAsync(store, FormerDefaultProperty, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The model that a gallery is used with where none is named.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// That of the default space, even while that has no signatures; where none was said, that of the first space that has some; and
    /// <see langword="null"/> where there is none.
    /// </returns>
    /// <exception cref="GalleryStoreException">What was kept cannot be read.</exception>
    public static async Task<ModelOrigin?> GetDefaultModelAsync(this IGalleryStore store, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<GalleryModel> models = await store.GetModelsAsync(cancellationToken).ConfigureAwait(false);
        return models.FirstOrDefault(model => model.IsDefault)?.Origin
            ?? await FindAbsentDefaultAsync(store, cancellationToken).ConfigureAwait(false)
            ?? (models.Count > 0 ? models[0].Origin : null);
    }

    /// <summary>The feature spaces of whole images that a gallery has signatures of, and the models that made them.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One for each space, in the store's order.</returns>
    /// <exception cref="GalleryStoreException">What was kept cannot be read.</exception>
    public static async Task<IReadOnlyList<GalleryModel>> GetModelsAsync(this IGalleryStore store, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        FeatureSpaceSummary[] held = [.. (await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false)).Where(summary => !RegionLayout.IsOfRegions(summary.Space))];
        string? defaultSpace = await FindDefaultAsync(store, [.. held.Select(summary => summary.Space)], cancellationToken).ConfigureAwait(false);
        var models = new GalleryModel[held.Length];
        for (int i = 0; i < models.Length; i++)
        {
            FeatureSpace space = held[i].Space;
            ModelOrigin? origin = await FindOriginAsync(store, space, cancellationToken).ConfigureAwait(false);
            models[i] = new GalleryModel(space, held[i].Count, origin ?? new ModelOrigin(ModelOrigin.NameIn(space)), origin is not null, space.ToString() == defaultSpace);
        }

        return models;
    }

    /// <summary>Finds a feature space of a gallery by a name.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="name">What <see cref="GalleryModel.Matches"/> takes; <see langword="null"/> for the default, which is the first space where none was said.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The space and its model.</returns>
    /// <exception cref="GalleryStoreException">
    /// The name stands for none of the gallery's spaces or for several, the gallery has no signatures or none of its default space, or what was
    /// kept cannot be read.
    /// </exception>
    public static async Task<GalleryModel> FindModelAsync(this IGalleryStore store, string? name = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<GalleryModel> models = await store.GetModelsAsync(cancellationToken).ConfigureAwait(false);
        if (models.Count == 0)
        {
            throw new GalleryStoreException("The gallery has no signatures yet, so it has no model to search with.");
        }

        string all = string.Join(", ", models.Select(model => model.Name).Order(StringComparer.Ordinal));
        if (name is null)
        {
            return models.FirstOrDefault(model => model.IsDefault)
                ?? (await FindAbsentDefaultAsync(store, cancellationToken).ConfigureAwait(false) is ModelOrigin absent
                    ? throw new GalleryStoreException($"The gallery has no signatures of its default model {absent.Reference}; it has {all}.")
                    : models[0]);
        }

        GalleryModel[] matches = [.. models.Where(model => model.Matches(name))];
        return matches.Length switch
        {
            1 => matches[0],
            0 => throw new GalleryStoreException($"The gallery has no space '{name}'; it has {all}."),
            _ => throw new GalleryStoreException($"'{name}' may be any of {string.Join(" and ", matches.Select(model => (model.Origin.IsGrey ? ModelOrigin.GreyPrefix : "") + model.Space.ModelId))}: name one by that."),
        };
    }

    /// <summary>Makes the extractor whose signatures a gallery holds.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="space">The feature space; <see langword="null"/> for the gallery's default (<see cref="FindModelAsync"/>).</param>
    /// <param name="configure">Sets further options of an ONNX model, such as where its file is now; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The extractor, of exactly that space; the caller disposes it where it can be disposed.</returns>
    /// <exception cref="GalleryStoreException">The gallery has no signatures, or none of its default space, or what it remembers cannot be read.</exception>
    /// <exception cref="OnnxModelException">The model's file is gone or cannot be used, or no model of the name is known.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The file holds another model by now, or is run in another way.</exception>
    public static async Task<IFeatureExtractor> CreateExtractorAsync(
        this IGalleryStore store, FeatureSpace? space = null, Action<OnnxFeatureExtractorOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        FeatureSpace wanted = space ?? (await store.FindModelAsync(null, cancellationToken).ConfigureAwait(false)).Space;
        ModelOrigin origin = await store.RecallModelAsync(wanted, cancellationToken).ConfigureAwait(false);
        IFeatureExtractor extractor = origin.CreateExtractor(options =>
        {
            options.OutputName = OutputIn(wanted);
            configure?.Invoke(options);
        });
        if (extractor.Space == wanted)
        {
            return extractor;
        }

        (extractor as IDisposable)?.Dispose();
        throw new FeatureSpaceMismatchException(
            $"The signatures are of the feature space {wanted}, and the model {origin.Path ?? origin.Name} makes those of {extractor.Space}. The file was replaced since, or needs other options.");
    }

    /// <summary>What was kept for a space, or what the space is sure to be; <see langword="null"/> where that is not known.</summary>
    private static async Task<ModelOrigin?> FindOriginAsync(IGalleryStore store, FeatureSpace space, CancellationToken cancellationToken)
    {
        if (await ReadOriginAsync(store, space.ToString(), cancellationToken).ConfigureAwait(false) is ModelOrigin kept)
        {
            return kept;
        }

        return await store.GetPropertyAsync(FormerProperty(space), cancellationToken).ConfigureAwait(false) is string reference && !string.IsNullOrWhiteSpace(reference)
            ? ModelOrigin.Parse(reference)
            : space == Classical.Space ? ModelOrigin.Of(Classical)
            : space == GreyClassical.Space ? ModelOrigin.Of(GreyClassical)
            : null;
    }

    private static async Task<ModelOrigin?> ReadOriginAsync(IGalleryStore store, string space, CancellationToken cancellationToken)
    {
        if (await store.GetPropertyAsync(OriginProperty(space), cancellationToken).ConfigureAwait(false) is not string text)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, ModelOriginJson.Default.ModelOrigin) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new GalleryStoreException($"What the gallery remembers as the model of {space} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The text of the default space; for a gallery of former versions the first of <paramref name="spaces"/> that is of the model remembered.</summary>
    private static async Task<string?> FindDefaultAsync(IGalleryStore store, IReadOnlyList<FeatureSpace> spaces, CancellationToken cancellationToken)
    {
        if (await store.GetPropertyAsync(DefaultSpaceProperty, cancellationToken).ConfigureAwait(false) is string text)
        {
            return text;
        }

        if (await store.GetPropertyAsync(FormerDefaultProperty, cancellationToken).ConfigureAwait(false) is string reference)
        {
            foreach (FeatureSpace space in spaces)
            {
                if ((await FindOriginAsync(store, space, cancellationToken).ConfigureAwait(false))?.Reference == reference)
                {
                    return space.ToString();
                }
            }
        }

        return null;
    }

    /// <summary>The model that is remembered as the default, whether or not the gallery has signatures of it.</summary>
    private static async Task<ModelOrigin?> FindAbsentDefaultAsync(IGalleryStore store, CancellationToken cancellationToken)
    {
        if (await store.GetPropertyAsync(DefaultSpaceProperty, cancellationToken).ConfigureAwait(false) is string space)
        {
            return await ReadOriginAsync(store, space, cancellationToken).ConfigureAwait(false) ?? new ModelOrigin(space);
        }

        return await store.GetPropertyAsync(FormerDefaultProperty, cancellationToken).ConfigureAwait(false) is string reference && !string.IsNullOrWhiteSpace(reference)
            ? ModelOrigin.Parse(reference)
            : null;
    }

    private static async Task SetAsync(IGalleryStore store, string property, string? value, CancellationToken cancellationToken)
    {
        if (await store.GetPropertyAsync(property, cancellationToken).ConfigureAwait(false) != value)
        {
            await store.SetPropertyAsync(property, value, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The tensor that a space names behind its model's hash, where it is not the model's usual one.</summary>
    private static string? OutputIn(FeatureSpace space)
    {
        int colon = space.ModelId.LastIndexOf('@') + 1 + HashDigits;
        return colon > HashDigits && colon < space.ModelId.Length - 1 && space.ModelId[colon] == ':' ? space.ModelId[(colon + 1)..] : null;
    }

    private static string OriginProperty(string space) => $"model-origin:{space}";

    private static string FormerProperty(FeatureSpace space) => $"{FormerDefaultProperty}:{space}";
}
