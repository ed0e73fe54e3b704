using System.Numerics.Tensors;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Testing;
using ArtSimilarity.Training.Data;
using ArtSimilarity.Training.Running;
using Xunit;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace ArtSimilarity.Training.Tests;

/// <summary>A network with two signatures from one pass.</summary>
[Collection(nameof(RunsAlone))]
public class WorkHeadTests
{
    private static readonly LabelTarget Direction = new("direction", TinyPictures.Labels);

    private static readonly TrainingPhase Phase = new()
    {
        Epochs = 2, BatchSize = 16, LearningRate = 0.01, TrunkRate = 0.5, InputSide = 32, Augmentation = Augmentation.None with { MinimumArea = 0.7 },
        InstanceWeight = 0.5, InstanceMemory = 64, LookAlikes = 3, HeavyViews = new HeavyViews(),
    };

    private static readonly Recipe Two = new()
    {
        Name = "two",
        Dimensions = 16,
        Work = new WorkHead { Dimensions = 12 },
        Phases = [Phase with { TrainFrom = "head", LookAlikes = 0 }, Phase],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_signatures_of_the_file_are_those_of_the_network(bool hasFurtherMap)
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 60);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        Recipe recipe = Two with { Work = new WorkHead { Dimensions = 12, FurtherMaps = hasFurtherMap ? ["relu2"] : [] } };
        var trainer = new Trainer(network, set, Split(set), [Direction], recipe, Options(folder, 1));
        trainer.Run(TestContext.Current.CancellationToken);
        trainer.Save(folder["two.onnx"], "two 1", "tiny", halfPrecision: false);
        Assert.InRange(trainer.CompareWithOnnxRuntime(folder["two.onnx"], 8, TestContext.Current.CancellationToken), 0.99999, 1.0001);
        using OnnxFeatureExtractor genre = Extractor(folder["two.onnx"], null), work = Extractor(folder["two.onnx"], "work");
        float[] expected = trainer.PredictWorks([0, 1, 2], TestContext.Current.CancellationToken), row = new float[12];
        for (int i = 0; i < 3; i++)
        {
            using RgbImage image = RgbImage.FromPixels(set.Pixels(i), set.Side, set.Side);
            work.Extract([image], row, TestContext.Current.CancellationToken);
            Assert.InRange(TensorPrimitives.CosineSimilarity(row, expected.AsSpan(12 * i, 12)), 0.99999f, 1.0001f);
        }

