using ArtSimilarity.Onnx;
using ArtSimilarity.Testing;
using ArtSimilarity.Training.Running;
using Xunit;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Tests;

[Collection(nameof(RunsAlone))]
public class TrainerTests
{
    private static readonly LabelTarget Direction = new("direction", TinyPictures.Labels);

    private static readonly Recipe Short = new()
    {
        Name = "short",
        Dimensions = 16,
        Phases =
        [
            new TrainingPhase { Epochs = 3, TrainFrom = "head", CachedViews = 2, BatchSize = 16, LearningRate = 0.01, InputSide = 32 },
            new TrainingPhase { Epochs = 3, BatchSize = 16, LearningRate = 0.01, TrunkRate = 0.5, InputSide = 32, Augmentation = Augmentation.None with { MinimumArea = 0.7 } },
        ],
    };

    [Fact]
    public void It_learns_what_the_base_model_does_not_know()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Short with { Phases = [new TrainingPhase { Epochs = 12, BatchSize = 16, LearningRate = 0.01, TrunkRate = 1, InputSide = 32, Augmentation = Augmentation.None }] };
        TrainingReport report = Run(folder, recipe, 240);
        Assert.True(report.HeldOut!.BalancedAccuracy > 0.8, $"balanced accuracy {report.HeldOut.BalancedAccuracy:0.00}, where chance gives 0.33");
        Assert.Equal(report.HeldOut.Count, report.MirrorAveraged!.Count);
    }

    [Fact]
    public void An_added_stage_learns_with_statistics_of_its_own()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Short with { StageBlocks = 1, Phases = [new TrainingPhase { Epochs = 10, TrainFrom = "stage", CachedViews = 1, MapCrop = 3, BatchSize = 16, LearningRate = 0.003, InputSide = 32 }] };
        TrainingReport report = Run(folder, recipe, 240);
        Assert.True(report.HeldOut!.BalancedAccuracy > 0.6, $"balanced accuracy {report.HeldOut.BalancedAccuracy:0.00}, where chance gives 0.33");
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_and_another_seed_another()
    {
        using TemporaryFolder one = new(), two = new(), three = new();
        Assert.Equal(Weights(one, Short, seed: 1), Weights(two, Short, seed: 1));
        Assert.NotEqual(Weights(one, Short, seed: 1), Weights(three, Short, seed: 2));
    }

    [Theory]
    [InlineData(1, 2)] // within a phase
    [InlineData(1, 3)] // between two
    [InlineData(2, 1)]
    [InlineData(1, 1, 0.5)]
    [InlineData(2, 2, 0.5)]
    public void An_interrupted_run_ends_with_the_very_same_model(int phase, int epoch, double instanceWeight = 0)
    {
        using TemporaryFolder undisturbed = new(), disturbed = new();
        Recipe recipe = Short with { Phases = [.. Short.Phases.Select(one => one with { InstanceWeight = instanceWeight })], FurtherMaps = instanceWeight > 0 ? ["relu2"] : [] };
        float[] expected = Weights(undisturbed, recipe, seed: 1);
        using (var stop = new CancellationTokenSource())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => Weights(disturbed, recipe, seed: 1, report =>
            {
                if ((report.Phase, report.Epoch) == (phase, epoch))
                {
                    stop.Cancel();
                }
            }, stop));
        }

        List<(int, int)> continued = [];
        Assert.Equal(expected, Weights(disturbed, recipe, seed: 1, report => continued.Add((report.Phase, report.Epoch))));
        Assert.Equal((phase - 1) * 3 + epoch, 6 - continued.Count);
    }

    [Fact]
    public void Views_of_a_picture_find_one_another_where_they_are_asked_to()
    {
        double labelsAlone = Nearer(1e-9, cachedViews: 0), alsoWorks = Nearer(1, cachedViews: 0), cached = Nearer(1, cachedViews: 4);
        Assert.True(alsoWorks < 0.85 * labelsAlone && cached < 0.85 * labelsAlone, $"{labelsAlone:0.000} with labels alone, {alsoWorks:0.000} and {cached:0.000} with the other term");

        // The share of held-out pictures that are nearer to a recoloured, cut copy of one than that one itself, in the mean.
        static double Nearer(double weight, int cachedViews)
        {
            using var folder = new TemporaryFolder();
            using TrainingSet set = TinyPictures.Prepare(folder, 240);
            using Network network = Network.Load(TinyNetwork.Write(folder));
            HeldOutSplit split = Split(set);
            Recipe recipe = Short with
            {
                FurtherMaps = ["relu2"],
                Phases =
                [
                    new TrainingPhase
                    {
                        Epochs = 25, TrainFrom = "head", CachedViews = cachedViews, BatchSize = 32, LearningRate = 0.01, InputSide = 32, InstanceWeight = weight,
                        Augmentation = Augmentation.None with { MinimumArea = 0.8, Color = 0.2 },
                    },
                ],
            };
            new Trainer(network, set, split, [Direction], recipe, Options(folder, 1)).Run(TestContext.Current.CancellationToken);
            using var _ = NewDisposeScope();
            using (no_grad())
            {
                var preprocessing = Options(folder, 1).Preprocessing;
                var batches = new Data.Batches(set);
                int[] heldOut = [.. split.HeldOut];
                Tensor plain = Signatures(Augmentation.None), copies = Signatures(Augmentation.None with { MinimumArea = 0.8, Color = 0.2 });
                Tensor cosines = copies.matmul(plain.t());
                return (cosines > cosines.diagonal().unsqueeze(1)).to(ScalarType.Float32).mean().item<float>();

                Tensor Signatures(Augmentation augmentation)
                {
                    var sampler = new Data.PictureSampler(augmentation, preprocessing);
                    return nn.functional.normalize(network.Run(batches.Draw(heldOut, 32, _ => sampler, i => new Random(i)), "embedding")[0], dim: 1);
                }
            }
        }
    }

    [Fact]
    public void The_loss_of_finding_the_other_view_is_its_definition()
    {
        float[][] signatures = [[1, 0, 0], [0, 2, 0], [0, 1, 1], [3, 1, 0], [0, 1, 0.5f], [0, 0, 1]];
        int[] images = [4, 7, 4, 4, 7, 4]; // the first and the third picture are one, drawn twice
        const double Temperature = 0.5;
        double sum = 0;
        for (int i = 0; i < 6; i++)
        {
            int partner = (i + 3) % 6;
            int[] others = [.. Enumerable.Range(0, 6).Where(j => j == partner || images[j] != images[i])];
            sum -= Math.Log(Math.Exp(Cosine(i, partner) / Temperature) / others.Sum(j => Math.Exp(Cosine(i, j) / Temperature)));
        }

        using var scope = NewDisposeScope();
        using Tensor all = tensor(signatures.SelectMany(row => row).ToArray(), [6, 3]);
        using Tensor loss = InstanceLoss.Compute(all, images, Temperature);
        Assert.Equal(sum / 6, loss.item<float>(), 1e-5);

        double Cosine(int i, int j) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(signatures[i], signatures[j]);
    }

    [Fact]
    public void A_head_on_several_maps_is_normalised_after_a_few_steps_and_can_be_kept()
    {
        using TemporaryFolder first = new(), second = new();
        using TrainingSet set = TinyPictures.Prepare(first, 120);
        HeldOutSplit split = Split(set);
        Recipe recipe = Short with { FurtherMaps = ["relu2"], Phases = [Short.Phases[0] with { Epochs = 1, MixUp = 0, BatchSize = 30 }] };
        float[] before;
        using (Network network = Network.Load(TinyNetwork.Write(first)))
        {
            var trainer = new Trainer(network, set, split, [Direction], recipe, Options(first, 1));
            trainer.Run(TestContext.Current.CancellationToken);
            trainer.Save(first["first.onnx"], "first 1", "tiny", halfPrecision: false);
            before = trainer.Predict([.. split.HeldOut], cancellationToken: TestContext.Current.CancellationToken);

            // Three batches are enough for statistics: what they make of all pictures has a mean near 0, where that of the features is far from it.
            using var scope = NewDisposeScope();
            using (no_grad())
            {
                var plain = new Data.PictureSampler(Augmentation.None, Options(first, 1).Preprocessing);
                Tensor pictures = new Data.Batches(set).Draw([.. split.Training], 32, _ => plain, _ => new Random(0));
                Tensor[] values = network.Run(pictures, "pool_flat", "pool_normalised");
                float raw = values[0].mean([0L]).abs().mean().item<float>(), normalised = values[1].mean([0L]).abs().mean().item<float>();
                Assert.True(normalised < 0.2 * raw, $"{raw:0.000} → {normalised:0.000}");
                Assert.InRange(values[1].std(0).mean().item<float>(), 0.8f, 1.25f);
            }
        }

        using (Network network = Network.Load(first["first.onnx"]))
        {
            var kept = recipe with { KeepHead = true, FurtherMaps = [], Phases = [Short.Phases[1] with { Epochs = 1, LearningRate = 1e-9 }] };
            var trainer = new Trainer(network, set, split, [Direction], kept, Options(second, 1));
            trainer.Run(TestContext.Current.CancellationToken);
            float[] after = trainer.Predict([.. split.HeldOut], cancellationToken: TestContext.Current.CancellationToken);
            Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }

        using (Network again = Network.Load(first["first.onnx"]))
        {
            Assert.Throws<ArgumentException>(() => new Trainer(again, set, split, [Direction], recipe with { KeepHead = true }, Options(second, 1)));
        }

        // With a new head, too, it tells what all of it began with, and both trainings.
        using (Network reheaded = Network.Load(first["first.onnx"]))
        {
            new Trainer(reheaded, set, split, [Direction], Short, Options(second, 1)).Save(second["second.onnx"], "second 1", "first.onnx");
        }

        using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = second["second.onnx"] });
        Assert.StartsWith("tiny sha256:", classifier.TrainedModel!.Base, StringComparison.Ordinal);
        using var recipes = System.Text.Json.JsonDocument.Parse(classifier.TrainedModel.Recipe!);
        Assert.Equal([1, 0], recipes.RootElement.EnumerateArray().Select(one => one.GetProperty("furtherMaps").GetArrayLength()));
    }

    [Fact]
    public void What_a_phase_cannot_begin_with_is_refused_before_anything_is_computed()
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 30);
        Refuse(Short with { StageBlocks = 1, FurtherMaps = ["relu2"], Phases = [Short.Phases[0] with { TrainFrom = "stage" }] }, "stage_input");
        Refuse(Short with { Phases = [Short.Phases[0] with { TrainFrom = "embedding", InstanceWeight = 1 }] }, "instanceWeight");

        void Refuse(Recipe recipe, string what)
        {
            using Network network = Network.Load(TinyNetwork.Write(folder));
            Assert.Contains(what, Assert.Throws<ArgumentException>(() => new Trainer(network, set, Split(set), [Direction], recipe, Options(folder, 1))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused()
    {
        using var folder = new TemporaryFolder();
        Weights(folder, Short, seed: 1);
        CheckpointException error = Assert.Throws<CheckpointException>(() => Weights(folder, Short, seed: 2));
        Assert.Contains("checkpoint.artc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_and_stays()
    {
        using var folder = new TemporaryFolder();
        Weights(folder, Short, seed: 1);
        string path = folder["checkpoint.artc"];
        byte[] whole = File.ReadAllBytes(path);
        var random = new Random(3);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = [.. whole];
            if (i % 2 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }
            else
            {
                damaged[random.Next(i % 4 == 1 ? 96 : damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(path, damaged);
            Assert.Throws<CheckpointException>(() => Weights(folder, Short, seed: 1));
            Assert.Equal(damaged, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Several_columns_are_learned_at_once_and_written_with_their_labels()
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 90);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        LabelTarget[] targets = [Direction, new LabelTarget("parity", ["even", "odd"], 0.3)];
        var trainer = new Trainer(network, set, Split(set), targets, Short, Options(folder, 1));
        trainer.Run(TestContext.Current.CancellationToken);
        trainer.Save(folder["both.onnx"], "stripes 1", "tiny", halfPrecision: true);
        using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = folder["both.onnx"], Target = "parity" });
        Assert.Equal(["even", "odd"], classifier.Labels);
        Assert.Equal("stripes 1", classifier.TrainedModel!.Version);
        Assert.Equal(set.Fingerprint, classifier.TrainedModel.TrainingSet);
        Assert.Equal(Short.ToJson(), classifier.TrainedModel.Recipe);
        Assert.Equal(new Imaging.ImageSize(32, 32), classifier.InputSize);

        // What ONNX Runtime computes from the file is what was trained.
        using var first = new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = folder["both.onnx"] });
        float[] expected = trainer.Predict([0, 1, 2], cancellationToken: TestContext.Current.CancellationToken), row = new float[3];
        for (int i = 0; i < 3; i++)
        {
            using Imaging.RgbImage image = Imaging.RgbImage.FromPixels(set.Pixels(i), set.Side, set.Side);
            first.Classify([image], row, TestContext.Current.CancellationToken);
            for (int c = 0; c < 3; c++)
            {
                Assert.Equal(expected[(3 * i) + c], row[c], 2e-3f);
            }
        }
    }

    [Fact]
    public void Pictures_without_a_label_change_nothing_in_its_column()
    {
        using TemporaryFolder folder = new();
        List<LabelledImage> images = TinyPictures.Create(60);
        images[0] = new LabelledImage(images[0].Key, images[0].Source, new Dictionary<string, string>());
        using TrainingSet set = TinyPictures.Prepare(folder, images);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        TrainingReport report = new Trainer(network, set, HeldOutSplit.FromHeldOut([.. images.Select(image => image.Key)], new HashSet<string> { "p0000", "p0001" }), [Direction], Short, Options(folder, 1)).Run(TestContext.Current.CancellationToken);
        Assert.Equal(1, report.HeldOut!.Count);
    }

    [Fact]
    public void Pictures_without_any_label_are_not_learned_from()
    {
        using TemporaryFolder folder = new();
        List<LabelledImage> images = [.. TinyPictures.Create(200).Select((image, i) => i < 20 ? image : new LabelledImage(image.Key, image.Source, new Dictionary<string, string>()))];
        using TrainingSet set = TinyPictures.Prepare(folder, images);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        var trainer = new Trainer(network, set, HeldOutSplit.FromHeldOut([.. images.Select(image => image.Key)], new HashSet<string> { "p0000", "p0001" }), [Direction], Short, Options(folder, 1));
        Assert.Equal(2, trainer.Run(TestContext.Current.CancellationToken).HeldOut!.Count); // most batches would have had no label at all
    }

    [Fact]
    public void Only_what_was_read_learns_at_the_trunks_rate()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 60);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        Recipe recipe = Short with { Phases = [Short.Phases[1] with { TrunkRate = 0 }] };
        var trainer = new Trainer(network, set, Split(set), [Direction], recipe, Options(folder, 1));
        Dictionary<string, float[]> before = Values();
        trainer.Run(TestContext.Current.CancellationToken);
        foreach ((string name, float[] values) in Values())
        {
            // The biases that folding made belong to the trunk as well.
            bool isNew = name.StartsWith("embedding", StringComparison.Ordinal) || name.StartsWith("logits", StringComparison.Ordinal);
            Assert.Equal(!isNew, values.SequenceEqual(before[name]));
        }

        Assert.Contains("norm1_bias", before.Keys);

        Dictionary<string, float[]> Values() => network.Layers.SelectMany(layer => layer.Parameters)
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.detach().contiguous().data<float>().ToArray(), StringComparer.Ordinal);
    }

    [Fact]
    public void A_teacher_is_followed()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 120);
        using Network network = Network.Load(TinyNetwork.Write(folder));

        // A teacher that is sure of the last label, whatever it sees, and is believed alone.
        float[] teacher = [.. Enumerable.Range(0, 3 * set.Count).Select(i => i % 3 == 2 ? 1f : 0f)];
        TrainerOptions options = Options(folder, 1);
        options.TeacherProbabilities = teacher;
        Recipe recipe = Short with { Phases = [Short.Phases[0] with { TeacherShare = 1, PriorAdjustment = 0, Epochs = 20 }] };
        TrainingReport report = new Trainer(network, set, Split(set), [Direction], recipe, options).Run(TestContext.Current.CancellationToken);
        Assert.Equal(report.HeldOut!.Count, report.HeldOut.Labels[2].Predicted);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    public void A_teacher_who_says_nothing_of_a_picture_is_refused(float share)
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 30);
        HeldOutSplit split = Split(set);
        TrainerOptions options = Options(folder, 1);
        float[] teacher = [.. Enumerable.Repeat(1 / 3f, 3 * set.Count)];
        Recipe recipe = Short with { Phases = [Short.Phases[0] with { TeacherShare = 0.5 }] };
        options.TeacherProbabilities = teacher;
        teacher.AsSpan(3 * split.HeldOut[0], 3).Fill(share);
        using (Network network = Network.Load(TinyNetwork.Write(folder)))
        {
            _ = new Trainer(network, set, split, [Direction], recipe, options); // nobody asks about what is held out
        }

        teacher.AsSpan(3 * split.Training[1], 3).Fill(share);
        using Network another = Network.Load(TinyNetwork.Write(folder));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(another, set, split, [Direction], recipe, options));
        Assert.Contains(set.Images[split.Training[1]].Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_teacher_says_of_balanced_classes_is_learned_as_such()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 120);
        using Network network = Network.Load(TinyNetwork.Write(folder));

        // Sure of nothing: with the adjustment for the classes' shares the student shall say the same, not those shares.
        TrainerOptions options = Options(folder, 1);
        options.TeacherProbabilities = [.. Enumerable.Repeat(1 / 3f, 3 * set.Count)];
        int[] learned = [.. Enumerable.Range(0, set.Count).Where(i => set.Images[i].Labels["direction"] == TinyPictures.Labels[0] || i % 4 == 0)];
        HeldOutSplit split = HeldOutSplit.FromHeldOut([.. set.Images.Select(image => image.Key)], set.Images.Index().Where(image => !learned.Contains(image.Index)).Select(image => image.Item.Key).ToHashSet());
        Recipe recipe = Short with { Dropout = 0, Phases = [Short.Phases[0] with { TeacherShare = 1, PriorAdjustment = 1, SamplingPower = 0, MixUp = 0, Epochs = 60 }] };
        var trainer = new Trainer(network, set, split, [Direction], recipe, options);
        trainer.Run(TestContext.Current.CancellationToken);
        float[] said = trainer.Predict([.. split.HeldOut], cancellationToken: TestContext.Current.CancellationToken);
        for (int label = 0; label < 3; label++)
        {
            // Two thirds of what was learned from are of the first label: unheeded, its mean would be 0.11 and that of the others 0.44.
            Assert.Equal(1 / 3.0, said.Chunk(3).Average(row => row[label]), 0.05);
        }
    }

    [Fact]
    public void Training_goes_on_with_the_head_it_had()
    {
        using TemporaryFolder first = new(), second = new();
        Recipe recipe = Short with { Phases = [Short.Phases[1] with { Epochs = 12, TrunkRate = 1 }] };
        using TrainingSet set = TinyPictures.Prepare(first, 240);
        string written = Path.Combine(first.Path, "first.onnx");
        float[] before;
        HeldOutSplit split = Split(set);
        using (Network network = Network.Load(TinyNetwork.Write(first)))
        {
            var trainer = new Trainer(network, set, split, [Direction], recipe, Options(first, 1));
            trainer.Run(TestContext.Current.CancellationToken);
            trainer.Save(written, "first 1", "tiny", halfPrecision: false);
            before = trainer.Predict([.. split.HeldOut], cancellationToken: TestContext.Current.CancellationToken);
        }

        using (Network network = Network.Load(written))
        {
            var trainer = new Trainer(network, set, split, [Direction], recipe with { KeepHead = true, Phases = [recipe.Phases[0] with { Epochs = 1, LearningRate = 1e-9 }] }, Options(second, 1));
            trainer.Run(TestContext.Current.CancellationToken);
            float[] after = trainer.Predict([.. split.HeldOut], cancellationToken: TestContext.Current.CancellationToken);
            Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            trainer.Save(Path.Combine(second.Path, "second.onnx"), "second 1", "first.onnx");
        }

        // Not with another preprocessing, nor with the network changed.
        using (Network network = Network.Load(written))
        {
            TrainerOptions options = Options(second, 1);
            options.Preprocessing = options.Preprocessing with { Scale = 1 };
            Assert.Throws<ArgumentException>(() => new Trainer(network, set, split, [Direction], recipe with { KeepHead = true }, options));
            Assert.Throws<ArgumentException>(() => new Trainer(network, set, split, [Direction], recipe with { KeepHead = true, MapChannels = 2 }, Options(second, 1)));
        }

        // It tells what all of it began with, and every training since.
        using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = Path.Combine(second.Path, "second.onnx") });
        Assert.Equal(TinyPictures.Labels, classifier.Labels);
        Assert.StartsWith("tiny sha256:", classifier.TrainedModel!.Base, StringComparison.Ordinal);
        using var recipes = System.Text.Json.JsonDocument.Parse(classifier.TrainedModel.Recipe!);
        Assert.Equal([false, true], recipes.RootElement.EnumerateArray().Select(one => one.GetProperty("keepHead").GetBoolean()));
    }

    [Fact]
    public void A_head_that_is_not_there_or_of_other_labels_cannot_be_kept()
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 30);
        string written = Path.Combine(folder.Path, "first.onnx");
        using (Network network = Network.Load(TinyNetwork.Write(folder)))
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(network, set, Split(set), [Direction], Short with { KeepHead = true }, Options(folder, 1)));
            Assert.Contains("no labels", error.Message, StringComparison.Ordinal);
        }

        using (Network network = Network.Load(TinyNetwork.Write(folder)))
        {
            new Trainer(network, set, Split(set), [Direction], Short, Options(folder, 1)).Save(written, "first 1", "tiny");
        }

        using Network trained = Network.Load(written);
        ArgumentException other = Assert.Throws<ArgumentException>(() => new Trainer(trained, set, Split(set), [new LabelTarget("direction", [.. TinyPictures.Labels.Reverse()])], Short with { KeepHead = true }, Options(folder, 1)));
        Assert.Contains(string.Join(", ", TinyPictures.Labels), other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_label_and_a_column_without_labels_are_named()
    {
        using var folder = new TemporaryFolder();
        using TrainingSet set = TinyPictures.Prepare(folder, 30);
        string path = TinyNetwork.Write(folder);
        using Network first = Network.Load(path), second = Network.Load(path);
        Assert.Contains("slanting", Assert.Throws<ArgumentException>(() => new Trainer(first, set, Split(set), [new LabelTarget("direction", ["lying", "standing"])], Short, Options(folder, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("colour", Assert.Throws<ArgumentException>(() => new Trainer(second, set, Split(set), [new LabelTarget("colour", ["red", "blue"])], Short, Options(folder, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_share_cached_features_and_judge_what_they_have_not_learned()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 90);
        HeldOutSplit split = Split(set);
        Recipe recipe = Short with { Phases = [Short.Phases[0] with { TrainFrom = "head", CachedViews = 2, TeacherShare = 0.5 }] };
        List<int> judged = [];
        foreach (HeldOutSplit fold in split.Folds([.. set.Images.Select(image => image.Key)], [], 3, 1))
        {
            TrainerOptions options = Options(folder, 1);
            options.Checkpoints = false;

            // A teacher that says something of the other folds only: whoever learned from a judged picture would learn nonsense, and end.
            float[] teacher = new float[3 * set.Count];
            Array.Fill(teacher, float.NaN);
            foreach (int image in fold.Training)
            {
                teacher.AsSpan(3 * image, 3).Fill(1 / 3f);
            }

            options.TeacherProbabilities = teacher;
            using Network network = Network.Load(TinyNetwork.Write(folder));
            TrainingReport report = new Trainer(network, set, fold, [Direction], recipe, options).Run(TestContext.Current.CancellationToken);
            Assert.Equal(fold.HeldOut, report.Judged);

            // The probabilities are those that the figures are of.
            float[] probabilities = report.Probabilities.ToArray();
            int right = report.Judged.Index().Count(image => probabilities.AsSpan(3 * image.Index, 3).IndexOf(probabilities.AsSpan(3 * image.Index, 3).ToArray().Max()) == image.Item % 3);
            Assert.Equal(report.MirrorAveraged!.Accuracy, (double)right / report.Judged.Count, 9);
            judged.AddRange(report.Judged);
        }

        Assert.Equal(split.Training, judged.Order());
        Assert.Single(Directory.GetFiles(folder.Path, "features-*.bin"));
    }

    private static TrainingReport Run(TemporaryFolder folder, Recipe recipe, int count)
    {
        using TrainingSet set = TinyPictures.Prepare(folder, count);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        return new Trainer(network, set, Split(set), [Direction], recipe, Options(folder, 1)).Run(TestContext.Current.CancellationToken);
    }

    /// <summary>A run of a few steps, with a stage and a head of its own; the model is <c>model.onnx</c>.</summary>
    internal static void TrainShortly(TemporaryFolder folder)
    {
        Recipe recipe = Short with { StageBlocks = 1, Phases = [Short.Phases[0] with { TrainFrom = "stage", Epochs = 1, MapCrop = 3 }] };
        using TrainingSet set = TinyPictures.Prepare(folder, 40);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        var trainer = new Trainer(network, set, Split(set), [Direction], recipe, Options(folder, 1));
        trainer.Run(TestContext.Current.CancellationToken);
        trainer.Save(folder["model.onnx"], "test 1", "tiny");
    }

    private static float[] Weights(TemporaryFolder folder, Recipe recipe, long seed, Action<EpochReport>? epochCompleted = null, CancellationTokenSource? stop = null)
    {
        using TrainingSet set = TinyPictures.Prepare(folder, 60);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        TrainerOptions options = Options(folder, seed);
        options.EpochCompleted = epochCompleted;
        new Trainer(network, set, Split(set), [Direction], recipe, options).Run(stop?.Token ?? TestContext.Current.CancellationToken);
        using var scope = NewDisposeScope(); // see TensorSums
        return [.. network.Layers.SelectMany(layer => layer.Parameters.Select(parameter => (Tensor)parameter.Value).Concat(layer.Buffers.Select(buffer => buffer.Value))).SelectMany(value => value.detach().contiguous().data<float>().ToArray())];
    }

    private static HeldOutSplit Split(TrainingSet set) => HeldOutSplit.Draw([.. set.Images.Select(image => image.Key)], [], 0.25, 1);

    private static TrainerOptions Options(TemporaryFolder folder, long seed) => new()
    {
        Folder = folder.Path,
        Seed = seed,
        Preprocessing = new ImagePreprocessing { InputSize = new Imaging.ImageSize(32, 32) },
    };
}
