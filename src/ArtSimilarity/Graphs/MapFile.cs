using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Graphs;

/// <summary>
/// The file that keeps a map: a stamp of what it was made of, the id and place of each signature, and a hash of all that. It is derived:
/// one that is damaged, or of something else, is as good as none.
/// </summary>
internal sealed class MapFile(IGalleryStore store, FeatureSpace space, ISimilarityMetric metric, GalleryMapOptions options)
{
    private const string Magic = "artsim map 1";

    private string Stamp => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Magic}|{store.Identity:n}|{space}|{metric.Name}|{options.NeighborCount}|{options.Seed}");

    private string? FilePath => store.DerivedFilesDirectory is string folder
        ? Path.Combine(folder, $"map-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{space}|{metric.Name}")))[..8]}.places")
        : null;

    /// <summary>The places by the ids of signatures; <see langword="null"/> where no map of these settings is kept.</summary>
    public SortedDictionary<int, Vector2>? Read()
    {
        try
        {
            if (FilePath is not string path || !File.Exists(path))
            {
                return null;
            }

            byte[] all = File.ReadAllBytes(path);
            if (all.Length < SHA256.HashSizeInBytes || !SHA256.HashData(all.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(all.AsSpan(0, SHA256.HashSizeInBytes)))
            {
                return null;
            }

            using var reader = new BinaryReader(new MemoryStream(all, SHA256.HashSizeInBytes, all.Length - SHA256.HashSizeInBytes));
            if (reader.ReadString() != Stamp)
            {
                return null;
            }

            SortedDictionary<int, Vector2> places = [];
            for (int count = reader.ReadInt32(); count > 0; count--)
            {
                places.Add(reader.ReadInt32(), new Vector2(reader.ReadSingle(), reader.ReadSingle()));
            }

            return places;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // nothing is lost by laying the works out again
        }
    }

    /// <summary>Keeps a map. It appears whole or not at all.</summary>
    /// <returns>Whether it is kept.</returns>
    public bool Write(SortedDictionary<int, Vector2> places)
    {
        if (FilePath is not string path)
        {
            return false;
        }

        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Stamp);
            writer.Write(places.Count);
            foreach ((int id, Vector2 place) in places)
            {
                writer.Write(id);
                writer.Write(place.X);
                writer.Write(place.Y);
            }
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            string staged = $"{path}.{Guid.NewGuid():n}.tmp";
            using (FileStream file = File.Create(staged))
            {
                file.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
                content.WriteTo(file);
            }

            File.Move(staged, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