        // Two feature spaces of one file: the first is called as if there were no second.
        Assert.Equal((16, 12), (genre.Space.Dimensions, work.Space.Dimensions));
        Assert.Equal(genre.Space.ModelId + ":work", work.Space.ModelId);
        Assert.DoesNotContain(":", genre.Space.ModelId, StringComparison.Ordinal);
        Assert.Equal([("embedding", "direction", 16), ("work", "work", 12)], work.TrainedModel!.Signatures.Select(signature => (signature.Output, signature.Tells, signature.Dimensions)));
        using Network again = Network.Load(folder["two.onnx"]);
        Assert.Equal(["embedding", "probabilities", "work", "feature_map"], again.Outputs);
        Assert.Equal(network.ParameterCount, again.ParameterCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Regions_have_signatures_for_works_as_well(bool hasFurtherMap)
    {
        using var folder = new TemporaryFolder();
        using RgbImage image = TinyPictures.Decode(TinyPictures.Create(1)[0].Source, cancellationToken: TestContext.Current.CancellationToken);
        using (Network network = Network.Load(TinyNetwork.Write(folder)))
        {
            network.AddWorkHead("feature_map", new WorkHead { Dimensions = 12, FurtherMaps = hasFurtherMap ? ["relu2"] : [] });
            network.Save(folder["work.onnx"], inputSide: 32);
        }

        using OnnxFeatureExtractor extractor = Extractor(folder["work.onnx"], "work");
        float[] whole = new float[12], region = new float[12];
        extractor.Extract([image], whole, TestContext.Current.CancellationToken);
        await extractor.ExtractRegionsAsync(image, new[] { new ImageRegion(0, 0, 1, 1) }, new ImageSize(32, 32), region, TestContext.Current.CancellationToken);
        Assert.InRange(TensorPrimitives.CosineSimilarity(whole, region), 0.9999f, 1.0001f);

        // The parts of the signature add up to it.
        SignatureDecomposition parts = await extractor.DecomposeAsync(image, cancellationToken: TestContext.Current.CancellationToken);
        float[] sum = [.. parts.Bias.ToArray()];
        foreach (FeatureMap map in parts.Maps)
        {
            for (int position = 0; position < map.Positions; position++)
            {
                TensorPrimitives.Add(sum, map.At(position), sum);
            }
        }

        Assert.InRange(TensorPrimitives.CosineSimilarity(whole, sum), 0.9999f, 1.0001f);
    }

    [Fact]
    public void The_pooling_is_the_generalised_mean()
    {
        using var scope = NewDisposeScope();
        using Network network = TinyNetwork.Create();
        network.AddWorkHead("feature_map", new WorkHead { Dimensions = 4, Exponent = 2.5 });
        using (no_grad())
        {
            Tensor[] values = network.Run(rand([3, 3, 32, 32], generator: new Generator(1UL)), "feature_map", "work_mean");
            float[] map = values[0].contiguous().data<float>().ToArray(), pooled = values[1].contiguous().data<float>().ToArray();
            int places = map.Length / pooled.Length;
            for (int channel = 0; channel < pooled.Length; channel++)
            {
                double mean = map.Skip(channel * places).Take(places).Average(value => Math.Pow(Math.Max(value, 1e-6), 2.5));
                Assert.Equal(Math.Pow(mean, 1 / 2.5), pooled[channel], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData("head", false)]
    [InlineData("all", true)]
    public void Both_heads_learn_and_the_trunk_where_it_shall(string trainFrom, bool movesTrunk)
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 60);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        Recipe recipe = Two with { Phases = [Phase with { TrainFrom = trainFrom, Epochs = 1 }] };
        var trainer = new Trainer(network, set, Split(set), [Direction], recipe, Options(folder, 1));
        Dictionary<string, float[]> before = Values();
        trainer.Run(TestContext.Current.CancellationToken);
        foreach ((string name, float[] values) in Values())
        {
            bool isHead = name.StartsWith("embedding", StringComparison.Ordinal) || name.StartsWith("logits", StringComparison.Ordinal) || name.StartsWith("work", StringComparison.Ordinal);
            Assert.True(values.SequenceEqual(before[name]) != (isHead || movesTrunk), name);
        }

        Assert.Contains("work_weight", before.Keys);

        Dictionary<string, float[]> Values() => network.Layers.SelectMany(layer => layer.Parameters)
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.detach().contiguous().data<float>().ToArray(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void An_interrupted_run_ends_with_the_very_same_model(int phase, int epoch)
    {
        using TemporaryFolder undisturbed = new(), disturbed = new();
        List<EpochReport> expectedReports = [], reports = [];
        float[] expected = Weights(undisturbed, expectedReports.Add);
        using (var stop = new CancellationTokenSource())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => Weights(disturbed, report =>
            {
                reports.Add(report);
                if ((report.Phase, report.Epoch) == (phase, epoch))
                {
                    stop.Cancel();
                }
            }, stop.Token));
        }

        Assert.Equal(expected, Weights(disturbed, reports.Add));
        Assert.Equal(expectedReports.Select(Figures), reports.Select(Figures));
        Assert.All(reports, report => Assert.Equal(6, report.Work!.FirstByKind.Count));

        static (int, int, double, double?, double?, double?) Figures(EpochReport report) => (report.Phase, report.Epoch, report.Loss, report.InstanceLoss, report.HeldOut?.Accuracy, report.Work?.First);
    }

    [Fact]
    public void Works_are_found_by_their_views_after_training_better_than_before()
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 240);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        List<EpochReport> reports = [];
        TrainerOptions options = Options(folder, 1);
        options.EpochCompleted = reports.Add;
        Recipe recipe = Two with { Phases = [Phase with { Epochs = 12, TrunkRate = 1, BatchSize = 32, InstanceWeight = 1, MixUp = 0, LookAlikes = 0 }] };
        new Trainer(network, set, Split(set), [Direction], recipe, options).Run(TestContext.Current.CancellationToken);
        Assert.True(reports[^1].InstanceLoss < 0.8 * reports[0].InstanceLoss, $"{reports[0].InstanceLoss:0.000} → {reports[^1].InstanceLoss:0.000}");
        Assert.True(reports[^1].Work!.First > 3.0 / reports[^1].Work!.Pictures, $"{reports[^1].Work!.First:0.000} of {reports[^1].Work!.Pictures}");
    }

