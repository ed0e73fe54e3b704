using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading.Channels;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries.Adding;

/// <summary>
/// Works → batches → [hash, decode, extract] on several threads → commits, in the order given. Each worker takes a batch from
/// the first byte to the signatures, so that one decodes while another infers and no core waits for a stage to fill.
/// The number of batches between reading and committing is bounded, whatever the number of works. Works are read and images computed on
/// threads of the run's own, and none of them is kept while something is waited for.
/// </summary>
internal sealed class AddPipeline(
    IGalleryStore store, IImageDecoder decoder, IReadOnlyList<IFeatureExtractor> extractors, GalleryOptions options, AddOptions adding, GalleryTelemetry telemetry)
{
    /// <summary>When an extractor fails for so many images before it answers for any, it is the extractor that is broken.</summary>
    private const int HopelessFrom = 32;

    /// <summary>So many regions of an image are extracted at once, where each is cut out.</summary>
    private const int RegionBatch = 16;

    /// <summary>What signatures a work gets: first those of the whole, then those of its regions.</summary>
    private readonly Target[] _targets =
    [
        .. extractors.Select(extractor => new Target(extractor, extractor.Space, null)),
        .. adding.Regions is RegionLayout layout ? extractors.Select(extractor => new Target(extractor, layout.SpaceOf(extractor.Space), layout)) : [],
    ];

    /// <summary>The works that have taken a key in this run.</summary>
    private readonly ConcurrentDictionary<string, PaintingImage> _taken = new(StringComparer.Ordinal);
    private volatile bool _extractorWorks;
    private int _extractorFailures;

    public async Task<AddReport> RunAsync(
        IAsyncEnumerable<PaintingImage> works, int? total, IProgress<AddProgress>? progress, CancellationToken cancellationToken)
    {
        using Activity? activity = telemetry.BeginAdd();
        var clock = Stopwatch.StartNew();
        int added = 0, updated = 0, skipped = 0, erasedValues = 0;
        List<AddFailure> failures = [];
        List<string> replaced = [], erased = [];
        List<RenamedWork> renamed = [];
        List<SameImage> sameImages = [];
        List<AddWarning> warnings = [];

        var written = new WrittenWorks(store, [.. _targets.Select(target => target.Space)]);
        await written.BeginAsync(cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(4 * options.MaxDegreeOfParallelism);
        var pending = Channel.CreateBounded<Batch>(options.MaxDegreeOfParallelism);
        var ordered = Channel.CreateUnbounded<Task<BatchOutcome>>();

        // Threads of their own: computing would starve the pool that runs the commits, and an enumeration may block.
        using var reading = new ComputeThreads(1, "ArtSimilarity add, reader");
        using var computing = new ComputeThreads(options.MaxDegreeOfParallelism, "ArtSimilarity add");
        Task reader = reading.RunAsync(() => ReadAsync(works, slots, pending.Writer, ordered.Writer, stop.Token), CancellationToken.None);
        Task[] workers = [.. Enumerable.Range(0, options.MaxDegreeOfParallelism)
            .Select(_ => computing.RunAsync(() => WorkAsync(pending.Reader, stop.Token), CancellationToken.None))];
        try
        {
            await foreach (Task<BatchOutcome> next in ordered.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                BatchOutcome outcome = await next.WaitAsync(stop.Token).ConfigureAwait(false);
                if (outcome.Entries.Count > 0)
                {
                    await store.WriteAsync(outcome.Entries, stop.Token).ConfigureAwait(false);
                    await written.NoteAsync(outcome.Entries, stop.Token).ConfigureAwait(false);
                }

                slots.Release();
                telemetry.WorksAdded(outcome.Added);
                telemetry.WorksFailed(outcome.Failures.Count);
                added += outcome.Added;
                updated += outcome.Updated;
                skipped += outcome.Skipped;
                failures.AddRange(outcome.Failures);
                replaced.AddRange(outcome.Replaced);
                renamed.AddRange(outcome.Renamed);
                sameImages.AddRange(outcome.SameImages);
                warnings.AddRange(outcome.Warnings);
                erased.AddRange(outcome.Erased);
                erasedValues += outcome.ErasedValues;
                progress?.Report(new AddProgress(added, skipped, failures.Count, total, clock.Elapsed));
            }

            await reader.ConfigureAwait(false); // the caller's enumeration may have failed
            await written.EndAsync(stop.Token).ConfigureAwait(false);
        }
        catch (GalleryStoreException e) when (e.IsReplaced)
        {
            throw written.Explain(e);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll([reader, .. workers]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new AddReport
        {
            Added = added,
            Updated = updated,
            Skipped = skipped,
            Failures = failures,
            Elapsed = clock.Elapsed,
            Replaced = replaced,
            Renamed = renamed,
            SameImages = sameImages,
            Warnings = warnings,
            Erased = erased,
            ErasedValues = erasedValues,
        };
    }

    private async Task ReadAsync(
        IAsyncEnumerable<PaintingImage> works, SemaphoreSlim slots, ChannelWriter<Batch> pending, ChannelWriter<Task<BatchOutcome>> ordered, CancellationToken cancellationToken)
    {
        try
        {
            HashSet<string> keys = new(StringComparer.Ordinal);
            Batch? batch = null;
            await foreach (PaintingImage work in works.WithCancellation(cancellationToken).ConfigureAwait(true))
            {
                if (batch is null)
                {
                    await slots.WaitAsync(cancellationToken).ConfigureAwait(true);
                    batch = new Batch();
                }

                if (work.FurtherKeys.Prepend(work.Painting.Key).FirstOrDefault(keys.Add) is string key)
                {
                    batch.Works.Add(key == work.Painting.Key ? work : new PaintingImage(work.Painting.WithKey(key), work.Image) { FurtherKeys = work.FurtherKeys });
                }
                else
                {
                    batch.Repeated.Add(new AddFailure(work.Painting.Key, work.Image.Name, "another work with the same key was given before"));
                }

                if (batch.Works.Count + batch.Repeated.Count == options.BatchSize)
                {
                    await HandOnAsync(batch).ConfigureAwait(true);
                    batch = null;
                }
            }

            if (batch is not null)
            {
                await HandOnAsync(batch).ConfigureAwait(true);
            }

            ordered.Complete();
        }
        catch (Exception e)
        {
            ordered.Complete(e); // whoever awaits the commits learns of it
            throw;
        }
        finally
        {
            pending.Complete();
        }

        async ValueTask HandOnAsync(Batch batch)
        {
            await pending.WriteAsync(batch, cancellationToken).ConfigureAwait(true);
            ordered.TryWrite(batch.Outcome.Task);
        }
    }

    private async Task WorkAsync(ChannelReader<Batch> pending, CancellationToken cancellationToken)
    {
        await foreach (Batch batch in pending.ReadAllAsync(cancellationToken).ConfigureAwait(true))
        {
            try
            {
                batch.Outcome.SetResult(await ProcessAsync(batch, cancellationToken).ConfigureAwait(true));
            }
            catch (Exception e)
            {
                batch.Outcome.SetException(e); // surfaces where the batch would have been committed
                return;
            }
        }
    }

    private async Task<BatchOutcome> ProcessAsync(Batch batch, CancellationToken cancellationToken)
    {
        var outcome = new BatchOutcome();
        outcome.Failures.AddRange(batch.Repeated);
        IReadOnlyDictionary<string, StoredWork> stored = await store.FindAsync(
            [.. batch.Works.SelectMany(work => work.FurtherKeys.Append(work.Painting.Key)).Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(true);

        List<Candidate> candidates = [];
        try
        {
            foreach (PaintingImage work in batch.Works)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    if (await PrepareAsync(work, stored, outcome, cancellationToken).ConfigureAwait(true) is Candidate candidate)
                    {
                        candidates.Add(candidate);
                    }
                }
                catch (ImageDecodeException e)
                {
                    outcome.Failures.Add(new AddFailure(work.Painting.Key, work.Image.Name, e.Reason));
                }
                catch (ArgumentException e) when (e.ParamName == nameof(PaintingImage.Painting))
                {
                    outcome.Failures.Add(new AddFailure(work.Painting.Key, work.Image.Name, e.Message));
                }
            }

            await ExtractAsync(candidates, outcome, cancellationToken).ConfigureAwait(true);
        }
        finally
        {
            candidates.ForEach(candidate => candidate.Image.Dispose());
        }

        return outcome;
    }

    /// <summary>Hashes and decodes a work's image; <see langword="null"/> when every signature is there already, or the work is refused.</summary>
    private async ValueTask<Candidate?> PrepareAsync(
        PaintingImage work, IReadOnlyDictionary<string, StoredWork> stored, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        EntryValidation.ThrowIfUnusable([new GalleryEntry(work.Painting, null, [])], nameof(PaintingImage.Painting));
        ReadOnlyMemory<byte> bytes = await work.Image.ReadBytesAsync(options.MaxImageBytes, cancellationToken).ConfigureAwait(true);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var identity = new WorkIdentity(store, adding, stored, _taken);
        if (await identity.ResolveAsync(work, hash, cancellationToken).ConfigureAwait(true) is string refusal)
        {
            outcome.Failures.Add(new AddFailure(work.Painting.Key, work.Image.Name, refusal));
            return null;
        }

        StoredWork? former = identity.Former;
        string key = identity.Key;
        Painting painting = former is null ? work.Painting.WithKey(key)
            : adding.Catalogue == CatalogueUpdate.Replace ? work.Painting.WithKey(key)
            : former.Painting.WithKey(key).UpdatedWith(work.Painting);
        string? formerKey = former is null || former.Painting.Key == key ? null : former.Painting.Key;
        bool sameImage = former?.ContentHash == hash;
        bool[] missing = [.. _targets.Select(target => !(sameImage && former!.Spaces.Contains(target.Space)))];
        if (!missing.Contains(true))
        {
            outcome.Skipped++;
            if (!former!.Painting.Equals(painting))
            {
                outcome.Updated++;
                outcome.Entries.Add(new GalleryEntry(painting, null, []) { FormerKey = formerKey });
                outcome.NoteRename(formerKey, key);
                outcome.NoteErased(key, Adding.ErasedValues.Count(former.Painting, painting));
            }

            return null;
        }

        int width = 0, height = 0, decodedWidth = 0, decodedHeight = 0;
        for (int i = 0; i < missing.Length; i++)
        {
            if (missing[i])
            {
                Target target = _targets[i];
                width = Math.Max(width, target.Extractor.InputSize.Width);
                height = Math.Max(height, target.Extractor.InputSize.Height);
                decodedWidth = Math.Max(decodedWidth, target.DecodedSize.Width);
                decodedHeight = Math.Max(decodedHeight, target.DecodedSize.Height);
            }
        }

        RgbImage image = await decoder.DecodeAsync(
            ImageSource.FromBytes(bytes, work.Image.Name), new ImageSize(decodedWidth, decodedHeight), null, cancellationToken).ConfigureAwait(true);
        telemetry.ImageDecoded(GalleryTelemetry.Add);
        return new Candidate(painting, formerKey, work.Image.Name, hash, image, missing)
        {
            IsReplaced = former is not null && !sameImage,
            ErasedValues = former is null ? 0 : Adding.ErasedValues.Count(former.Painting, painting),
            SameAs = identity.SameImageAs,
            Warning = ImageWarning.Describe(image, new ImageSize(width, height)),
        };
    }

    /// <summary>
    /// Extracts a whole batch; where that fails, image by image, so that one picture a model cannot cope with is reported like any
    /// other bad image. An extractor that fails again and again, and never because of a picture, is broken, and the run ends.
    /// </summary>
    private async Task ExtractAsync(List<Candidate> candidates, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        // A work that is there already was extracted once: the extractor can do it.
        if (outcome.Skipped > 0)
        {
            _extractorWorks = true;
        }

        if (candidates.Count == 0)
        {
            return;
        }

        try
        {
            await ExtractAllAsync(candidates, cancellationToken).ConfigureAwait(true);
            candidates.ForEach(outcome.Accept);
            _extractorWorks = true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            foreach (Candidate candidate in candidates)
            {
                await ExtractAloneAsync(candidate, outcome, cancellationToken).ConfigureAwait(true);
            }
        }
    }

    private async Task ExtractAloneAsync(Candidate candidate, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            candidate.Signatures.Clear();
            await ExtractAllAsync([candidate], cancellationToken).ConfigureAwait(true);
            outcome.Accept(candidate);
            _extractorWorks = true;
        }
        catch (FeatureExtractionException e)
        {
            // The extractor did its work, and the picture has no signature. However many such pictures there are, it is not broken.
            outcome.Failures.Add(new AddFailure(candidate.Painting.Key, candidate.ImageName, e.Reason));
            _extractorWorks = true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (Interlocked.Increment(ref _extractorFailures) >= HopelessFrom && !_extractorWorks)
            {
                throw;
            }

            outcome.Failures.Add(new AddFailure(candidate.Painting.Key, candidate.ImageName, e.Message));
        }
    }

    private async Task ExtractAllAsync(List<Candidate> candidates, CancellationToken cancellationToken)
    {
        // Of works that lack the same signatures, one pass gives several of them.
        foreach (IGrouping<string, Candidate> alike in candidates.GroupBy(candidate => string.Concat(candidate.Missing.Select(missing => missing ? '1' : '0'))))
        {
            Candidate[] lacking = [.. alike];
            Target[] wanted = [.. _targets.Where((_, i) => lacking[0].Missing[i])];
            foreach (Target[] whole in Together(wanted.Where(target => target.Regions is null)))
            {
                await ExtractWholesAsync(whole, lacking, cancellationToken).ConfigureAwait(true);
            }

            foreach (Target[] parts in Together(wanted.Where(target => target.Regions is not null)))
            {
                for (int number = 0; number < lacking.Length; number++)
                {
                    await ExtractRegionsAsync(parts, lacking[number], number, lacking.Length, cancellationToken).ConfigureAwait(true);
                }
            }
        }

        static IEnumerable<Target[]> Together(IEnumerable<Target> targets)
        {
            Target[] all = [.. targets];
            return SharedPasses.Group(Array.ConvertAll(all, target => target.Extractor)).Select(group => Array.ConvertAll(group, place => all[place]));
        }
    }

    /// <param name="together">Targets of one layout, all but the first of which share its extractor's pass.</param>
    /// <param name="candidate">The work.</param>
    /// <param name="number">Its place in the batch.</param>
    /// <param name="batchSize">The works of the batch.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    private async Task ExtractRegionsAsync(Target[] together, Candidate candidate, int number, int batchSize, CancellationToken cancellationToken)
    {
        RegionLayout layout = together[0].Regions!;
        ImageRegion[] regions = [.. layout.Regions];
        float[][] signatures = Array.ConvertAll(together, target => new float[regions.Length * target.Space.Dimensions]);
        long begin = Stopwatch.GetTimestamp();
        if (layout.IsPooled)
        {
            foreach ((Target target, float[] places) in together.Zip(signatures))
            {
                await PoolRegionsAsync((IFeatureMapExtractor)target.Extractor, candidate.Image, regions, places, cancellationToken).ConfigureAwait(true);
            }
        }
        else
        {
            await CutRegionsAsync(together, candidate.Image, regions, signatures, cancellationToken).ConfigureAwait(true);
        }

        NoteExtracted(together, begin);
        for (int space = 0; space < together.Length; space++)
        {
            int dimensions = together[space].Space.Dimensions;
            for (int i = 0; i < regions.Length; i++)
            {
                candidate.Signatures.Add(Signature.OfImage(together[space].Space, signatures[space].AsMemory(i * dimensions, dimensions), number, batchSize, regions[i]));
            }
        }
    }

    private static async Task CutRegionsAsync(Target[] together, RgbImage image, ImageRegion[] regions, float[][] signatures, CancellationToken cancellationToken)
    {
        IFeatureExtractor[] extractors = Array.ConvertAll(together, target => target.Extractor);
        for (int first = 0; first < regions.Length; first += RegionBatch)
        {
            RgbImage[] cuts = [.. regions.Skip(first).Take(RegionBatch).Select(image.Crop)];
            try
            {
                Memory<float>[] places = [.. together.Select((target, i) => signatures[i].AsMemory(first * target.Space.Dimensions, cuts.Length * target.Space.Dimensions))];
                await SharedPasses.ExtractAsync(extractors, cuts, places, cancellationToken).ConfigureAwait(true);
            }
            finally
            {
                Array.ForEach(cuts, cut => cut.Dispose());
            }
        }
    }

    /// <summary>Windows of one size come from one map, at the size at which each of them is as large as a whole image is otherwise.</summary>
    private static async Task PoolRegionsAsync(IFeatureMapExtractor extractor, RgbImage image, ImageRegion[] regions, Memory<float> signatures, CancellationToken cancellationToken)
    {
        int dimensions = extractor.Space.Dimensions;
        foreach (IGrouping<(double Width, double Height), int> group in Enumerable.Range(0, regions.Length).GroupBy(i => (regions[i].Width, regions[i].Height)))
        {
            int[] places = [.. group];
            float[] pooled = new float[places.Length * dimensions];
            var size = new ImageSize((int)Math.Round(extractor.InputSize.Width / group.Key.Width), (int)Math.Round(extractor.InputSize.Height / group.Key.Height));
            await extractor.ExtractRegionsAsync(image, Array.ConvertAll(places, place => regions[place]), size, pooled, cancellationToken).ConfigureAwait(true);
            for (int i = 0; i < places.Length; i++)
            {
                pooled.AsMemory(i * dimensions, dimensions).CopyTo(signatures[(places[i] * dimensions)..]);
            }
        }
    }

    private async Task ExtractWholesAsync(Target[] together, Candidate[] lacking, CancellationToken cancellationToken)
    {
        RgbImage[] images = Array.ConvertAll(lacking, candidate => candidate.Image);
        Memory<float>[] signatures = Array.ConvertAll(together, target => new float[lacking.Length * target.Space.Dimensions].AsMemory());
        long begin = Stopwatch.GetTimestamp();
        await SharedPasses.ExtractAsync(Array.ConvertAll(together, target => target.Extractor), images, signatures, cancellationToken).ConfigureAwait(true);
        NoteExtracted(together, begin);
        for (int space = 0; space < together.Length; space++)
        {
            int dimensions = together[space].Space.Dimensions;
            for (int i = 0; i < lacking.Length; i++)
            {
                lacking[i].Signatures.Add(Signature.OfImage(together[space].Space, signatures[space].Slice(i * dimensions, dimensions), i, lacking.Length));
            }
        }
    }

    /// <summary>The time of a pass that several spaces share is counted in parts, so that the sum over the spaces is the time spent.</summary>
    private void NoteExtracted(Target[] together, long begin)
    {
        TimeSpan part = Stopwatch.GetElapsedTime(begin) / together.Length;
        Array.ForEach(together, target => telemetry.Extracted(target.Space, part));
    }

    /// <param name="Extractor">Makes the signatures.</param>
    /// <param name="Space">The space they live in.</param>
    /// <param name="Regions">The regions they are of; <see langword="null"/> for the whole image.</param>
    private sealed record Target(IFeatureExtractor Extractor, FeatureSpace Space, RegionLayout? Regions)
    {
        /// <summary>How large the image is decoded: so large that the smallest region has the extractor's input size.</summary>
        public ImageSize DecodedSize { get; } = Regions is null ? Extractor.InputSize
            : new ImageSize((int)Math.Ceiling(Extractor.InputSize.Width * Regions.Magnification), (int)Math.Ceiling(Extractor.InputSize.Height * Regions.Magnification));
    }

    private sealed class Batch
    {
        public List<PaintingImage> Works { get; } = [];

        public List<AddFailure> Repeated { get; } = [];

        public TaskCompletionSource<BatchOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class BatchOutcome
    {
        public List<GalleryEntry> Entries { get; } = [];

        public List<AddFailure> Failures { get; } = [];

        public List<string> Replaced { get; } = [];

        public List<RenamedWork> Renamed { get; } = [];

        public List<SameImage> SameImages { get; } = [];

        public List<AddWarning> Warnings { get; } = [];

        public List<string> Erased { get; } = [];

        public int ErasedValues { get; private set; }

        public int Added { get; private set; }

        public int Updated { get; set; }

        public int Skipped { get; set; }

        public void Accept(Candidate candidate)
        {
            string key = candidate.Painting.Key;
            Entries.Add(new GalleryEntry(candidate.Painting, candidate.ContentHash, candidate.Signatures) { FormerKey = candidate.FormerKey });
            Added++;
            NoteRename(candidate.FormerKey, key);
            NoteErased(key, candidate.ErasedValues);
            if (candidate.IsReplaced)
            {
                Replaced.Add(key);
            }

            if (candidate.SameAs is string other)
            {
                SameImages.Add(new SameImage(key, other));
            }

            if (candidate.Warning is string warning)
            {
                Warnings.Add(new AddWarning(key, candidate.ImageName, warning));
            }
        }

        public void NoteErased(string key, int values)
        {
            if (values > 0)
            {
                Erased.Add(key);
                ErasedValues += values;
            }
        }

        public void NoteRename(string? formerKey, string key)
        {
            if (formerKey is not null)
            {
                Renamed.Add(new RenamedWork(formerKey, key));
            }
        }
    }

    private sealed record Candidate(Painting Painting, string? FormerKey, string ImageName, string ContentHash, RgbImage Image, bool[] Missing)
    {
        public List<Signature> Signatures { get; } = [];

        public bool IsReplaced { get; init; }

        public int ErasedValues { get; init; }

        public string? SameAs { get; init; }

        public string? Warning { get; init; }
    }
}
