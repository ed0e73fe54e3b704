using ArtSimilarity.Conformance;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Onnx;
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
            services.AddArtSimilarity().AddImaging().AddClassicalFeatureExtractor().AddOnnxFeatureExtractor(o => o.ModelPath = model)
                .AddAnnoyIndex().AddSqliteGallery(Path.Combine(folder.FullName, "gallery.db"));
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
    public async Task A_detail_of_a_painting_finds_the_painting()
    {
        string paintings = SharedData.Require("paintings");
        await using var store = new InMemoryGalleryStore();
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = SharedData.Require("models/mobilenetv2-gluon-features.onnx") });
        await using var gallery = new Gallery(store, new VipsImageDecoder(), [extractor]);
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
        await using var gallery = new Gallery(store, new VipsImageDecoder(), [new ClassicalFeatureExtractor()]);
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
