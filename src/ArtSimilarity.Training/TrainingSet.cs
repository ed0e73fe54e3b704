using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Training;

/// <summary>
/// Labelled pictures, decoded once to squares of one size and kept in a file that is mapped into memory. Pictures that cannot
/// be decoded are left out and named in <see cref="Failures"/>. Safe to read from several threads.
/// </summary>
public sealed class TrainingSet : IDisposable
{
    private readonly Data.MappedArray _pixels;
    private readonly int[] _rows;
    private readonly LabelledImage[] _images;

    private TrainingSet(Data.MappedArray pixels, int[] rows, LabelledImage[] images, IReadOnlyDictionary<string, string> failures, int side)
    {
        _pixels = pixels;
        _rows = rows;
        _images = images;
        Failures = failures;
        Side = side;
        Fingerprint = "sha256:" + ComputeFingerprint();
    }

    /// <summary>The number of pictures.</summary>
    public int Count => _images.Length;

    /// <summary>Rows and columns of each picture.</summary>
    public int Side { get; }

    /// <summary>The pictures, in the order they were given, without those that failed.</summary>
    public IReadOnlyList<LabelledImage> Images => _images;

    /// <summary>The pictures that could not be decoded: the reason by key.</summary>
    public IReadOnlyDictionary<string, string> Failures { get; }

    /// <summary>Identifies the set: <c>sha256:</c> and the hash of all keys, labels and pixels, whatever their order in memory.</summary>
    public string Fingerprint { get; }

    /// <summary>Decodes pictures, or takes them from the folder if it has the very same already.</summary>
    /// <param name="images">The pictures; keys are unique.</param>
    /// <param name="decoder">Decodes them.</param>
    /// <param name="folder">Where the decoded pictures are kept, 150 KB each at 224 × 224; created when needed.</param>
    /// <param name="side">Rows and columns; every picture is squashed to this square. At least 32.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="maxDegreeOfParallelism">How many pictures are decoded at the same time: at least 1, or −1 for as many as there are processors.</param>
    /// <param name="cancellationToken">Cancels; nothing is kept then.</param>
    /// <returns>The set.</returns>
    /// <exception cref="ArgumentException">There is no picture, or a key occurs twice.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static async Task<TrainingSet> PrepareAsync(
        IReadOnlyList<LabelledImage> images, IImageDecoder decoder, string folder, int side = 224, IProgress<int>? progress = null, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 32);
        ParallelDegree.ThrowIfInvalid(maxDegreeOfParallelism, nameof(maxDegreeOfParallelism));
        if (images.Count == 0)
        {
            throw new ArgumentException("There are no pictures to learn from.", nameof(images));
        }

        if (images.GroupBy(image => image.Key, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The key '{twice.Key}' occurs {twice.Count()} times.", nameof(images));
        }

        Directory.CreateDirectory(folder);
        string name = Path.Combine(folder, $"pictures-{await IdentifyAsync(images, side, cancellationToken).ConfigureAwait(false)}");
        var pixels = Data.MappedArray.OpenOrCreate(name + ".rgb", images.Count, 3 * side * side);
        try
        {
            string failuresPath = name + ".failures";
            string?[] failures = new string?[images.Count];
            if (pixels.IsComplete && File.Exists(failuresPath))
            {
                foreach (string[] line in File.ReadLines(failuresPath).Select(line => line.Split('\t', 2)))
                {
                    failures[int.Parse(line[0], System.Globalization.CultureInfo.InvariantCulture)] = line[1];
                }
            }
            else
            {
                await DecodeAsync(images, decoder, side, pixels, failures, progress, maxDegreeOfParallelism, cancellationToken).ConfigureAwait(false);
                File.WriteAllLines(failuresPath, failures.Index().Where(failure => failure.Item is not null).Select(failure => $"{failure.Index}\t{failure.Item}"));
                pixels.Complete();
            }

            int[] rows = [.. Enumerable.Range(0, images.Count).Where(i => failures[i] is null)];
            return new TrainingSet(
                pixels,
                rows,
                [.. rows.Select(row => images[row])],
                Enumerable.Range(0, images.Count).Where(i => failures[i] is not null).ToDictionary(i => images[i].Key, i => failures[i]!, StringComparer.Ordinal),
                side);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    /// <summary>The pixels of a picture: RGB, row by row, <see cref="Side"/> × <see cref="Side"/>.</summary>
    /// <param name="index">Which picture, from 0.</param>
    /// <returns>The pixels; not to be used after <see cref="Dispose"/>.</returns>
    public ReadOnlySpan<byte> Pixels(int index) => _pixels[_rows[index]];

    /// <summary>The labels of a column, with how many pictures have each, in ordinal order.</summary>
    /// <param name="column">The column.</param>
    /// <returns>Label and count.</returns>
    public IReadOnlyList<(string Label, int Count)> CountLabels(string column) =>
        [.. _images.Select(image => image.Labels.GetValueOrDefault(column)).Where(label => !string.IsNullOrEmpty(label))
            .GroupBy(label => label!, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, group.Count()))];

    /// <inheritdoc />
    public void Dispose() => _pixels.Dispose();

    private static async Task DecodeAsync(
        IReadOnlyList<LabelledImage> images, IImageDecoder decoder, int side, Data.MappedArray pixels, string?[] failures, IProgress<int>? progress, int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        int done = 0;
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ParallelDegree.Threads(maxDegreeOfParallelism) };
        await Parallel.ForAsync(0, images.Count, parallel, async (i, cancellation) =>
        {
            try
            {
                var size = new ImageSize(side, side);
                using RgbImage image = await decoder.DecodeAsync(images[i].Source, size, cancellationToken: cancellation).ConfigureAwait(false);
                if (image.Size == size)
                {
                    image.Pixels.CopyTo(pixels[i]);
                }
                else
                {
                    ImageResampler.Resize(image, null, size, pixels[i]);
                }
            }
            catch (Exception e) when (e is ImageDecodeException or IOException or UnauthorizedAccessException)
            {
                failures[i] = e.Message.ReplaceLineEndings(" ");
            }

            progress?.Report(Interlocked.Increment(ref done));
        }).ConfigureAwait(false);
    }

    /// <summary>Names the decoded file by what it would be made of: keys, paths, lengths and times.</summary>
    private static async Task<string> IdentifyAsync(IReadOnlyList<LabelledImage> images, int side, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, side);
        hash.AppendData(number);
        foreach (LabelledImage image in images)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(image.Key + "\n"));
            if (image.Source.Path is { } path && new FileInfo(path) is { Exists: true } file)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(path + "\n"));
                BinaryPrimitives.WriteInt64LittleEndian(number, file.Length);
                hash.AppendData(number);
                BinaryPrimitives.WriteInt64LittleEndian(number, file.LastWriteTimeUtc.Ticks);
                hash.AppendData(number);
            }
            else if (image.Source.Path is null)
            {
                hash.AppendData((await image.Source.ReadBytesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Span);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private string ComputeFingerprint()
    {
        byte[][] hashes = new byte[Count][];
        Parallel.For(0, Count, i =>
        {
            string labels = string.Join('\n', _images[i].Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
            byte[] text = Encoding.UTF8.GetBytes($"{_images[i].Key}\n{labels}\n");
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(text);
            hash.AppendData(Pixels(i));
            hashes[i] = hash.GetHashAndReset();
        });
        Array.Sort(hashes, (a, b) => a.AsSpan().SequenceCompareTo(b));
        return Convert.ToHexStringLower(SHA256.HashData([.. hashes.SelectMany(hash => hash)]));
    }
}
