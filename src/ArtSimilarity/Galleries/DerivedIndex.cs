using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// Builds and opens the approximate index of one feature space. Its file is stamped with what it was built from: the gallery,
/// the space, metric and settings, the last id and the version of the space.
/// </summary>
internal sealed class DerivedIndex(IGalleryStore store, FeatureSpace space, IVectorIndexProvider provider, GalleryOptions options, ILogger logger)
{
    private string StampPrefix => $"{store.Identity:n}|{space}|{options.Metric.Name}|{provider.Settings}|";

    /// <summary>Opens the file, or returns <see langword="null"/> when it is missing, damaged or of something else.</summary>
    public GalleryIndex? Open()
    {
        if (FilePath() is not string path)
        {
            return null;
        }

        try
        {
            OpenedVectorIndex opened = provider.Open(path);
            string prefix = StampPrefix;
            if (opened.Index.Dimensions == space.Dimensions
                && opened.Stamp.StartsWith(prefix, StringComparison.Ordinal)
                && opened.Stamp[prefix.Length..].Split('|') is [string id, string generation, string token]
                && int.TryParse(id, CultureInfo.InvariantCulture, out int lastId)
                && long.TryParse(generation, CultureInfo.InvariantCulture, out long builtGeneration)
                && long.TryParse(token, CultureInfo.InvariantCulture, out long builtToken))
            {
                return new GalleryIndex(opened.Index, isExact: false, new SpaceVersion(builtGeneration, builtToken), lastId, opened.Ids.Count);
            }

            opened.Index.Dispose();
            logger.LogInformation("The index {Path} was built from other signatures or with other settings, and is built anew.", path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            logger.LogDebug("There is no index {Path} yet.", path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Derived data: nothing is lost by building it again.
            logger.LogWarning("The index {Path} cannot be used and is built anew: {Reason}", path, e.Message);
        }

        return null;
    }

    /// <summary>Builds the index and writes its file; in memory only, where that cannot be written.</summary>
    /// <param name="vectors">The signatures, in ascending order of their ids.</param>
    /// <param name="version">A state of the space that the signatures reflect, whatever later changes they reflect too.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the build.</param>
    public GalleryIndex Build(VectorSet vectors, SpaceVersion version, IProgress<double> progress, CancellationToken cancellationToken)
    {
        int lastId = vectors.Count == 0 ? -1 : vectors.Ids[^1];
        string stamp = string.Create(CultureInfo.InvariantCulture, $"{StampPrefix}{lastId}|{version.Generation}|{version.Token}");
        string? path = FilePath();
        ILocalVectorIndex built;
        try
        {
            if (path is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            }

            built = provider.Build(vectors, options.Metric, path, stamp, progress, cancellationToken);
        }
        catch (Exception e) when (path is not null && e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The index {Path} cannot be written ({Reason}); it is kept in memory.", path, e.Message);
            built = provider.Build(vectors, options.Metric, null, stamp, progress, cancellationToken);
        }

        return new GalleryIndex(built, isExact: false, version, lastId, vectors.Count);
    }

    private string? FilePath()
    {
        if (store.DerivedFilesDirectory is not string directory)
        {
            return null;
        }

        string model = new([.. space.ModelId.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{space}|{options.Metric.Name}")))[..8];
        return Path.Combine(directory, $"{model}-{hash}.{provider.Name}");
    }
}
