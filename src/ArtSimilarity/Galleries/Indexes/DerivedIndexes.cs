using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries.Indexes;

/// <summary>
/// Builds and opens what a provider makes of one feature space. It is stamped with what it was built from: the gallery, the space,
/// metric and settings, the last id and the version of the space.
/// </summary>
internal sealed class DerivedIndexes(IGalleryStore store, FeatureSpace space, IVectorIndexProvider provider, GalleryOptions options, ILogger logger)
{
    private const int MaxModelLength = 40;

    private readonly VectorIndexLocation _location = new(store.Identity, NameOf(space, options), store.DerivedFilesDirectory);

    private string StampPrefix => $"{store.Identity:n}|{space}|{options.Metric.Name}|{provider.Settings}|";

    /// <summary>Opens what was built before, or returns <see langword="null"/> when it is missing, damaged or of something else.</summary>
    public async ValueTask<LiveIndex?> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            OpenedVectorIndex? opened = await provider.OpenAsync(_location, cancellationToken).ConfigureAwait(false);
            if (opened is null)
            {
                logger.NoIndexYet(provider.Name, _location.Name);
                return null;
            }

            string prefix = StampPrefix;
            if (opened.Index.Dimensions == space.Dimensions
                && opened.Stamp.StartsWith(prefix, StringComparison.Ordinal)
                && opened.Stamp[prefix.Length..].Split('|') is [string id, string generation, string token]
                && int.TryParse(id, CultureInfo.InvariantCulture, out int lastId)
                && long.TryParse(generation, CultureInfo.InvariantCulture, out long builtGeneration)
                && long.TryParse(token, CultureInfo.InvariantCulture, out long builtToken))
            {
                return LiveIndex.Over(opened.Index, new SpaceVersion(builtGeneration, builtToken), lastId);
            }

            await opened.Index.DisposeAsync().ConfigureAwait(false);
            logger.IndexIsOfSomethingElse(provider.Name, _location.Name);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Derived data: nothing is lost by building it again.
            logger.IndexCannotBeUsed(provider.Name, _location.Name, e.Message);
        }

        return null;
    }

    /// <summary>Builds the index and keeps it; in memory only, where its file cannot be written.</summary>
    /// <param name="vectors">The signatures, in ascending order of their ids.</param>
    /// <param name="version">A state of the space that the signatures reflect, whatever later changes they reflect too.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the build.</param>
    public async ValueTask<LiveIndex> BuildAsync(VectorSet vectors, SpaceVersion version, IProgress<double> progress, CancellationToken cancellationToken)
    {
        int lastId = vectors.Count == 0 ? -1 : vectors.Ids[^1];
        string stamp = string.Create(CultureInfo.InvariantCulture, $"{StampPrefix}{lastId}|{version.Generation}|{version.Token}");
        IVectorIndex built;
        try
        {
            built = await provider.BuildAsync(vectors, options.Metric, _location, stamp, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (_location.Directory is not null && e is IOException or UnauthorizedAccessException)
        {
            logger.IndexCannotBeWritten(provider.Name, _location.Directory, e.Message);
            VectorIndexLocation memory = _location with { Directory = null };
            built = await provider.BuildAsync(vectors, options.Metric, memory, stamp, progress, cancellationToken).ConfigureAwait(false);
        }

        return LiveIndex.Over(built, version, lastId);
    }

    private static string NameOf(FeatureSpace space, GalleryOptions options)
    {
        string model = new([.. space.ModelId.Take(MaxModelLength).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{space}|{options.Metric.Name}")))[..8];
        return $"{(model.StartsWith('.') ? "-" + model[1..] : model)}-{hash}";
    }
}