    [Fact]
    public void A_kept_head_keeps_its_second_signature_or_gets_one()
    {
        using TemporaryFolder first = new(), second = new();
        using TrainingSet set = TinyPictures.Prepare(first, 60);
        HeldOutSplit split = Split(set);
        float[] before;
        using (Network network = Network.Load(TinyNetwork.Write(first)))
        {
            var trainer = new Trainer(network, set, split, [Direction], Two with { Phases = [Phase] }, Options(first, 1));
            trainer.Run(TestContext.Current.CancellationToken);
            trainer.Save(first["two.onnx"], "two 1", "tiny", halfPrecision: false);
            before = trainer.PredictWorks([0, 1], TestContext.Current.CancellationToken);
        }

        Recipe kept = Two with { KeepHead = true, Work = null, Phases = [Phase with { Epochs = 1, LearningRate = 1e-9 }] };
        using (Network network = Network.Load(first["two.onnx"]))
        {
            var trainer = new Trainer(network, set, split, [Direction], kept, Options(second, 1));
            trainer.Run(TestContext.Current.CancellationToken);
            Assert.All(before.Zip(trainer.PredictWorks([0, 1], TestContext.Current.CancellationToken)), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        }

        using (Network network = Network.Load(first["two.onnx"]))
        {
            Assert.Contains("work", Assert.Throws<ArgumentException>(() => new Trainer(network, set, split, [Direction], kept with { Work = Two.Work }, Options(second, 1))).Message, StringComparison.Ordinal);
        }

        // A classifier that was trained without gets one.
        using TemporaryFolder third = new();
        using (Network network = Network.Load(TinyNetwork.Write(third)))
        {
            new Trainer(network, set, split, [Direction], Two with { Work = null, Phases = [Phase with { InstanceWeight = 0, HeavyViews = null, InstanceMemory = 0, LookAlikes = 0 }] }, Options(third, 1)).Save(third["one.onnx"], "one 1", "tiny");
        }

        using Network one = Network.Load(third["one.onnx"]);
        var added = new Trainer(one, set, split, [Direction], kept with { Work = Two.Work }, Options(third, 1));
        Assert.Equal(2 * 12, added.PredictWorks([0, 1], TestContext.Current.CancellationToken).Length);
        Assert.Contains("work", one.Outputs);
    }

    [Fact]
    public void Heavy_views_do_not_count_for_the_labels_unless_they_are_asked_to()
    {
        // With a weight of nothing for works, all that is left of the loss is that of the labels.
        double firstViews = Loss(new HeavyViews()), both = Loss(new HeavyViews { CountForLabels = true }), mirrored = Loss(new HeavyViews { Photograph = 0, Detail = 0, Grey = 0, Faded = 0, Digitisation = 0 });
        Assert.Equal(firstViews, mirrored, 0.05); // whatever the second views are
        Assert.NotEqual(firstViews, both, 1e-4);

        static double Loss(HeavyViews views)
        {
            using var folder = new TemporaryFolder();
            using TrainingSet set = TinyPictures.Prepare(folder, 60);
            using Network network = Network.Load(TinyNetwork.Write(folder));
            List<EpochReport> reports = [];
            TrainerOptions options = Options(folder, 1);
            options.EpochCompleted = reports.Add;
            Recipe recipe = Two with { Phases = [Phase with { Epochs = 1, InstanceWeight = 1e-12, HeavyViews = views, LookAlikes = 0, InstanceMemory = 0 }] };
            new Trainer(network, set, Split(set), [Direction], recipe, options).Run(TestContext.Current.CancellationToken);
            return reports[0].Loss;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Heavy_views_that_are_kept_are_those_that_would_be_drawn(int views)
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 12);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        var preprocessing = new ImagePreprocessing { InputSize = new ImageSize(32, 32) };
        var heavy = new HeavyViews();
        var request = new FeatureCacheRequest
        {
            Network = network, NetworkIdentity = "tiny", Tensor = "sum", Set = set, Preprocessing = preprocessing, Folder = folder.Path, Training = [.. Enumerable.Range(0, 10)], HeldOut = [10, 11],
            Side = 32, Views = views, Augmentation = Augmentation.None, HeavyViews = 2, Heavy = heavy, Seed = 5, BrainFloat = false,
        };
        using var cache = FeatureCache.Create(request, null, TestContext.Current.CancellationToken);
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            for (int view = 0; view < views + 2; view++)
            {
                IViewSampler sampler = view < views ? new PictureSampler(Augmentation.None, preprocessing) : new HeavyViewSampler(heavy, preprocessing);
                Tensor drawn = new Batches(set).Draw([4], 32, _ => sampler, _ => new Random(Chance.Seed(5, 4, view)), _ => view == 1 && views > 1);
                Tensor expected = network.Run(drawn, "sum")[0].to(ScalarType.BFloat16).to(ScalarType.Float32), kept = cache.Gather([(4, view)], 0, null).to(ScalarType.Float32);
                Assert.True(allclose(expected, kept, 0.02, 0.02), $"view {view}");
            }
        }

        // Others are not taken for them.
        request = request with { Heavy = heavy with { Detail = 1 } };
        using var other = FeatureCache.Create(request, null, TestContext.Current.CancellationToken);
        Assert.Equal(2, Directory.GetFiles(folder.Path, "features-*.bin").Length);
    }

