using System.Text.Json;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Tests;

public class RetrievalEvaluatorTests
{
    [Theory]
    [InlineData("leaveOneOut", 1)]
    [InlineData("leaveOneOut", 2)]
    [InlineData("split", 1)]
    public void Figures_by_label_are_those_that_NumPy_computes(string name, int threads)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Goldens", "retrieval-golden.json")));
        JsonElement expected = golden.RootElement.GetProperty(name);
        int[] ks = [.. golden.RootElement.GetProperty("ks").EnumerateArray().Select(k => k.GetInt32())];
        LabelledVectors all = Read(golden.RootElement, _ => true);
        LabelRetrievalReport report = name == "split"
            ? RetrievalEvaluator.EvaluateLabels(Read(golden.RootElement, row => row % 3 != 0), Read(golden.RootElement, row => row % 3 == 0), ks, SimilarityMetrics.Angular, threads, TestContext.Current.CancellationToken)
            : RetrievalEvaluator.EvaluateLabels(all, all, ks, SimilarityMetrics.Angular, threads, TestContext.Current.CancellationToken);

        Assert.Equal(expected.GetProperty("queries").GetInt32(), report.QueryCount);
        Assert.Equal(expected.GetProperty("map").GetDouble(), report.MeanAveragePrecision, 1e-9);
        Assert.Equal(expected.GetProperty("macroMap").GetDouble(), report.MacroAveragePrecision, 1e-9);
        for (int i = 0; i < ks.Length; i++)
        {
            Assert.Equal(ks[i], report.PrecisionAtK[i].K);
            Assert.Equal(expected.GetProperty("micro")[i].GetDouble(), report.PrecisionAtK[i].Micro, 1e-9);
            Assert.Equal(expected.GetProperty("macro")[i].GetDouble(), report.PrecisionAtK[i].Macro, 1e-9);
        }

        JsonElement perLabel = expected.GetProperty("perLabel");
        Assert.Equal(perLabel.EnumerateObject().Select(label => label.Name).Order(StringComparer.Ordinal), report.Labels.Select(label => label.Label));
        foreach (LabelRetrieval label in report.Labels)
        {
            Assert.Equal(perLabel.GetProperty(label.Label).GetProperty("map").GetDouble(), label.MeanAveragePrecision, 1e-9);
            Assert.Equal(perLabel.GetProperty(label.Label).GetProperty("precision").EnumerateArray().Select(p => p.GetDouble()), label.PrecisionAtK, (x, y) => Math.Abs(x - y) < 1e-9);
        }
    }

    [Fact]
    public void Pairs_are_asked_in_both_directions()
    {
        // On a line: 0 and 1 are each other's nearest; 2's nearest is 3, but 3's is 4.
        var vectors = new VectorSet(1);
        vectors.Add([0, 1, 2, 3, 4], [0, 1, 10, 12, 13]);
        IReadOnlyList<double> recall = RetrievalEvaluator.EvaluatePairs(
            vectors, [(0, 1), (2, 3)], [1, 2], SimilarityMetrics.Euclidean, TestContext.Current.CancellationToken);
        Assert.Equal([0.75, 1], recall);
    }

    [Fact]
    public void An_unknown_id_in_a_pair_is_named()
    {
        var vectors = new VectorSet(1);
        vectors.Add([0], [1]);
        Assert.Contains("7", Assert.Throws<ArgumentException>(() => RetrievalEvaluator.EvaluatePairs(
            vectors, [(0, 7)], [1], SimilarityMetrics.Angular, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_do_not_fit_the_vectors_are_refused()
    {
        var one = new LabelledVectors(new VectorSet(1), ["a"]);
        Assert.Throws<ArgumentException>(() => RetrievalEvaluator.EvaluateLabels(one, one, [1], SimilarityMetrics.Angular, 1, TestContext.Current.CancellationToken));
    }

    private static LabelledVectors Read(JsonElement golden, Predicate<int> take)
    {
        var vectors = new VectorSet(golden.GetProperty("vectors")[0].GetArrayLength());
        List<string?> labels = [];
        for (int row = 0; row < golden.GetProperty("vectors").GetArrayLength(); row++)
        {
            if (take(row))
            {
                vectors.Add([row], [.. golden.GetProperty("vectors")[row].EnumerateArray().Select(x => x.GetSingle())]);
                labels.Add(golden.GetProperty("labels")[row].GetString());
            }
        }

        return new LabelledVectors(vectors, labels);
    }
}
