using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Data;

/// <summary>What the frozen part of a network makes of each view of each picture, kept in a file that is mapped into memory.</summary>
internal sealed class FeatureCache : IDisposable
{
    private const int BatchSize = 32;

    private readonly MappedArray _rows;
    private readonly Dictionary<(int Image, int View), int> _places;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;

    private FeatureCache(MappedArray rows, Dictionary<(int Image, int View), int> places, int height, int width, int channels)
    {
        _rows = rows;
        _places = places;
        _height = height;
        _width = width;
        _channels = channels;
    }

    /// <summary>Whether the rows are maps rather than single vectors.</summary>
    public bool HoldsMaps => _height > 0;

    /// <summary>Computes the cache, or takes it from the folder if it has the very same already.</summary>
    public static FeatureCache Create(FeatureCacheRequest request, IProgress<(int Done, int Total)>? progress, CancellationToken cancellationToken)
    {
        List<(int Image, int View)> wanted = [];
        foreach (int image in request.Training)
        {
            for (int view = 0; view < request.Views + request.HeavyViews; view++)
            {
                wanted.Add((image, view));
            }
        }

        wanted.AddRange(request.HeldOut.Select(image => (image, 0)));
        Dictionary<(int, int), int> places = [];
        for (int i = 0; i < wanted.Count; i++)
        {
            places[wanted[i]] = i;
        }

        (int height, int width, int channels) = Probe(request);
        int rowBytes = height > 0 ? height * width * channels * 2 : channels * 4;
        string identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [
            request.NetworkIdentity, request.Tensor, request.Set.Fingerprint, request.Side.ToString(), request.Views.ToString(), request.Augmentation.ToString(),
            request.BrainFloat.ToString(), request.Preprocessing.ToString(), request.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            .. request.Heavy is { } heavy ? [request.HeavyViews.ToString(System.Globalization.CultureInfo.InvariantCulture), heavy.ToString()] : Array.Empty<string>(),
            .. request.Training.Select(i => $"{i} {request.Set.Images[i].Key}"), "-", .. request.HeldOut.Select(i => $"{i} {request.Set.Images[i].Key}")]))).AsSpan(0, 8));
        MappedArray rows = MappedArray.OpenOrCreate(Path.Combine(request.Folder, $"features-{identity}.bin"), wanted.Count, rowBytes);
        var cache = new FeatureCache(rows, places, height, width, channels);
        try
        {
            if (!rows.IsComplete)
            {
                cache.Fill(request, wanted, progress, cancellationToken);
                rows.Complete();
            }

            return cache;
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    /// <summary>The rows of some views, as a tensor [N, channels] or [N, channels, rows, columns] with channels last.</summary>
    /// <param name="views">Picture and view.</param>
    /// <param name="crop">Rows and columns to cut out of each map at random; 0 for the whole.</param>
    /// <param name="random">Decides where.</param>
    public Tensor Gather(IReadOnlyList<(int Image, int View)> views, int crop, Random? random)
    {
        if (!HoldsMaps)
        {
            Tensor vectors = empty([views.Count, _channels], ScalarType.Float32);
            Span<byte> target = vectors.bytes;
            for (int i = 0; i < views.Count; i++)
            {
                _rows[_places[views[i]]].CopyTo(target[(i * _rows.RowBytes)..]);
            }

            return vectors;
        }

        int height = crop == 0 ? _height : Math.Min(crop, _height), width = crop == 0 ? _width : Math.Min(crop, _width);
        Tensor maps = empty([views.Count, height, width, _channels], ScalarType.BFloat16);
        int place = _channels * 2, line = width * place;
        Span<byte> bytes = maps.bytes;
        for (int i = 0; i < views.Count; i++)
        {
            int top = random?.Next(_height - height + 1) ?? 0, left = random?.Next(_width - width + 1) ?? 0;
            Span<byte> source = _rows[_places[views[i]]];
            for (int row = 0; row < height; row++)
            {
                source.Slice(((((top + row) * _width) + left) * place), line).CopyTo(bytes[(((i * height) + row) * line)..]);
            }
        }

        return maps.permute(0, 3, 1, 2);
    }

    public void Dispose() => _rows.Dispose();

    private static (int Height, int Width, int Channels) Probe(FeatureCacheRequest request)
    {
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            Tensor probe = request.Network.Run(request.Network.InputName, Batches.Blank(2, request.Side), [request.Tensor])[0];
            return probe.dim() == 4 ? ((int)probe.shape[2], (int)probe.shape[3], (int)probe.shape[1]) : (0, 0, (int)probe.shape[1]);
        }
    }

    private void Fill(FeatureCacheRequest request, List<(int Image, int View)> wanted, IProgress<(int Done, int Total)>? progress, CancellationToken cancellationToken)
    {
        var plain = new PictureSampler(Augmentation.None, request.Preprocessing);
        var changed = new PictureSampler(request.Augmentation, request.Preprocessing);
        HeavyViewSampler? heavy = request.Heavy is { } views ? new HeavyViewSampler(views, request.Preprocessing) : null;
        var batches = new Batches(request.Set);
        for (int start = 0; start < wanted.Count; start += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using (no_grad())
            {
                List<(int Image, int View)> batch = wanted.GetRange(start, Math.Min(BatchSize, wanted.Count - start));
                Tensor images = batches.Draw(
                    [.. batch.Select(view => view.Image)],
                    request.Side,
                    i => batch[i].View >= request.Views ? heavy! : batch[i].View < 2 ? plain : changed,
                    i => new Random(Chance.Seed(request.Seed, batch[i].Image, batch[i].View)),
                    i => batch[i].View == 1 && request.Views > 1);
                Tensor value = request.Network.Run(request.Network.InputName, request.BrainFloat ? images.to(ScalarType.BFloat16) : images, [request.Tensor])[0];
                Tensor stored = HoldsMaps ? value.permute(0, 2, 3, 1).to(ScalarType.BFloat16).contiguous() : value.to(ScalarType.Float32).contiguous();
                Span<byte> bytes = stored.bytes;
                for (int i = 0; i < batch.Count; i++)
                {
                    bytes.Slice(i * _rows.RowBytes, _rows.RowBytes).CopyTo(_rows[start + i]);
                }
            }

            progress?.Report((Math.Min(start + BatchSize, wanted.Count), wanted.Count));
        }
    }
}