    [Fact]
    public void Kept_heavy_views_train_the_signature_of_works()
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 60);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        List<EpochReport> reports = [];
        TrainerOptions options = Options(folder, 1);
        options.EpochCompleted = reports.Add;
        Recipe recipe = Two with { Phases = [Phase with { Epochs = 12, TrainFrom = "sum", TrunkRate = 0.2, LookAlikes = 0, CachedViews = 1, CachedHeavyViews = 3 }] };
        new Trainer(network, set, Split(set), [Direction], recipe, options).Run(TestContext.Current.CancellationToken);
        Assert.InRange(reports[^1].InstanceLoss!.Value, 0, 0.9 * reports[0].InstanceLoss!.Value);
        Assert.NotNull(reports[^1].Work);
    }

    [Fact]
    public void Views_of_earlier_steps_are_told_from_as_well()
    {
        using var scope = NewDisposeScope();
        using var memory = new SignatureMemory(4);
        using Tensor first = tensor(new float[] { 1, 0, 0, 1, 1, 1, 1, -1 }, [4, 2]), second = tensor(new float[] { 1, 0, 1, 0.5f }, [2, 2]);
        double alone = InstanceLoss.Compute(second, [7, 7], 0.5).item<float>();
        InstanceLoss.Compute(first, [5, 7, 5, 7], 0.5, memory);
        Assert.Equal(4, memory.Count);
        double told = InstanceLoss.Compute(second, [7, 7], 0.5, memory).item<float>();
        Assert.Equal(2, memory.Count); // the step of four had to go

        // Of the earlier views those of the picture itself (the second and the fourth) do not count.
        double sum = 0;
        float[][] views = [[1, 0], [1, 0.5f]], others = [[1, 0], [1, 1]];
        for (int i = 0; i < 2; i++)
        {
            double partner = Math.Exp(TensorPrimitives.CosineSimilarity(views[i], views[1 - i]) / 0.5);
            sum -= Math.Log(partner / (partner + others.Sum(other => Math.Exp(TensorPrimitives.CosineSimilarity(views[i], other) / 0.5))));
        }

        Assert.Equal(0, alone, 1e-6);
        Assert.Equal(sum / 2, told, 1e-5);
    }

    [Fact]
    public void Look_alikes_follow_one_another_and_works_stay_apart()
    {
        using var scope = NewDisposeScope();

        // Ten bundles of four directions each; the third of every bundle shows the same work as the first.
        var random = new Random(3);
        float[][] middles = [.. Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, 16).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
        float[] features = [.. Enumerable.Range(0, 40).SelectMany(i => middles[i / 4].Select(value => value + (0.25f * (float)(random.NextDouble() - 0.5))))];
        int[] images = [.. Enumerable.Range(100, 40)], works = [.. Enumerable.Range(0, 140).Select(i => i >= 100 && i % 4 == 2 ? i - 2 : i)];
        using Tensor all = tensor(features, [40, 16]);
        var found = LookAlikes.Find(all, images, works);
        Assert.All(images, image => Assert.DoesNotContain(found.Of(image), other => works[other] == works[image]));
        int[] order = [.. images, .. images.Take(8)];
        new Random(4).Shuffle(order);
        int[] grouped = found.Group(order, 3, new Random(5)), again = found.Group(order, 3, new Random(5));
        Assert.Equal(grouped, again);
        Assert.Equal(order.Order(), grouped.Order());

        // Those that follow are more often among the nearest than by chance.
        Assert.True(grouped.Zip(grouped.Skip(1)).Count(pair => found.Of(pair.First).Contains(pair.Second)) > order.Zip(order.Skip(1)).Count(pair => found.Of(pair.First).Contains(pair.Second)));
    }

    private static float[] Weights(TemporaryFolder folder, Action<EpochReport> epochCompleted, CancellationToken? cancellationToken = null)
    {
        using TrainingSet set = TinyPictures.Prepare(folder, 60);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        TrainerOptions options = Options(folder, 1);
        options.EpochCompleted = epochCompleted;
        new Trainer(network, set, Split(set), [Direction], Two, options).Run(cancellationToken ?? TestContext.Current.CancellationToken);
        using var scope = NewDisposeScope(); // see TensorSums
        return [.. network.Layers.SelectMany(layer => layer.Parameters.Select(parameter => (Tensor)parameter.Value).Concat(layer.Buffers.Select(buffer => buffer.Value))).SelectMany(value => value.detach().contiguous().data<float>().ToArray())];
    }

    private static OnnxFeatureExtractor Extractor(string path, string? output) =>
        new(new OnnxFeatureExtractorOptions { ModelPath = path, OutputName = output, Preprocessing = new ImagePreprocessing { InputSize = new ImageSize(32, 32) } });

    private static HeldOutSplit Split(TrainingSet set) => HeldOutSplit.Draw([.. set.Images.Select(image => image.Key)], [], 0.25, 1);

    private static TrainerOptions Options(TemporaryFolder folder, long seed) => new()
    {
        Folder = folder.Path,
        Seed = seed,
        Preprocessing = new ImagePreprocessing { InputSize = new ImageSize(32, 32) },
    };
}
