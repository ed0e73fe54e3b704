using System.Text.Json;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx.Metadata;

namespace ArtSimilarity.Onnx;

/// <summary>A gallery remembers which model made each of its feature spaces, so that any program can search it by an image.</summary>
public static class GalleryModels
{
    // artsim keeps its default model, and what was said for each space, under these names.
    private const string DefaultProperty = "model";
    private const int HashDigits = 12;

    /// <summary>Keeps with a gallery what makes the signatures of a feature space.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="space">The feature space.</param>
    /// <param name="origin">The model; <see langword="null"/> forgets it.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>A task that ends when it is committed.</returns>
    public static async Task RememberModelAsync(this IGalleryStore store, FeatureSpace space, ModelOrigin? origin, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(space);
        string? text = origin is null ? null : JsonSerializer.Serialize(origin, ModelOriginJson.Default.ModelOrigin);
        if (await store.GetPropertyAsync(OriginProperty(space), cancellationToken).ConfigureAwait(false) != text)
        {
            await store.SetPropertyAsync(OriginProperty(space), text, cancellationToken).ConfigureAwait(false);
        }
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
        if (await store.GetPropertyAsync(OriginProperty(space), cancellationToken).ConfigureAwait(false) is string text)
        {
            try
            {
                return JsonSerializer.Deserialize(text, ModelOriginJson.Default.ModelOrigin) ?? throw new JsonException("It is null.");
            }
            catch (JsonException e)
            {
                throw new GalleryStoreException($"What the gallery remembers as the model of {space} cannot be read: {e.Message}", e);
            }
        }

        return await store.GetPropertyAsync(ReferenceProperty(space), cancellationToken).ConfigureAwait(false) is string reference && !string.IsNullOrWhiteSpace(reference)
            ? ModelOrigin.Parse(reference)
            : new ModelOrigin(space == new ClassicalFeatureExtractor().Space ? ModelOrigin.Classical : ModelOrigin.NameIn(space));
    }

    /// <summary>Makes the extractor whose signatures a gallery holds.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="space">The feature space; <see langword="null"/> for the gallery's default, which is the first one where none was said.</param>
    /// <param name="configure">Sets further options of an ONNX model, such as where its file is now; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The extractor, of exactly that space; the caller disposes it where it can be disposed.</returns>
    /// <exception cref="GalleryStoreException">The gallery has no signatures, or what it remembers cannot be read.</exception>
    /// <exception cref="OnnxModelException">The model's file is gone or cannot be used, or no model of the name is known.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The file holds another model by now, or is run in another way.</exception>
    public static async Task<IFeatureExtractor> CreateExtractorAsync(
        this IGalleryStore store, FeatureSpace? space = null, Action<OnnxFeatureExtractorOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        FeatureSpace wanted = space ?? await DefaultSpaceAsync(store, cancellationToken).ConfigureAwait(false);
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

    private static async Task<FeatureSpace> DefaultSpaceAsync(IGalleryStore store, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        string? reference = await store.GetPropertyAsync(DefaultProperty, cancellationToken).ConfigureAwait(false);
        foreach (FeatureSpaceSummary summary in held)
        {
            if (reference is not null && await store.GetPropertyAsync(ReferenceProperty(summary.Space), cancellationToken).ConfigureAwait(false) == reference)
            {
                return summary.Space;
            }
        }

        return held.Count > 0 ? held[0].Space : throw new GalleryStoreException("The gallery has no signatures yet, so it has no model to search with.");
    }

    /// <summary>The tensor that a space names behind its model's hash, where it is not the model's usual one.</summary>
    private static string? OutputIn(FeatureSpace space)
    {
        int colon = space.ModelId.LastIndexOf('@') + 1 + HashDigits;
        return colon > HashDigits && colon < space.ModelId.Length - 1 && space.ModelId[colon] == ':' ? space.ModelId[(colon + 1)..] : null;
    }

    private static string OriginProperty(FeatureSpace space) => $"model-origin:{space}";

    private static string ReferenceProperty(FeatureSpace space) => $"{DefaultProperty}:{space}";
}
