using System.Text.Json.Serialization;
using ArtSimilarity.Training.Running;

namespace ArtSimilarity.Training;

/// <summary>A stretch of training with one set of trained layers and one learning rate schedule.</summary>
public sealed record TrainingPhase
{
    /// <summary>How often the training set is gone through, at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>
    /// What is trained: <c>head</c> (the fully connected layers), <c>stage</c> (the added stage and the head), <c>all</c>, or the
    /// name of a tensor: whatever comes after it. What comes before is frozen. The default is <c>all</c>.
    /// </summary>
    public string TrainFrom { get; init; } = "all";

    /// <summary>
    /// How many views of each picture the frozen part computes once and keeps on disk. 0 is for none: it is run for every batch,
    /// always on new augmentations. 1 is for the picture itself, 2 with its mirror image, more with augmented ones. The default is 0.
    /// </summary>
    public int CachedViews { get; init; }

    /// <summary>
    /// How many <see cref="HeavyViews"/> of each picture are kept beside its <see cref="CachedViews"/>. The second view of a step is one of
    /// them. From 1 to 64 where there are both, else 0. The default is 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int CachedHeavyViews { get; init; }

    /// <summary>Of cached maps, the rows and columns that are cut out at random for training, 0 for the whole map. The default is 0.</summary>
    public int MapCrop { get; init; }

    /// <summary>Rows and columns of the input while training, at least 32; held-out pictures are always measured at full size. The default is 224.</summary>
    public int InputSide { get; init; } = 224;

    /// <summary>Pictures for each step, or views of pictures (see <see cref="InstanceWeight"/>), at least 2. The default is 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The highest learning rate, of the new layers; it falls to 0 along half a cosine (Loshchilov and Hutter 2017). The default is 0.001.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>What the learning rate of layers that were trained before is multiplied with (discriminative learning rates). The default is 0.1.</summary>
    public double TrunkRate { get; init; } = 0.1;

    /// <summary>The share of the steps over which the learning rate rises first, 0 to 1. The default is 0.05.</summary>
    public double WarmUp { get; init; } = 0.05;

    /// <summary>Whether the learning rate stays at its highest after the warm-up, as in the paper. The default is <see langword="false"/>.</summary>
    public bool ConstantRate { get; init; }

    /// <summary>The decoupled weight decay of AdamW (Loshchilov and Hutter 2019); 0 makes it Adam. The default is 0.05.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>The share of the target that is spread over all classes, 0 to below 1 (Szegedy et al. 2016). The default is 0.1.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Pairs of pictures are mixed by shares drawn from Beta(α, α), 0 to 1; 0 for none (mix-up, Zhang et al. 2018). The default is 0.2.</summary>
    public double MixUp { get; init; } = 0.2;

    /// <summary>
    /// How far small classes are drawn more often: each picture by the size of its class to the power of minus this, from 0 (as
    /// they are) to 1 (all classes alike). The default is 0.5.
    /// </summary>
    public double SamplingPower { get; init; } = 0.5;

    /// <summary>
    /// How far the classes' remaining share is taken out of the scores while training, 0 to 2 (logit adjustment, Menon et al. 2021).
    /// 1 gives the best balanced accuracy. Less, and a smaller <see cref="SamplingPower"/>, gives better plain accuracy and top-3. The
    /// default is 1.
    /// </summary>
    public double PriorAdjustment { get; init; } = 1;

    /// <summary>
    /// How much of the target is the teacher's probabilities instead of the label, 0 to 1 (distillation, Hinton et al. 2015).
    /// Without a teacher nothing. What he says is taken for classes of equal shares, as models say it that learned with
    /// <see cref="PriorAdjustment"/>. The default is 0.
    /// </summary>
    public double TeacherShare { get; init; }

    /// <summary>
    /// How much it counts that two views of a picture, differently cropped and coloured, are nearer to one another than
    /// to the other pictures of the step. The loss is NT-Xent (Chen et al. 2020). It keeps single works apart where labels
    /// alone would let those of one class fall together. Each step then takes half as many pictures, both views of each, so that an
    /// epoch has twice the steps. Of cached views there must be several. With two they are the picture and its mirror image alone.
    /// With mix-up both views are mixed alike. Other pictures of the same work count as others. The loss that is told along the way
    /// includes it. 0 for none. The default is 0.
    /// </summary>
    public double InstanceWeight { get; init; }

    /// <summary>What the cosines between signatures are divided by there, above 0 to 1; the smaller, the more the nearest others count. The default is 0.05.</summary>
    public double InstanceTemperature { get; init; } = 0.05;

    /// <summary>
    /// How the second view of each picture is drawn where <see cref="InstanceWeight"/> is above 0; <see langword="null"/> for as the first.
    /// With <see cref="CachedViews"/> it comes from <see cref="CachedHeavyViews"/>. The default is <see langword="null"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HeavyViews? HeavyViews { get; init; }

