using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>Works that are added to a gallery that has them: nothing is erased, nothing is doubled, nothing is replaced in silence.</summary>
public sealed class AddingAgainTests : IAsyncDisposable
{
    private readonly InMemoryGalleryStore _store = new();
    private readonly Gallery _gallery;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-adding");

    public AddingAgainTests() => _gallery = new Gallery(_store, new PatternDecoder(), [new ClassicalFeatureExtractor()]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _gallery.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_not_given_is_kept_and_what_is_given_is_taken_over()
    {
        var known = new Painting("a") { Title = "T", Artist = "A", Genre = "G", Style = "S", Year = 1900, ImageUri = "x.jpg", Tags = ["museum:Prado", "oil"] };
        await AddAsync(new PaintingImage(known, PatternDecoder.Source(1)));
        AddReport bare = await AddAsync(new PaintingImage(new Painting("a"), PatternDecoder.Source(1)));
        Assert.Equal((1, 0), (bare.Skipped, bare.Updated));
        Assert.Equal(known, await WorkAsync("a"));

        await AddAsync(new PaintingImage(new Painting("a") { Title = "New", Tags = ["Museum:Louvre", "large"] }, PatternDecoder.Source(1)));
        Assert.Equal(known with { Title = "New", Tags = ["oil", "Museum:Louvre", "large"] }, await WorkAsync("a"));

        AddReport same = await AddAsync(new PaintingImage(new Painting("a") { Tags = ["oil"] }, PatternDecoder.Source(1)));
        Assert.Equal(0, same.Updated);

        await AddAsync(new PaintingImage(new Painting("a") { Genre = "only" }, PatternDecoder.Source(1)), new AddOptions { Catalogue = CatalogueUpdate.Replace });
        Assert.Equal(new Painting("a") { Genre = "only" }, await WorkAsync("a"));
    }

    [Fact]
    public async Task A_changed_picture_keeps_what_the_catalogue_says()
    {
        await AddAsync(new PaintingImage(new Painting("a") { Title = "T", ImageUri = "/p/a.jpg" }, PatternDecoder.Source(1)));
        AddReport report = await AddAsync(new PaintingImage(new Painting("a") { ImageUri = "/p/a.jpg" }, PatternDecoder.Source(2)), new AddOptions { ReplaceImages = false });
        Assert.Equal((1, 0), (report.Added, report.Failures.Count));
        Assert.Equal(["a"], report.Replaced);
        Assert.Equal("T", (await WorkAsync("a"))!.Title);
    }

    [Fact]
    public async Task A_key_that_is_given_renames_the_work_that_has_the_image()
    {
        await AddAsync(File("1.webp", 1, "1.webp"));
        (int id, _) = (await _store.GetSignatureAsync(_gallery.Extractors[0].Space, "1.webp", Cancellation))!.Value;
        AddReport report = await AddAsync(new PaintingImage(new Painting("inv-7") { Title = "T", ImageUri = PathOf("1.webp") }, Given("inv-7", "1.webp", 1).Image));
        Assert.Equal([("1.webp", "inv-7")], report.Renamed.Select(work => (work.FormerKey, work.Key)));
        Assert.Equal((1, 1), (report.Skipped, await _store.CountAsync(new PaintingFilter(), Cancellation)));
        Assert.Equal("T", (await WorkAsync("inv-7"))!.Title);
        Assert.Equal(id, (await _store.GetSignatureAsync(_gallery.Extractors[0].Space, "inv-7", Cancellation))!.Value.Id);
    }

    [Fact]
    public async Task A_key_that_was_made_leaves_the_work_its_own()
    {
        await AddAsync(Given("inv-7", "1.webp", 1));
        AddReport again = await AddAsync(File("1.webp", 1, "1.webp"));
        Assert.Equal((0, 1, 0), (again.Added, again.Skipped, again.Renamed.Count));
        Assert.Null(await WorkAsync("1.webp"));

        // The file was changed where it lies: still the same work.
        AddReport changed = await AddAsync(File("1.webp", 5, "1.webp"));
        Assert.Equal(1, changed.Added);
        Assert.Equal(["inv-7"], changed.Replaced);
        Assert.Equal(1, await _store.CountAsync(new PaintingFilter(), Cancellation));
        Assert.NotNull(await WorkAsync("inv-7"));
    }

    [Fact]
    public async Task A_file_that_was_moved_is_the_same_work()
    {
        await AddAsync(File("old/1.webp", 1, "1.webp"));
        System.IO.File.Delete(PathOf("old/1.webp"));
        AddReport report = await AddAsync(File("new/2.webp", 1, "2.webp"));
        Assert.Equal((0, 1, 1), (report.Added, report.Skipped, report.Updated));
        Assert.Equal(PathOf("new/2.webp"), (await WorkAsync("1.webp"))!.ImageUri);
        Assert.Equal(1, await _store.CountAsync(new PaintingFilter(), Cancellation));
    }

    [Fact]
    public async Task Two_files_of_the_same_content_are_two_works_and_told()
    {
        await AddAsync(File("1.webp", 1, "1.webp"));
        AddReport report = await AddAsync(File("copy.webp", 1, "copy.webp"));
        Assert.Equal([("copy.webp", "1.webp")], report.SameImages.Select(work => (work.Key, work.OtherKey)));
        Assert.Equal(2, await _store.CountAsync(new PaintingFilter(), Cancellation));
    }

    [Fact]
    public async Task Files_of_one_name_in_two_folders_are_two_works()
    {
        await AddAsync(File("A/1.webp", 1, "1.webp"));
        AddReport report = await AddAsync(File("B/1.webp", 2, "1.webp", "B/1.webp"));
        Assert.Equal(1, report.Added);
        Assert.Equal(PathOf("A/1.webp"), (await WorkAsync("1.webp"))!.ImageUri);
        Assert.Equal(PathOf("B/1.webp"), (await WorkAsync("B/1.webp"))!.ImageUri);

        // And again: both are there.
        AddReport again = await AddAsync(File("B/1.webp", 2, "1.webp", "B/1.webp"));
        Assert.Equal((0, 1, 0), (again.Added, again.Skipped, again.Updated));
        Assert.Equal(2, await _store.CountAsync(new PaintingFilter(), Cancellation));
    }

    [Fact]
    public async Task Files_of_one_name_in_one_run_are_two_works()
    {
        AddReport report = await _gallery.AddAsync(
            [File("A/1.webp", 1, "1.webp", "A/1.webp"), File("B/1.webp", 2, "1.webp", "B/1.webp"), Given("1.webp", "C/1.webp", 3)], null, Cancellation);
        Assert.Equal(2, report.Added);
        Assert.Contains("same key", Assert.Single(report.Failures).Reason, StringComparison.Ordinal);
        Assert.NotNull(await WorkAsync("B/1.webp"));
    }

    [Fact]
    public async Task Another_picture_under_a_given_key_is_told_or_refused()
    {
        await AddAsync(Given("a", "1.webp", 1));
        AddReport refused = await AddAsync(Given("a", "2.webp", 2), new AddOptions { ReplaceImages = false });
        Assert.Contains("another picture", Assert.Single(refused.Failures).Reason, StringComparison.Ordinal);
        Assert.Equal(PathOf("1.webp"), (await WorkAsync("a"))!.ImageUri);
        AddReport replaced = await AddAsync(Given("a", "2.webp", 2));
        Assert.Equal(["a"], replaced.Replaced);
    }

    [Fact]
    public async Task One_picture_that_the_model_cannot_handle_does_not_stop_a_run_even_alone()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [new NaNExtractor()], null, new GalleryOptions { BatchSize = 1, MaxDegreeOfParallelism = 1 });
        PaintingImage[] works = [.. Enumerable.Range(0, 30).Select(i => new PaintingImage(new Painting($"w{i}"), PatternDecoder.Source(i)))];
        AddReport first = await gallery.AddAsync(works, null, Cancellation);
        Assert.Equal(29, first.Added);
        AddFailure failure = Assert.Single(first.Failures);
        Assert.Equal(("w0", "0.pattern"), (failure.Key, failure.ImageName));

