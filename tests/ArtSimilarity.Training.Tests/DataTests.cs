using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Testing;
using ArtSimilarity.Training.Data;
using ArtSimilarity.Training.Running;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Training.Tests;

[Collection(nameof(RunsAlone))]
public class DataTests
{
    /// <summary>So many pictures, and which of them belong together.</summary>
    private static readonly Gen<(int Count, List<(int, int)> Together)> World =
        Gen.Int[2, 60].SelectMany(count => Gen.Select(Gen.Const(count), Gen.Select(Gen.Int[0, count - 1], Gen.Int[0, count - 1]).List[0, 40]));

    [Fact]
    public void What_belongs_together_falls_on_one_side_whatever_the_order() => Gen.Select(World, Gen.Double[0, 0.9], Gen.Long)
        .Sample((world, share, seed) =>
        {
            (int count, List<(int, int)> together) = world;
            string[] keys = [.. Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"k{i}"))];
            var split = HeldOutSplit.Draw(keys, together, share, seed);
            Assert.Equal(Enumerable.Range(0, count), split.Training.Concat(split.HeldOut).Order());
            HashSet<int> heldOut = [.. split.HeldOut];
            Assert.All(together, pair => Assert.Equal(heldOut.Contains(pair.Item1), heldOut.Contains(pair.Item2)));

