using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Integration.Tests;

public class RealPaintingsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_models_side_by_side_and_the_neural_one_knows_genres_better()
    {
        string paintings = SharedData.Require("paintings");
        string model = SharedData.Require("models/mobilenetv2-gluon-features.onnx");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("artsim-real");
        try
        {
            var services = new ServiceCollection();
            services.AddArtSimilarity().AddNetVips().AddClassicalFeatureExtractor().AddOnnxFeatureExtractor(o => o.ModelPath = model)
                .AddFastScanIndex().AddSqliteGallery(Path.Combine(folder.FullName, "gallery.db"));
            await using ServiceProvider provider = services.BuildServiceProvider();
            Gallery gallery = provider.GetRequiredService<Gallery>();
            AddReport report = await gallery.AddAsync(Works(paintings), null, Cancellation);
            Assert.Empty(report.Failures);
            Assert.Equal(600, report.Added);

            LabelRetrievalReport classical = await EvaluateAsync(gallery, gallery.Extractors[0].Space);
            LabelRetrievalReport neural = await EvaluateAsync(gallery, gallery.Extractors[1].Space);
            Assert.Equal(600, neural.QueryCount);
            Assert.True(
                neural.PrecisionAtK[0].Micro > classical.PrecisionAtK[0].Micro + 0.1,
                $"precision@10: {neural.PrecisionAtK[0].Micro:f3} with MobileNetV2, {classical.PrecisionAtK[0].Micro:f3} with histograms");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Two_models_searched_at_once_answer_as_a_comparison_with_every_painting()
    {
        string paintings = SharedData.Require("paintings");
        string squeezeNet = SharedData.Require("models/squeezenet1.1-features.onnx"), mobileNet = SharedData.Require("models/mobilenetv2-gluon-features.onnx");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("artsim-real");
        try
        {
            var services = new ServiceCollection();
            services.AddArtSimilarity(options => options.ApproximateFrom = 100).AddNetVips()
                .AddOnnxFeatureExtractor(options => options.ModelPath = mobileNet).AddOnnxFeatureExtractor(options => options.ModelPath = squeezeNet)
                .AddFastScanIndex().AddSqliteGallery(Path.Combine(folder.FullName, "gallery.db"));
            await using ServiceProvider provider = services.BuildServiceProvider();
            Gallery gallery = provider.GetRequiredService<Gallery>();
            List<PaintingImage> works = [.. Works(paintings)];
            Assert.Equal(600, (await gallery.AddAsync(works, null, Cancellation)).Added);
            var together = new GallerySearchOptions { Spaces = [new(gallery.Extractors[0].Space, 0.6), new(gallery.Extractors[1].Space, 0.4)] };
            var exactly = new GallerySearchOptions { Spaces = together.Spaces, Quality = 1 };
            foreach (SpaceWeight space in together.Spaces)
            {
                await gallery.PrepareAsync(space.Space, null, Cancellation);
            }

            int found = 0, ofGenre = 0;
            foreach (PaintingImage work in works.Where((_, i) => i % 15 == 0))
            {
                GallerySearchResult truth = await gallery.SearchByKeyAsync(work.Painting.Key, 5, exactly, Cancellation);
                GallerySearchResult answer = await gallery.SearchByKeyAsync(work.Painting.Key, 5, together, Cancellation);
                GallerySearchResult byImage = await gallery.SearchAsync(work.Image, 1, together, Cancellation);
                Assert.Equal(work.Painting.Key, byImage.Results[0].Painting.Key);
                found += answer.Results.Count(result => truth.Results.Any(nearest => nearest.Painting.Key == result.Painting.Key));
                ofGenre += truth.Results.Count(result => result.Painting.Genre == work.Painting.Genre);
                var sameGenre = new GallerySearchOptions { Spaces = together.Spaces, Filter = new PaintingFilter { Genres = [work.Painting.Genre!] } };
                Assert.All((await gallery.SearchByKeyAsync(work.Painting.Key, 5, sameGenre, Cancellation)).Results, result => Assert.Equal(work.Painting.Genre, result.Painting.Genre));
            }

            Assert.True(found >= 196, $"{found} of 200 neighbours of the exact answer were found through the indexes");
            Assert.True(ofGenre >= 100, $"{ofGenre} of 200 neighbours are of the query's genre; by chance it would be 50");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_detail_of_a_painting_finds_the_painting()
    {
        string paintings = SharedData.Require("paintings");
        await using var store = new InMemoryGalleryStore();
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = SharedData.Require("models/mobilenetv2-gluon-features.onnx") });
        await using var gallery = new Gallery(store, new NetVipsImageDecoder(), [extractor]);
        List<PaintingImage> works = [.. Works(paintings).Take(200)];
        await gallery.AddAsync(works, null, Cancellation);
        int found = 0;
        foreach (PaintingImage work in works.Take(40))
        {
            var options = new GallerySearchOptions { Region = new ImageRegion(0.1, 0.1, 0.8, 0.8), IncludeQuery = true };
            GallerySearchResult result = await gallery.SearchAsync(work.Image, 5, options, Cancellation);
            found += result.Results.Any(candidate => candidate.Painting.Key == work.Painting.Key) ? 1 : 0;
        }

        Assert.True(found >= 36, $"{found} of 40 paintings were among the 5 nearest to their own detail");
    }

    [Fact]
    public async Task Broken_images_never_end_a_batch()
    {
        string images = SharedData.Require("images");
        await using var store = new InMemoryGalleryStore();
        await using var gallery = new Gallery(store, new NetVipsImageDecoder(), [new ClassicalFeatureExtractor()]);
        List<PaintingImage> works = [.. Directory.EnumerateFiles(images, "*", SearchOption.AllDirectories)
            .Select(file => new PaintingImage(new Painting(Path.GetRelativePath(images, file)), ImageSource.FromFile(file)))];
        AddReport report = await gallery.AddAsync(works, null, Cancellation);
        Assert.Equal(works.Count, report.Added + report.Failures.Count);
        Assert.All(report.Failures, failure => Assert.StartsWith("broken", failure.Key, StringComparison.Ordinal));
        Assert.Contains(report.Failures, failure => failure.Key.Contains("html_error_page", StringComparison.Ordinal));
        Assert.All(report.Failures, failure => Assert.NotEmpty(failure.Reason));
    }

    /// <summary>150 works of each of four genres, in the order of the catalogue.</summary>
    private static IEnumerable<PaintingImage> Works(string paintings)
    {
        Dictionary<string, int> taken = new() { ["landscape"] = 0, ["portrait"] = 0, ["still_life"] = 0, ["abstract_painting"] = 0 };
        foreach (string file in Directory.EnumerateFiles(Path.Combine(paintings, "images")).Order(StringComparer.Ordinal))
        {
            string key = Path.GetFileNameWithoutExtension(file);
            if (GenreOf(paintings).TryGetValue(key, out string? genre) && taken.TryGetValue(genre, out int count) && count < 150)
            {
                taken[genre]++;
                yield return new PaintingImage(new Painting(key) { Genre = genre, ImageUri = file }, ImageSource.FromFile(file));
            }
        }
    }

    private static Dictionary<string, string> GenreOf(string paintings) => Genres ??= File.ReadLines(Path.Combine(paintings, "paintings.csv"))
        .Select(line => line.Split(','))
        .Where(fields => fields.Length == 9) // titles with commas in quotes are left out
        .ToDictionary(fields => fields[0], fields => fields[4]);

    private static Dictionary<string, string>? Genres { get; set; }

    private static async Task<LabelRetrievalReport> EvaluateAsync(Gallery gallery, FeatureSpace space)
    {
        VectorSet vectors = await gallery.Store.ReadSignaturesAsync(space, -1, Cancellation);
        IReadOnlyList<Painting?> works = await gallery.Store.GetPaintingsAsync(space, vectors.Ids.ToArray(), Cancellation);
        var labelled = new LabelledVectors(vectors, [.. works.Select(work => work!.Genre)]);
        return RetrievalEvaluator.EvaluateLabels(labelled, labelled, [10], SimilarityMetrics.Angular, 2, Cancellation);
    }
}
