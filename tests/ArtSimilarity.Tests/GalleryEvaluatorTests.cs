using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class GalleryEvaluatorTests : IDisposable
{
    private static readonly FeatureSpace Space = new("evaluated", "-", 2);
    private readonly InMemoryGalleryStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Neighbours_are_judged_by_a_label_among_all_works_or_for_queries_held_out()
    {
        // Two bundles of directions: portraits to the right, seascapes upwards, and one seascape among the portraits.
        GalleryEvaluator evaluator = await EvaluatorAsync(
            ("p1", "portrait", 0), ("p2", "portrait", 2), ("s3", "seascape", 3), ("s1", "seascape", 90), ("s2", "seascape", 91), ("none", null, 45));
        Assert.Equal(6, evaluator.Works.Count);
        LabelRetrievalReport all = evaluator.EvaluateLabels("genre", [1], cancellationToken: Token);
        Assert.Equal((5, 6), (all.QueryCount, all.BaseCount));
        Assert.Equal(3.0 / 5, all.PrecisionAtK[0].Micro, 6); // p1 finds p2, s1 and s2 each other; p2 and s3 find one another

        LabelRetrievalReport held = evaluator.EvaluateLabels("genre", [1], new HashSet<string> { "s2", "p1" }, cancellationToken: Token);
        Assert.Equal((2, 4), (held.QueryCount, held.BaseCount));
        Assert.Equal(1, held.PrecisionAtK[0].Micro);
        Assert.Equal(0, evaluator.EvaluateLabels("style", [1], cancellationToken: Token).QueryCount);
    }

    [Fact]
    public async Task Pairs_find_each_other_or_are_missing()
    {
        GalleryEvaluator evaluator = await EvaluatorAsync(("a", null, 0), ("b", null, 1), ("c", null, 50), ("d", null, 90));
        PairRetrievalReport report = evaluator.EvaluatePairs([("a", "b"), ("c", "d"), ("a", "nosuch")], [1, 2], cancellationToken: Token);
        Assert.Equal((2, 1), (report.Pairs, report.Missing));
        Assert.Equal([1, 1], report.Recall);
        PairRetrievalReport none = evaluator.EvaluatePairs([("x", "y")], [1], cancellationToken: Token);
        Assert.Equal((0, 1, 0), (none.Pairs, none.Missing, none.Recall.Count));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        GalleryEvaluator evaluator = await EvaluatorAsync(("a", "portrait", 0));
        Assert.Throws<ArgumentException>(() => evaluator.EvaluateLabels("genre", [], cancellationToken: Token));
        Assert.Throws<ArgumentException>(() => evaluator.EvaluateLabels("", [1], cancellationToken: Token));
    }

    [Fact]
    public void A_label_is_a_typed_field_a_named_one_or_a_tag()
    {
        var work = new Painting("k") { Genre = "portrait", Style = "Baroque", Artists = ["A", "B"], Tags = ["century:17"], Fields = PaintingFields.Of([("Museum", "Prado")]) };
        Assert.Equal(["portrait", "Baroque", "A", "Prado", "17", null], new[] { "genre", "style", "artist", "museum", "century", "colour" }.Select(column => PaintingLabel.Of(work, column)));
        Assert.Null(PaintingLabel.Of(null, "genre"));
    }

    private async Task<GalleryEvaluator> EvaluatorAsync(params (string Key, string? Genre, double Degrees)[] works)
    {
        await _store.WriteAsync(
            [.. works.Select(work => new GalleryEntry(
                new Painting(work.Key) { Genre = work.Genre }, $"hash {work.Key}", [new Signature(Space, new[] { (float)Math.Cos(work.Degrees * Math.PI / 180), (float)Math.Sin(work.Degrees * Math.PI / 180) })]))],
            Token);
        return await GalleryEvaluator.LoadAsync(_store, Space, Token);
    }
}