            // Turned round, the same keys are held out.
            string[] turned = [.. keys.Reverse()];
            var again = HeldOutSplit.Draw(turned, together.Select(pair => (count - 1 - pair.Item2, count - 1 - pair.Item1)), share, seed);
            Assert.Equal(split.HeldOut.Select(i => keys[i]).Order(), again.HeldOut.Select(i => turned[i]).Order());
            var known = HeldOutSplit.FromHeldOut(keys, split.HeldOut.Select(i => keys[i]).ToHashSet());
            Assert.Equal(split.HeldOut, known.HeldOut);
        });

    [Fact]
    public void Every_picture_to_learn_from_is_held_out_in_one_fold_with_what_belongs_to_it() => Gen.Select(World, Gen.Int[2, 6], Gen.Long)
        .Sample((world, count, seed) =>
        {
            (int pictures, List<(int, int)> together) = world;
            string[] keys = [.. Enumerable.Range(0, pictures).Select(i => FormattableString.Invariant($"k{i}"))];

            // A split that was drawn with what belongs together, and one that was drawn without and may have parted it.
            var random = new Random((int)seed);
            HeldOutSplit[] splits = [HeldOutSplit.Draw(keys, together, 0.2, seed), HeldOutSplit.FromHeldOut(keys, keys.Where(_ => random.Next(5) == 0).ToHashSet())];
            foreach (HeldOutSplit split in splits)
            {
                IReadOnlyList<HeldOutSplit> folds = split.Folds(keys, together, count, seed);
                Assert.Equal(count, folds.Count);
                Assert.Equal(split.Training, folds.SelectMany(fold => fold.HeldOut).Order());
                HashSet<int> learned = [.. split.Training];
                foreach (HeldOutSplit fold in folds)
                {
                    Assert.Equal(split.Training, fold.Training.Concat(fold.HeldOut).Order());
                    HashSet<int> judged = [.. fold.HeldOut];
                    Assert.All(together.Where(pair => learned.Contains(pair.Item1) && learned.Contains(pair.Item2)), pair => Assert.Equal(judged.Contains(pair.Item1), judged.Contains(pair.Item2)));
                }
            }
        });

    [Fact]
    public void Folds_are_of_about_one_size()
    {
        string[] keys = [.. Enumerable.Range(0, 20_000).Select(i => FormattableString.Invariant($"painting {i}"))];
        var split = HeldOutSplit.Draw(keys, [], 0.5, 1);
        Assert.All(split.Folds(keys, [], 4, 1), fold => Assert.InRange(fold.HeldOut.Count, 2_300, 2_700)); // of some 10,000
        Assert.NotEqual(split.Folds(keys, [], 4, 1)[0].HeldOut, split.Folds(keys, [], 4, 2)[0].HeldOut);
        Assert.Throws<ArgumentOutOfRangeException>(() => split.Folds(keys, [], 1, 1));
        Assert.Throws<ArgumentException>(() => split.Folds(keys[..^1], [], 2, 1));
    }

    [Fact]
    public void The_share_held_out_is_the_one_asked_for()
    {
        string[] keys = [.. Enumerable.Range(0, 20_000).Select(i => FormattableString.Invariant($"painting {i}"))];
        Assert.InRange(HeldOutSplit.Draw(keys, [], 0.16, 1).HeldOut.Count / 20_000.0, 0.15, 0.17);
        Assert.NotEqual(HeldOutSplit.Draw(keys, [], 0.16, 1).HeldOut, HeldOutSplit.Draw(keys, [], 0.16, 2).HeldOut);
    }

    [Theory]
    [InlineData(0, 900, 90, 10)] // as they are
    [InlineData(1, 333.3, 333.3, 333.3)] // all alike
    [InlineData(0.5, 703.4, 222.4, 74.1)] // by the root: 30 : 9.49 : 3.16
    public void Small_classes_are_drawn_more_often(double power, double first, double second, double third)
    {
        int[] classes = [.. Enumerable.Repeat(0, 900), .. Enumerable.Repeat(1, 90), .. Enumerable.Repeat(2, 10)];
        var sampler = new ClassSampler([.. Enumerable.Range(0, 1000)], classes, 3, power, null);
        double[] drawn = new double[3];
        for (int epoch = 0; epoch < 50; epoch++)
        {
            int[] order = sampler.Draw(new Random(epoch));
            Assert.InRange(order.Length, 999, 1001);
            foreach (int image in order)
            {
                drawn[classes[image]] += 1 / 50.0;
            }
        }

        double[] expected = [first, second, third];
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(expected[i], drawn[i], expected[i] * 0.02);
            Assert.Equal(expected[i] / 1000, sampler.Prior[i], 0.002);
        }
    }

    [Fact]
    public void Without_augmentation_a_picture_is_what_the_extractor_feeds_its_model()
    {
        var random = new Random(1);
        byte[] pixels = new byte[3 * 40 * 40];
        random.NextBytes(pixels);
        using RgbImage image = RgbImage.FromPixels(pixels, 40, 40);
        var preprocessing = new ImagePreprocessing { InputSize = new ImageSize(40, 40), Layout = TensorLayout.Nhwc };
        float[] drawn = new float[pixels.Length];
        new PictureSampler(Augmentation.None, preprocessing).Draw(pixels, 40, drawn, 40, random);
        for (int i = 0; i < pixels.Length; i++)
        {
            (float mean, float std) = (i % 3) switch { 0 => (0.485f, 0.229f), 1 => (0.456f, 0.224f), _ => (0.406f, 0.225f) };
            Assert.Equal(((pixels[i] / 255f) - mean) / std, drawn[i], 1e-5f);
        }
    }

    [Fact]
    public void An_augmented_picture_stays_within_its_own_colours()
    {
        byte[] pixels = new byte[3 * 40 * 40];
        new Random(2).NextBytes(pixels);
        float low = pixels.Min(), high = pixels.Max();
        var sampler = new PictureSampler(new Augmentation { Color = 0 }, new ImagePreprocessing { Mean = default, Std = new ChannelValues(1, 1, 1), Scale = 1 });
        float[] drawn = new float[3 * 24 * 24], again = new float[3 * 24 * 24], other = new float[3 * 24 * 24];
        sampler.Draw(pixels, 40, drawn, 24, new Random(5));
        Assert.All(drawn, value => Assert.InRange(value, low - 0.01f, high + 0.01f));
        sampler.Draw(pixels, 40, again, 24, new Random(5));
        sampler.Draw(pixels, 40, other, 24, new Random(6));
        Assert.Equal(drawn, again);
        Assert.NotEqual(drawn, other);
    }

    [Fact]
    public void Half_of_the_pictures_are_mirrored()
    {
        byte[] pixels = new byte[3 * 32 * 32];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i / 3 % 32 * 8); // brighter to the right
        }

        var sampler = new PictureSampler(Augmentation.None with { Flip = true }, ImagePreprocessing.ImageNet);
        float[] drawn = new float[pixels.Length];
        int mirrored = Enumerable.Range(0, 400).Count(seed =>
        {
            sampler.Draw(pixels, 32, drawn, 32, new Random(seed));
            return drawn[0] > drawn[3 * 31];
        });
        Assert.InRange(mirrored, 150, 250);
    }

    [Fact]
    public async Task A_set_is_decoded_once_names_what_failed_and_has_a_fingerprint_of_its_content()
    {
        using TemporaryFolder folder = new(), elsewhere = new();
        List<LabelledImage> images = TinyPictures.Create(12);
        images.Insert(5, new LabelledImage("broken", ImageSource.FromBytes(new byte[] { 9 }, "broken.stripes"), new Dictionary<string, string> { ["direction"] = "lying" }));
        string fingerprint;
        using (TrainingSet set = await TrainingSet.PrepareAsync(images, new TinyPictures(), folder.Path, 32, cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal(12, set.Count);
            Assert.Contains("no stripes", Assert.Single(set.Failures).Value, StringComparison.Ordinal);
            Assert.Equal([("lying", 4), ("slanting", 4), ("standing", 4)], set.CountLabels("direction"));
            fingerprint = set.Fingerprint;
        }

        using (TrainingSet again = await TrainingSet.PrepareAsync(images, new NoDecoder(), folder.Path, 32, cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal(fingerprint, again.Fingerprint);
            Assert.Equal("broken", Assert.Single(again.Failures).Key);
        }

        images.Reverse();
        using TrainingSet turned = await TrainingSet.PrepareAsync(images, new TinyPictures(), elsewhere.Path, 32, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(fingerprint, turned.Fingerprint);
        await Assert.ThrowsAsync<ArgumentException>(() => TrainingSet.PrepareAsync([images[0], images[0]], new TinyPictures(), folder.Path, 32, cancellationToken: TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => TrainingSet.PrepareAsync([], new TinyPictures(), folder.Path, 32, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancelled_decoding_leaves_no_finished_file()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TrainingSet.PrepareAsync(
            TinyPictures.Create(200), new TinyPictures(), folder.Path, 32, new ImmediateProgress<int>(done => stop.Cancel()), cancellationToken: stop.Token));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.rgb"));
        using TrainingSet set = TinyPictures.Prepare(folder, 200);
        Assert.Equal(200, set.Count);
    }

    [Fact]
    public void Near_duplicates_are_found_by_the_networks_own_features()
    {
        using var folder = new TemporaryFolder();
        List<LabelledImage> images = TinyPictures.Create(20);
        images.Add(new LabelledImage("copy", images[3].Source, images[3].Labels));
        using TrainingSet set = TinyPictures.Prepare(folder, images);
        using Network network = Network.Load(TinyNetwork.Write(folder));
        IReadOnlyList<(int First, int Second, float Cosine)> found = NearDuplicates.Find(network, "feature_map", set, 0.9999, new ImagePreprocessing { InputSize = new ImageSize(32, 32) }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(found, pair => (pair.First, pair.Second) == (3, 20));
        Assert.All(found, pair => Assert.InRange(pair.Cosine, 0.9999f, 1.001f));
    }

    [Fact]
    public void Beta_numbers_have_their_mean_and_variance()
    {
        var random = new Random(4);
        double[] drawn = [.. Enumerable.Range(0, 20_000).Select(_ => Chance.Beta(random, 0.2))];
        double mean = drawn.Average(), variance = drawn.Average(value => (value - mean) * (value - mean));
        Assert.Equal(0.5, mean, 0.01);
        Assert.Equal(0.25 / 1.4, variance, 0.01); // αβ / ((α + β)² (α + β + 1))
    }

    private sealed class NoDecoder : IImageDecoder
    {
        public ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Everything should be decoded already.");
    }
}
