using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Training.Tests;

[Collection(nameof(RunsAlone))]
public sealed class CrossFittingTests
{
    private static readonly LabelTarget Direction = new("direction", TinyPictures.Labels);
    private static readonly Recipe Quick = new()
    {
        Name = "quick",
        Dimensions = 16,
        Phases = [new TrainingPhase { Epochs = 2, TrainFrom = "head", CachedViews = 2, BatchSize = 16, LearningRate = 0.01, InputSide = 32 }],
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_picture_is_judged_once_by_a_model_that_has_not_seen_it_and_finished_folds_are_kept()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 60);
        string model = TinyNetwork.Write(folder);
        IReadOnlyList<HeldOutSplit> folds = Folds(set, 3);
        List<(int Fold, bool IsKept)> prepared = [];
        CrossFitReport Run() => CrossFitting.Run(
            () => Network.Load(model), set, folds, [Direction], Quick, Options(folder), (fold, _, isKept) => prepared.Add((fold, isKept)), Token);

        CrossFitReport report = Run();
        Assert.Equal(set.Images.Select(image => image.Source.Name), report.Answers.Select(answer => answer.File).Order(StringComparer.Ordinal));
        Assert.All(report.Answers, answer => Assert.Equal(1, answer.Probabilities.Values.Sum(), 1e-3));
        Assert.Equal(60, report.Figures.Count);
        Assert.Equal(report.Figures.Accuracy, report.Estimates.Accuracy.Value, 12);
        Assert.Equal(60, report.Estimates.GroupCount);

        CrossFitReport again = Run();
        Assert.Equal([(0, false), (1, false), (2, false), (0, true), (1, true), (2, true)], prepared);
        Assert.Equal(report.Figures.Accuracy, again.Figures.Accuracy);
    }

    [Fact]
    public void Folds_that_cannot_be_learned_from_are_refused_before_anything_is_trained()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 9);
        string[] keys = [.. set.Images.Select(image => image.Key)];
        static Network Never() => throw new InvalidOperationException("nothing may be trained");

        // All standing pictures belong together, so they are in one fold.
        int[] standing = [2, 5, 8];
        IReadOnlyList<HeldOutSplit> parted = HeldOutSplit.Draw(keys, [], 0, 1).Folds(keys, standing.Skip(1).Select(other => (standing[0], other)), 2, 1);
        UnusableFoldsException alone = Assert.Throws<UnusableFoldsException>(() => CrossFitting.Run(Never, set, parted, [Direction], Quick, Options(folder), null, Token));
        Assert.Contains("nothing is left to learn it from", alone.Message, StringComparison.Ordinal);

        // All pictures are one work.
        IReadOnlyList<HeldOutSplit> one = HeldOutSplit.Draw(keys, [], 0, 1).Folds(keys, Enumerable.Range(1, 8).Select(other => (0, other)), 2, 1);
        Assert.Throws<UnusableFoldsException>(() => CrossFitting.Run(Never, set, one, [Direction], Quick, Options(folder), null, Token));
        Assert.Throws<ArgumentException>(() => CrossFitting.Run(Never, set, [], [Direction], Quick, Options(folder), null, Token));
        TrainerOptions checkpoints = Options(folder);
        checkpoints.Checkpoints = true;
        Assert.Throws<ArgumentException>(() => CrossFitting.Run(Never, set, parted, [Direction], Quick, checkpoints, null, Token));
    }

    [Fact]
    public void What_is_saved_agrees_with_what_was_trained()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 30);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        var trainer = new Trainer(network, set, HeldOutSplit.Draw([.. set.Images.Select(image => image.Key)], [], 0.25, 1), [Direction], Quick, Options(folder));
        trainer.Save(folder["saved.onnx"], "stripes 1", "tiny", halfPrecision: false);
        Assert.InRange(trainer.CompareWithOnnxRuntime(folder["saved.onnx"], cancellationToken: Token), 0.999, 1 + 1e-6);
        trainer.Run(Token);
        Assert.NotEqual(1, trainer.CompareWithOnnxRuntime(folder["saved.onnx"], cancellationToken: Token), 1e-6); // the file is that of before
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CompareWithOnnxRuntime(folder["saved.onnx"], 0, Token));
    }

    [Fact]
    public async Task Pictures_of_one_file_one_work_or_a_named_pair_belong_together()
    {
        using TemporaryFolder folder = new();
        List<LabelledImage> images = TinyPictures.Create(6);
        images[1] = new LabelledImage(images[1].Key, images[0].Source, images[1].Labels);
        images[2] = new LabelledImage(images[2].Key, images[2].Source, images[2].Labels, "a work");
        images[4] = new LabelledImage(images[4].Key, images[4].Source, images[4].Labels, "a work");
        using TrainingSet set = await TrainingSet.PrepareAsync(images, new TinyPictures(), folder.Path, TinyPictures.Side, cancellationToken: Token);
        Assert.Equal([(0, 1), (3, 5), (2, 4)], WorkPairs.Find(set, [("p0003", "p0005"), ("p0003", "elsewhere")]));
        Assert.Equal([(0, 1), (2, 4)], WorkPairs.Find(set));
    }

    private static IReadOnlyList<HeldOutSplit> Folds(TrainingSet set, int count)
    {
        string[] keys = [.. set.Images.Select(image => image.Key)];
        return HeldOutSplit.Draw(keys, [], 0, 1).Folds(keys, [], count, 1);
    }

    private static TrainerOptions Options(TemporaryFolder folder) => new()
    {
        Folder = folder.Path,
        Checkpoints = false,
        Preprocessing = new ImagePreprocessing { InputSize = new ImageSize(32, 32) },
    };
}