        AddReport again = await gallery.AddAsync([.. works, new PaintingImage(new Painting("new"), PatternDecoder.Source(99))], null, Cancellation);
        Assert.Equal((1, 29, 1), (again.Added, again.Skipped, again.Failures.Count));
    }

    [Fact]
    public async Task Pictures_without_a_signature_never_end_a_run_however_many_come_first()
    {
        foreach (IFeatureExtractor extractor in (IFeatureExtractor[])[new StrictExtractor(dislikedBelow: 100, throws: true), new StrictExtractor(dislikedBelow: 100, throws: false)])
        {
            await using var store = new InMemoryGalleryStore();
            await using var gallery = new Gallery(store, new PatternDecoder(), [extractor]);
            PaintingImage[] works = Patterns(130);
            AddReport first = await gallery.AddAsync(works, null, Cancellation);
            Assert.Equal((30, 100), (first.Added, first.Failures.Count));
            Assert.Equal(works[..100].Select(work => work.Painting.Key), first.Failures.Select(failure => failure.Key));

            AddReport again = await gallery.AddAsync(works, null, Cancellation);
            Assert.Equal((0, 30, 100), (again.Added, again.Skipped, again.Failures.Count));
            AddReport rest = await gallery.AddAsync(works[..100], null, Cancellation);
            Assert.Equal((0, 0, 100), (rest.Added, rest.Skipped, rest.Failures.Count));
        }
    }

    [Fact]
    public async Task An_extractor_that_fails_for_every_picture_ends_the_run_with_its_own_exception()
    {
        var extractor = new BrokenExtractor();
        await using var gallery = new Gallery(_store, new PatternDecoder(), [extractor], null, new GalleryOptions { BatchSize = 4, MaxDegreeOfParallelism = 1 });
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => gallery.AddAsync(Patterns(1000), null, Cancellation));
        Assert.Equal("the device is gone", failure.Message);
        Assert.InRange(extractor.Asked, 32, 100);
    }

    [Fact]
    public async Task Works_that_are_there_show_that_the_extractor_works()
    {
        var extractor = new BrokenExtractor { Works = true };
        await using var gallery = new Gallery(_store, new PatternDecoder(), [extractor], null, new GalleryOptions { BatchSize = 4, MaxDegreeOfParallelism = 1 });
        PaintingImage[] works = Patterns(104);
        await gallery.AddAsync(works[..4], null, Cancellation);
        extractor.Works = false;
        AddReport report = await gallery.AddAsync(works, null, Cancellation);
        Assert.Equal((4, 100), (report.Skipped, report.Failures.Count));
        Assert.All(report.Failures, failure => Assert.Equal("the device is gone", failure.Reason));
    }

    [Fact]
    public async Task A_search_by_a_picture_without_a_signature_says_so()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [new StrictExtractor(dislikedBelow: 1, throws: false)]);
        await gallery.AddAsync(Patterns(2), null, Cancellation);
        FeatureExtractionException failure = await Assert.ThrowsAsync<FeatureExtractionException>(() => gallery.SearchAsync(PatternDecoder.Source(0), 1, null, Cancellation));
        Assert.Contains("cannot be compared", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_far_smaller_than_the_models_input_is_told()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [new LargeInputExtractor()]);
        AddReport report = await gallery.AddAsync([new PaintingImage(new Painting("a"), PatternDecoder.Source(1))], null, Cancellation);
        AddWarning warning = Assert.Single(report.Warnings);
        Assert.Contains("64×48 pixels where the model looks at 224×224", warning.Text, StringComparison.Ordinal);
        GallerySearchResult found = await gallery.SearchAsync(PatternDecoder.Source(1), 1, null, Cancellation);
        Assert.Contains("64×48", Assert.Single(found.Warnings), StringComparison.Ordinal);
    }

    private static PaintingImage[] Patterns(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new PaintingImage(new Painting($"w{i}"), PatternDecoder.Source(i)))];

    private Task<AddReport> AddAsync(PaintingImage work, AddOptions? options = null) => _gallery.AddAsync([work], options ?? new AddOptions(), null, Cancellation);

    private async Task<Painting?> WorkAsync(string key) => (await _store.FindAsync([key], Cancellation)).GetValueOrDefault(key)?.Painting;

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>A file whose key is made from its place.</summary>
    private PaintingImage File(string file, int seed, params string[] keys)
    {
        PaintingImage given = Given(keys[0], file, seed);
        return new PaintingImage(given.Painting, given.Image) { FurtherKeys = keys.Length > 1 ? keys[1..] : ["no other"] };
    }

    private PaintingImage Given(string key, string file, int seed)
    {
        string path = PathOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, $"pattern:{seed}");
        return new PaintingImage(new Painting(key) { ImageUri = path }, ImageSource.FromFile(path));
    }

    /// <summary>Gives NaN for the first pattern.</summary>
    private sealed class NaNExtractor() : ComputingExtractor(new("nan", "as is", 3), new(8, 8))
    {
        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            using RgbImage disliked = PatternDecoder.Decode(PatternDecoder.Source(0), null, null, cancellationToken);
            for (int i = 0; i < images.Length; i++)
            {
                signatures.Slice(3 * i, 3).Fill(images[i].Pixels.SequenceEqual(disliked.Pixels) ? float.NaN : 1);
            }
        }
    }

    /// <summary>Has no signature for the patterns below a number: says so, as the contract asks, or writes NaN.</summary>
    private sealed class StrictExtractor : ComputingExtractor
    {
        private readonly HashSet<string> _disliked;
        private readonly bool _throws;

        public StrictExtractor(int dislikedBelow, bool throws)
            : base(new("strict", "as is", 3), new(8, 8))
        {
            _throws = throws;
            _disliked = [.. Enumerable.Range(0, dislikedBelow).Select(seed =>
            {
                using RgbImage image = PatternDecoder.Decode(PatternDecoder.Source(seed));
                return Convert.ToHexString(image.Pixels);
            })];
        }

        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            List<int> disliked = [];
            signatures.Fill(1);
            for (int i = 0; i < images.Length; i++)
            {
                if (_disliked.Contains(Convert.ToHexString(images[i].Pixels)))
                {
                    disliked.Add(i);
                    signatures.Slice(3 * i, 3).Fill(float.NaN);
                }
            }

            if (_throws && disliked.Count > 0)
            {
                throw new FeatureExtractionException("no numbers", disliked, images.Length);
            }
        }
    }

    private sealed class BrokenExtractor() : ComputingExtractor(new("broken", "as is", 3), new(8, 8))
    {
        private int _asked;

        public bool Works { get; set; }

        public int Asked => _asked;

        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            signatures.Fill(Works ? 1 : throw new InvalidOperationException("the device is gone"));
        }
    }

    private sealed class LargeInputExtractor() : ComputingExtractor(new("large", "as is", 1), new(224, 224))
    {
        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken) => signatures.Fill(1);
    }
}