    /// <summary>
    /// How many views of earlier steps each view is told from besides those of its own step (cross-batch memory, Wang et al. 2020). They are
    /// as their step computed them, and are forgotten when an epoch ends. From 0 to 65,536. The default is 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int InstanceMemory { get; init; }

    /// <summary>
    /// Pictures that look alike come together, in groups of so many, so that a step has to tell what is hard to tell apart. Alike is what
    /// the base model's averages say. Near-duplicates (a cosine of 0.95 and more) and other pictures of the same work are never put together.
    /// 0 for none, else from 2 to 16. The default is 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LookAlikes { get; init; }

    /// <summary>Pictures drawn for each epoch; <see langword="null"/> for as many as there are.</summary>
    public int? EpochImages { get; init; }

    /// <summary>Whether convolutions work with 16-bit brain floats, about twice as fast where the processor has them; weights keep 32 bits. The default is <see langword="true"/>.</summary>
    public bool BrainFloat { get; init; } = true;

    /// <summary>How pictures are changed. Of cached views only those after the second are.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>The views of each picture in a step, and the pictures of a step.</summary>
    internal int ViewsOfPicture => InstanceWeight > 0 ? 2 : 1;

    internal int PicturesOfStep => BatchSize / ViewsOfPicture;

    internal void Validate(int number)
    {
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(CachedViews is >= 0 and <= 64, nameof(CachedViews), CachedViews, "from 0 to 64");
        Check(MapCrop >= 0, nameof(MapCrop), MapCrop, "at least 0");
        Check(InputSide is >= 32 and <= 1024, nameof(InputSide), InputSide, "from 32 to 1024");
        Check(BatchSize is >= 2 and <= 4096, nameof(BatchSize), BatchSize, "from 2 to 4096");
        Check(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Check(TrunkRate >= 0 && double.IsFinite(TrunkRate), nameof(TrunkRate), TrunkRate, "at least 0");
        Check(WarmUp is >= 0 and <= 1, nameof(WarmUp), WarmUp, "from 0 to 1");
        Check(WeightDecay is >= 0 and <= 1, nameof(WeightDecay), WeightDecay, "from 0 to 1");
        Check(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "from 0 to below 1");
        Check(MixUp is >= 0 and <= 1, nameof(MixUp), MixUp, "from 0 to 1");
        Check(SamplingPower is >= 0 and <= 1, nameof(SamplingPower), SamplingPower, "from 0 to 1");
        Check(PriorAdjustment is >= 0 and <= 2, nameof(PriorAdjustment), PriorAdjustment, "from 0 to 2");
        Check(TeacherShare is >= 0 and <= 1, nameof(TeacherShare), TeacherShare, "from 0 to 1");
        Check(InstanceWeight >= 0 && double.IsFinite(InstanceWeight), nameof(InstanceWeight), InstanceWeight, "at least 0");
        Check(InstanceTemperature is > 0 and <= 1, nameof(InstanceTemperature), InstanceTemperature, "above 0 to 1");
        Check(InstanceWeight == 0 || CachedViews != 1 || HeavyViews is not null, nameof(CachedViews), CachedViews, "0 or at least 2 where InstanceWeight is above 0 and there are no HeavyViews");
        Check(InstanceWeight == 0 || (BatchSize >= 4 && BatchSize % 2 == 0), nameof(BatchSize), BatchSize, "even and at least 4 where InstanceWeight is above 0");
        Check(InstanceWeight > 0 || HeavyViews is null, nameof(InstanceWeight), InstanceWeight, "above 0 where there are HeavyViews");
        bool keepsHeavyViews = HeavyViews is not null && CachedViews > 0;
        Check(
            keepsHeavyViews ? CachedHeavyViews is >= 1 and <= 64 : CachedHeavyViews == 0,
            nameof(CachedHeavyViews), CachedHeavyViews, keepsHeavyViews ? "from 1 to 64 where there are HeavyViews and CachedViews" : "0 where there are no HeavyViews or no CachedViews");
        Check(InstanceMemory is >= 0 and <= 65_536, nameof(InstanceMemory), InstanceMemory, "from 0 to 65536");
        Check(InstanceMemory == 0 || InstanceWeight > 0, nameof(InstanceWeight), InstanceWeight, "above 0 where there is an InstanceMemory");
        Check(LookAlikes is 0 or (>= 2 and <= 16), nameof(LookAlikes), LookAlikes, "0 or from 2 to 16");
        Check(LookAlikes == 0 || InstanceWeight > 0, nameof(InstanceWeight), InstanceWeight, "above 0 where there are LookAlikes");
        Check(EpochImages is null or >= 2, nameof(EpochImages), EpochImages ?? 0, "at least 2");
        ArgumentException.ThrowIfNullOrWhiteSpace(TrainFrom);
        Augmentation.Validate();
        HeavyViews?.Validate();

        void Check(bool holds, string name, double value, string range)
        {
            if (!holds)
            {
                throw new ArgumentOutOfRangeException(name, value, $"Phase {number}: {name} must be {range}.");
            }
        }
    }
}
