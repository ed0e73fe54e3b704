using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Training.Data;
using ArtSimilarity.Training.Networks;
using ArtSimilarity.Training.Running;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = ArtSimilarity.Training.Running.AdamW;

namespace ArtSimilarity.Training;

/// <summary>
/// Trains a network as a recipe says. The same seed, pictures, recipe, processor and number of threads give the same weights,
/// also when the run was interrupted in between. One run at a time.
/// </summary>
public sealed class Trainer
{
    /// <summary>The name of the map that an added stage begins with.</summary>
    internal const string StageInput = "stage_input";
    private const string HeadInput = "pool_flat";
    private const string FinalMap = "feature_map";
    private const int EvaluationBatch = 32;
    private const int SearchedPictures = 1000, SearchedFor = 200; // an epoch's figures take seconds, and have an error of some three points

    private readonly Network _network;
    private readonly TrainingSet _set;
    private readonly HeldOutSplit _split;
    private readonly Recipe _recipe;
    private readonly IReadOnlyList<LabelTarget> _targets;
    private readonly TrainerOptions _options;
    private readonly int[][] _labels;
    private readonly Batches _batches;
    private readonly string _baseIdentity;
    private readonly TrainedModelInfo? _before;
    private readonly bool _tellsWorks;
    private readonly int[] _works;
    private LookAlikes? _lookAlikes;

    /// <summary>Prepares a run.</summary>
    /// <param name="network">The base model; it is changed as the recipe says, at once.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="split">Which of them are learned from.</param>
    /// <param name="targets">What is learned, the first target being the one that is measured and balanced.</param>
    /// <param name="recipe">How.</param>
    /// <param name="options">Everything else; kept, so not to be changed until the run has ended.</param>
    /// <exception cref="ArgumentException">
    /// A value is out of its range, a label is not among its target's, or a head cannot be kept. Or no picture of the training part has a
    /// label of the first target, or the teacher says nothing of one that has. Or a phase begins at a tensor that is not there, or from
    /// which alone the scores (or, with an instance weight, the signature) cannot be computed.
    /// </exception>
    /// <exception cref="OnnxModelException">What the base model says of its own training is malformed.</exception>
    public Trainer(Network network, TrainingSet set, HeldOutSplit split, IReadOnlyList<LabelTarget> targets, Recipe recipe, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(set);
        using var scope = NewDisposeScope(); // see TensorSums
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(options);
        recipe.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EvaluateEvery, 1, "options.EvaluateEvery");
        if (options.Preprocessing.InputSize is var size && size.Width != size.Height)
        {
            throw new ArgumentException($"The input is {size.Width} × {size.Height}; only squares can be trained.", nameof(options));
        }

        if (targets.Count == 0)
        {
            throw new ArgumentException("There is nothing to learn: name a label column.", nameof(targets));
        }

        _network = network;
        _set = set;
        _split = split;
        _targets = targets;
        _recipe = recipe;
        _options = options;
        _batches = new Batches(set);
        _labels = [.. targets.Select(target => ReadLabels(set, target))];
        if (!split.Training.Any(image => _labels[0][image] >= 0))
        {
            throw new ArgumentException($"No picture to learn from has a label in the column '{targets[0].Column}'.", nameof(set));
        }

        int labelCount = targets[0].Labels.Count;
        if (options.TeacherProbabilities is { } teacher && teacher.Length != set.Count * labelCount)
        {
            throw new ArgumentException($"The teacher's probabilities are {teacher.Length} numbers, not {set.Count} × {labelCount}.", nameof(options));
        }

        if (recipe.Phases.Any(phase => phase.TeacherShare > 0) && options.TeacherProbabilities is { } lessons)
        {
            CheckTeacher(lessons, labelCount);
        }

        _before = TrainedModelInfo.FromProperties(network.Properties, "the base model"); // malformed, it is refused now, not when all is done
        if (recipe.KeepHead && _before is not null && _before.Preprocessing != options.Preprocessing)
        {
            throw new ArgumentException($"The base model was trained with the preprocessing {_before.Preprocessing}. A kept head needs the same.", nameof(options));
        }

        _baseIdentity = Identify(network.Layers);
        recipe.Apply(network, targets, options.Seed);
        _tellsWorks = network.Outputs.Contains(WorkHead.OutputName);
        _works = Works(set);
        foreach (TrainingPhase phase in recipe.Phases)
        {
            // A tensor that is not there, or that not everything comes after, is named now, not after hours.
            network.FreezeBefore(FrozenBefore(phase));
            network.RequirePath(StartOf(phase), Wanted(phase));
            if (phase.CachedViews > 0 && phase.TrainFrom == "head" && StartOf(phase) == network.InputName)
            {
                throw new ArgumentException("Both heads together work on more than one map, so views for them cannot be cached: set cachedViews to 0, or work without furtherMaps.", nameof(recipe));
            }

            if (phase.InstanceWeight > 0 && StartOf(phase) == ClassifierHead.EmbeddingName)
            {
                throw new ArgumentException($"With trainFrom '{phase.TrainFrom}' the signature stays as it is, so an instanceWeight has nothing to change.", nameof(recipe));
            }
        }

        Identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [
            _baseIdentity,
            set.Fingerprint,
            recipe.ToJson(),
            options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            options.Preprocessing.ToString(),
            string.Join('\n', set.Images.Select(image => image.Key)),
            string.Join(',', split.Training),
            .. targets.Select(target => $"{target.Column}*{target.Weight}:{string.Join(',', target.Labels)}"),
            IdentifyTeacher(options.TeacherProbabilities)]))));

        static string IdentifyTeacher(float[]? probabilities) => probabilities is null
            ? ""
            : Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(probabilities.AsSpan())));
    }

    /// <summary>Identifies the run: base model, pictures, labels, split, recipe and seed.</summary>
    public string Identity { get; }

    /// <summary>Runs all phases; goes on where a checkpoint of the same run stands.</summary>
    /// <param name="cancellationToken">Cancels after the current step; the last finished epoch's checkpoint stays.</param>
    /// <returns>What the held-out pictures gave in the end.</returns>
    /// <exception cref="CheckpointException">The folder holds a checkpoint that is damaged or of another run.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public TrainingReport Run(CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope(); // see TensorSums
        Directory.CreateDirectory(_options.Folder);
        string path = Path.Combine(_options.Folder, "checkpoint.artc");
        CheckpointPosition? reached = _options.Checkpoints ? Checkpoint.Peek(path, Identity) : null;
        _lookAlikes = _recipe.Phases.Any(phase => phase.LookAlikes > 0) ? FindLookAlikes(cancellationToken) : null; // before anything is learned, so that a run that goes on finds the same
        for (int phase = reached?.Phase ?? 0; phase < _recipe.Phases.Count; phase++)
        {
            RunPhase(phase, path, phase == reached?.Phase ? reached : null, cancellationToken);
        }

        int[] heldOut = HeldOutWithLabel();
        if (heldOut.Length == 0)
        {
            return new TrainingReport(null, null, [], default);
        }

        float[] straight = Predict(heldOut, mirrored: false, cancellationToken), mirrored = Predict(heldOut, mirrored: true, cancellationToken);
        float[] averaged = [.. straight.Zip(mirrored, (a, b) => (a + b) / 2)];
        return new TrainingReport(Judge(heldOut, straight), Judge(heldOut, averaged), heldOut, averaged);
    }

    /// <summary>Writes the network as an ONNX file that says what it tells, how pixels become its input, and how it came to be.</summary>
    /// <param name="path">The file; it appears whole or not at all.</param>
    /// <param name="version">The model's name and version, e.g. <c>genre-mobilenetv2 1</c>.</param>
    /// <param name="baseModel">The base model's name; of one that was trained like this before, what its own training began with is told instead, and both recipes.</param>
    /// <param name="halfPrecision">Whether weights are stored with 16 bits.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, string version, string baseModel, bool halfPrecision = true)
    {
        var head = new ClassifierHead { Targets = _targets };
        var info = new TrainedModelInfo
        {
            Version = version,
            Targets = [.. _targets.Select((target, i) => new TrainedModelTarget(target.Column, head.ProbabilitiesName(i), target.Labels))],
            Preprocessing = _options.Preprocessing,
            TrainingSet = _set.Fingerprint,
            Base = _before?.Base ?? $"{baseModel} sha256:{_baseIdentity}",
            Recipe = _before?.Recipe is { } earlier ? Recipe.Append(earlier, _recipe) : _recipe.ToJson(),
            Signatures = _tellsWorks
                ? [new TrainedModelSignature(ClassifierHead.EmbeddingName, _targets[0].Column, Dimensions(ClassifierHead.EmbeddingName)), new TrainedModelSignature(WorkHead.OutputName, "work", Dimensions(WorkHead.OutputName))]
                : [],
        };
        string what = $"{version}: {string.Join(", ", _targets.Select(target => target.Column))} and a signature of {_network.Channels(ClassifierHead.EmbeddingName)} numbers"
            + (_tellsWorks ? $", and one of {Dimensions(WorkHead.OutputName)} by which a work is found again" : "");
        _network.Save(path, info.ToProperties(), what, _options.Preprocessing.InputSize.Width, halfPrecision);

        int Dimensions(string tensor) => (int)_network.Channels(tensor);
    }

    /// <summary>The first target's probabilities of some pictures, computed at full size.</summary>
    /// <param name="images">Which pictures of the set.</param>
    /// <param name="mirrored">Whether their mirror images are looked at instead.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>[pictures, labels], row by row.</returns>
    public float[] Predict(IReadOnlyList<int> images, bool mirrored = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Predict(images, _network.InputName, batch => DrawPlain(batch, mirrored), brainFloat: false, cancellationToken);
    }

    /// <summary>The signatures <c>work</c> of some pictures, computed at full size and not normalised.</summary>
    /// <param name="images">Which pictures of the set.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>[pictures, dimensions], row by row.</returns>
    /// <exception cref="InvalidOperationException">The network has no such signature.</exception>
    public float[] PredictWorks(IReadOnlyList<int> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return _tellsWorks
            ? Compute(images, _network.InputName, WorkHead.OutputName, batch => DrawPlain(batch, mirrored: false), brainFloat: false, cancellationToken)
            : throw new InvalidOperationException("The network has no signature for works: its recipe has no work.");
    }

    /// <summary>How far what ONNX Runtime makes of a saved model agrees with the trained network.</summary>
    /// <param name="modelPath">The model that <see cref="Save"/> wrote.</param>
    /// <param name="count">How many pictures to compare on, at least 1: held-out ones where there are any.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The smallest cosine of the first target's probabilities, and of the signatures <c>work</c> where there are any, at most 1; a sound model comes to 0.999 at least.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    /// <exception cref="OnnxModelException">The model cannot be used.</exception>
    public double CompareWithOnnxRuntime(string modelPath, int count = 32, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelPath);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int[] sample = [.. (_split.HeldOut.Count > 0 ? _split.HeldOut : _split.Training).Take(count)];
        float[] expected = Predict(sample, cancellationToken: cancellationToken);
        using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = modelPath });
        int labels = classifier.Labels.Count;
        double smallest = 1;
        float[] row = new float[labels];
        for (int i = 0; i < sample.Length; i++)
        {
            using RgbImage image = RgbImage.FromPixels(_set.Pixels(sample[i]), _set.Side, _set.Side);
            classifier.Classify([image], row, cancellationToken);
            smallest = Math.Min(smallest, System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(row, expected.AsSpan(i * labels, labels)));
        }

        return _tellsWorks ? Math.Min(smallest, CompareWorks(modelPath, sample, cancellationToken)) : smallest;
    }

    private double CompareWorks(string modelPath, int[] sample, CancellationToken cancellationToken)
    {
        float[] expected = PredictWorks(sample, cancellationToken);
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = modelPath, OutputName = WorkHead.OutputName });
        int dimensions = extractor.Space.Dimensions;
        float[] signature = new float[dimensions];
        double smallest = 1;
        for (int i = 0; i < sample.Length; i++)
        {
            using RgbImage image = RgbImage.FromPixels(_set.Pixels(sample[i]), _set.Side, _set.Side);
            extractor.Extract([image], signature, cancellationToken);
            smallest = Math.Min(smallest, System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(signature, expected.AsSpan(i * dimensions, dimensions)));
        }

        return smallest;
    }

    /// <summary>A number for the work of each picture, the same where the set says that two show one work.</summary>
    private static int[] Works(TrainingSet set)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        int[] works = new int[set.Count];
        for (int i = 0; i < works.Length; i++)
        {
            works[i] = set.Images[i].Work is not { } work ? i : numbers.TryGetValue(work, out int first) ? first : numbers[work] = i;
        }

        return works;
    }

    private void CheckTeacher(float[] probabilities, int labels)
    {
        foreach (int image in _split.Training.Where(image => _labels[0][image] >= 0))
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(image * labels, labels);
            float sum = 0;
            foreach (float share in row)
            {
                sum = share >= 0 ? sum + share : float.NaN;
            }

            if (!(sum > 0 && float.IsFinite(sum)))
            {
                throw new ArgumentException($"The teacher's answers for '{_set.Images[image].Key}' are not probabilities.", nameof(probabilities));
            }
        }
    }

    private static int[] ReadLabels(TrainingSet set, LabelTarget target)
    {
        Dictionary<string, int> places = target.Labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        return [.. set.Images.Select(image => image.Labels.GetValueOrDefault(target.Column) is { Length: > 0 } label
            ? places.TryGetValue(label, out int place)
                ? place
                : throw new ArgumentException($"{image.Key}: '{label}' is not among the labels of '{target.Column}' ({string.Join(", ", target.Labels)}).", nameof(target))
            : -1)];
    }

    private static string Identify(IEnumerable<Layer> layers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Layer layer in layers)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{layer.GetType().Name} {string.Join(' ', layer.Inputs)} > {layer.Output}\n"));
            foreach ((string name, Tensor value) in layer.Parameters.Select(parameter => (parameter.Name, (Tensor)parameter.Value)).Concat(layer.Buffers))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(name));
                using var scope = NewDisposeScope(); // see TensorSums
                Tensor flat = value.detach().cpu().contiguous().clone();
                hash.AppendData(flat.bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The tensor that a phase's computations begin with: what it does not train is not computed again where it can be left out.</summary>
    private string StartOf(TrainingPhase phase)
    {
        string frozen = FrozenBefore(phase);
        return phase.TrainFrom != "head" || phase.InstanceWeight == 0 || !_tellsWorks ? frozen
            : _network.HasPath(FinalMap, Wanted(phase)) ? FinalMap // the two heads pool it in two ways
            : _network.InputName;
    }

    private string FrozenBefore(TrainingPhase phase) => phase.TrainFrom switch
    {
        "all" => _network.InputName,
        "stage" => StageInput,
        "head" => HeadInput,
        string tensor => tensor,
    };

    /// <summary>The tensors that a step needs: the scores of every target, and the signature that has a loss of its own.</summary>
    private string[] Wanted(TrainingPhase phase)
    {
        var head = new ClassifierHead { Targets = _targets };
        string[] logits = [.. _targets.Select((_, i) => head.LogitsName(i))];
        return phase.InstanceWeight > 0 ? [.. logits, _tellsWorks ? WorkHead.OutputName : ClassifierHead.EmbeddingName] : logits;
    }

    private void RunPhase(int number, string checkpointPath, CheckpointPosition? reached, CancellationToken cancellationToken)
    {
        TrainingPhase phase = _recipe.Phases[number];
        string start = StartOf(phase);
        _network.FreezeBefore(FrozenBefore(phase));
        using var optimizer = new AdamW();
        foreach (Layer layer in _network.Layers)
        {
            foreach ((string name, Parameter parameter) in layer.Parameters.Where(parameter => parameter.Value.requires_grad))
            {
                optimizer.Add(name, parameter, _network.IsAdded(layer) ? 1 : phase.TrunkRate);
            }
        }

        if (reached is { } position)
        {
            Checkpoint.Read(checkpointPath, Identity, State(optimizer));
            optimizer.Steps = position.Steps;
            if (position.Epoch == phase.Epochs)
            {
                return;
            }
        }

        using FeatureCache? cache = CreateCache(phase, number, start, cancellationToken);
        int[] learned = Learned();
        int[] classes = [.. learned.Select(image => _labels[0][image])];
        var sampler = new ClassSampler(learned, classes, _targets[0].Labels.Count, phase.SamplingPower, phase.EpochImages);
        int perEpoch = phase.EpochImages ?? learned.Length;
        int stepsPerEpoch = Math.Max(1, perEpoch / phase.PicturesOfStep);
        var schedule = new RateSchedule(phase, stepsPerEpoch * phase.Epochs);
        var loss = new TargetLoss(_targets, _labels, sampler.Prior, phase, _options.TeacherProbabilities);
        for (int epoch = reached?.Epoch ?? 0; epoch < phase.Epochs; epoch++)
        {
            var clock = Stopwatch.StartNew();
            (double mean, double? instanceMean) = RunEpoch(number, phase, epoch, start, cache, sampler, stepsPerEpoch, schedule, optimizer, loss, clock, cancellationToken);
            bool measures = (epoch + 1) % _options.EvaluateEvery == 0 || epoch + 1 == phase.Epochs;
            HeldOutFigures? figures = measures ? Measure(phase, start, cache, cancellationToken) : null;
            WorkFigures? works = measures && _tellsWorks ? MeasureWorks(phase, cancellationToken) : null;
            if (_options.Checkpoints)
            {
                Checkpoint.Write(checkpointPath, Identity, new CheckpointPosition(number, epoch + 1, optimizer.Steps), State(optimizer));
            }

            _options.EpochCompleted?.Invoke(new EpochReport
            {
                Phase = number + 1,
                Epoch = epoch + 1,
                Loss = mean,
                InstanceLoss = instanceMean,
                LearningRate = schedule.At(optimizer.Steps),
                HeldOut = figures,
                Work = works,
                Seconds = clock.Elapsed.TotalSeconds,
            });
        }
    }

    private IEnumerable<(string Name, Tensor Value)> State(AdamW optimizer) =>
        _network.Layers.SelectMany(layer => layer.Parameters.Select(parameter => (parameter.Name, (Tensor)parameter.Value)).Concat(layer.Buffers)).Concat(optimizer.State);

    private FeatureCache? CreateCache(TrainingPhase phase, int number, string start, CancellationToken cancellationToken)
    {
        if (phase.CachedViews == 0 || start == _network.InputName)
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        var progress = _options.Progress is null ? null : new ImmediateProgress<(int Done, int Total)>(done => _options.Progress.Report(new TrainingProgress(
            "features", number + 1, 0, done.Done, done.Total, double.NaN, 0, done.Done / clock.Elapsed.TotalSeconds, clock.Elapsed * ((double)(done.Total - done.Done) / done.Done))));
        return FeatureCache.Create(
            new FeatureCacheRequest
            {
                Network = _network,
                NetworkIdentity = Identify(_network.LayersBefore(start)),
                Tensor = start,
                Set = _set,
                Preprocessing = _options.Preprocessing,
                Folder = _options.Folder,
                Training = _split.Whole.Training,
                HeldOut = _split.Whole.HeldOut,
                Side = phase.InputSide,
                Views = phase.CachedViews,
                Augmentation = phase.Augmentation,
                HeavyViews = phase.CachedHeavyViews,
                Heavy = phase.HeavyViews,
                Seed = _options.Seed,
                BrainFloat = phase.BrainFloat,
            },
            progress,
            cancellationToken);
    }

    private (double Loss, double? InstanceLoss) RunEpoch(
        int number, TrainingPhase phase, int epoch, string start, FeatureCache? cache, ClassSampler sampler, int steps, RateSchedule schedule, AdamW optimizer, TargetLoss loss, Stopwatch clock, CancellationToken cancellationToken)
    {
        var random = new Random(Chance.Seed(_options.Seed, number, epoch));
        foreach ((int place, DropoutLayer dropout) in _network.Layers.OfType<DropoutLayer>().Index())
        {
            dropout.Seed(Chance.Seed(_options.Seed, number, epoch, place + 1));
        }

        int[] order = sampler.Draw(random);
        order = phase.LookAlikes > 0 ? _lookAlikes!.Group(order, phase.LookAlikes, random) : order;
        var augmented = new PictureSampler(phase.Augmentation, _options.Preprocessing);
        IViewSampler second = phase.HeavyViews is { } heavy ? new HeavyViewSampler(heavy, _options.Preprocessing) : augmented;
        bool labelsFirstView = phase.HeavyViews is { CountForLabels: false };
        using SignatureMemory? memory = phase.InstanceMemory > 0 ? new SignatureMemory(phase.InstanceMemory) : null;
        string[] outputs = Wanted(phase);
        using Scalar instanceWeight = phase.InstanceWeight; // held, see AdamW
        int pictures = phase.PicturesOfStep;
        double sum = 0, instanceSum = 0;
        for (int step = 0; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int[] drawn = [.. Enumerable.Range(step * pictures, Math.Min(pictures, order.Length)).Select(i => order[i % order.Length])];
            int[] batch = [.. Enumerable.Repeat(drawn, phase.ViewsOfPicture).SelectMany(images => images)];
            Tensor x;
            if (cache is not null)
            {
                int[] views = [.. drawn.Select(_ => random.Next(phase.CachedViews))];
                int[] others = phase.ViewsOfPicture == 1 ? []
                    : phase.CachedHeavyViews > 0 ? [.. views.Select(_ => phase.CachedViews + random.Next(phase.CachedHeavyViews))]
                    : [.. views.Select(view => (view + 1 + random.Next(phase.CachedViews - 1)) % phase.CachedViews)];
                x = cache.Gather([.. batch.Zip([.. views, .. others])], phase.MapCrop, random);
                x = phase.BrainFloat || x.dim() == 2 ? x : x.to(ScalarType.Float32);
            }
            else
            {
                int at = step;
                x = _batches.Draw(batch, phase.InputSide, i => i < drawn.Length ? augmented : second, i => new Random(Chance.Seed(_options.Seed, number, epoch, at, i)));
                x = phase.BrainFloat ? x.to(ScalarType.BFloat16) : x;
                if (start != _network.InputName)
                {
                    using (no_grad())
                    {
                        x = _network.Run(_network.InputName, x, [start], training: false)[0];
                    }
                }
            }

            Mixing? mixedFirst = phase.MixUp > 0 ? Mixing.Draw(drawn.Length, phase.MixUp, random) : null;
            Mixing? mixing = phase.ViewsOfPicture == 1 ? mixedFirst : mixedFirst?.Twice();
            x = mixing?.Apply(x) ?? x;
            foreach (BatchNormLayer norm in _network.Layers.OfType<BatchNormLayer>())
            {
                norm.Seen = optimizer.Steps;
            }

            Tensor[] computed = _network.Run(start, x, outputs, training: true);
            Tensor[] logits = computed[.._targets.Count];
            Tensor value = labelsFirstView
                ? loss.Compute([.. logits.Select(scores => scores.narrow(0, 0, drawn.Length))], drawn, mixedFirst)
                : loss.Compute(logits, batch, mixing);
            if (phase.InstanceWeight > 0)
            {
                // The signature of works alone is told which pictures show one work; the older losses stay what they were.
                int[] identities = _tellsWorks ? Array.ConvertAll(batch, image => _works[image]) : batch;
                Tensor instance = InstanceLoss.Compute(computed[^1], identities, phase.InstanceTemperature, memory);
                instanceSum += instance.item<float>();
                value = value.Plus(instance.mul(instanceWeight));
            }

            value.backward();
            optimizer.Step(schedule.At(optimizer.Steps), phase.WeightDecay);
            double current = value.item<float>();
            if (!double.IsFinite(current))
            {
                throw new TrainingDivergedException(number + 1, epoch + 1, step + 1, schedule.At(optimizer.Steps));
            }

            sum += current;
            int done = (step + 1) * pictures;
            double rate = done / clock.Elapsed.TotalSeconds;
            double left = (((double)phase.Epochs - epoch) * steps * pictures) - done;
            _options.Progress?.Report(new TrainingProgress(
                "training", number + 1, epoch + 1, done, steps * pictures, sum / (step + 1), schedule.At(optimizer.Steps), rate, TimeSpan.FromSeconds(left / rate)));
        }

        return (sum / steps, phase.InstanceWeight > 0 ? instanceSum / steps : null);
    }

    /// <summary>Which pictures look alike to the network as it is, by the averages that its head begins with.</summary>
    private LookAlikes FindLookAlikes(CancellationToken cancellationToken)
    {
        int[] learned = Learned();
        var clock = Stopwatch.StartNew();
        float[] features = Compute(
            learned, _network.InputName, HeadInput, batch => DrawPlain(batch, mirrored: false), brainFloat: true, cancellationToken,
            done => _options.Progress?.Report(new TrainingProgress(
                "features", 1, 0, done, learned.Length, double.NaN, 0, done / clock.Elapsed.TotalSeconds, clock.Elapsed * ((double)(learned.Length - done) / done))));
        using var scope = NewDisposeScope(); // see TensorSums
        return LookAlikes.Find(tensor(features, [learned.Length, features.Length / learned.Length]), learned, _works);
    }

    /// <summary>The pictures that are learned from: those of the training part that have a label at least.</summary>
    private int[] Learned() => [.. _split.Training.Where(image => _labels.Any(column => column[image] >= 0))];

    /// <summary>Searches held-out pictures by views of every kind, the same views each time.</summary>
    private WorkFigures? MeasureWorks(TrainingPhase phase, CancellationToken cancellationToken)
    {
        int[] searched = Spread(_split.HeldOut, SearchedPictures), wanted = Spread(searched, SearchedFor);
        if (searched.Length < 2)
        {
            return null;
        }

        float[] gallery = Compute(searched, _network.InputName, WorkHead.OutputName, batch => DrawPlain(batch, mirrored: false), phase.BrainFloat, cancellationToken);
        int dimensions = gallery.Length / searched.Length, side = _options.Preprocessing.InputSize.Width;
        var views = new HeavyViews();
        Dictionary<string, double> shares = [];
        foreach (ViewKind kind in Enum.GetValues<ViewKind>())
        {
            var sampler = new HeavyViewSampler(views, _options.Preprocessing, kind);
            float[] queries = Compute(
                wanted, _network.InputName, WorkHead.OutputName,
                batch => _batches.Draw(batch, side, _ => sampler, i => new Random(Chance.Seed((long)kind, batch[i]))), phase.BrainFloat, cancellationToken);
            using var scope = NewDisposeScope(); // see TensorSums
            using (no_grad())
            {
                Tensor found = nn.functional.normalize(tensor(gallery, [searched.Length, dimensions]), dim: 1);
                long[] nearest = nn.functional.normalize(tensor(queries, [wanted.Length, dimensions]), dim: 1).matmul(found.t()).argmax(1).data<long>().ToArray();
                shares[kind.ToString().ToLowerInvariant()] = nearest.Index().Count(place => _works[searched[place.Item]] == _works[wanted[place.Index]]) / (double)wanted.Length;
            }
        }

        return new WorkFigures(searched.Length, wanted.Length, shares);

        static int[] Spread(IReadOnlyList<int> images, int count) =>
            images.Count <= count ? [.. images] : [.. Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Count / count)])];
    }

    private HeldOutFigures? Measure(TrainingPhase phase, string start, FeatureCache? cache, CancellationToken cancellationToken)
    {
        int[] heldOut = HeldOutWithLabel();
        if (heldOut.Length == 0)
        {
            return null;
        }

        float[] probabilities = cache is not null && phase.InputSide == _options.Preprocessing.InputSize.Width
            ? Predict(heldOut, start, batch => cache.Gather([.. batch.Select(image => (image, 0))], 0, null), phase.BrainFloat, cancellationToken)
            : Predict(heldOut, _network.InputName, batch => DrawPlain(batch, mirrored: false), phase.BrainFloat, cancellationToken);
        return HeldOutFigures.From(Judge(heldOut, probabilities));
    }

    private int[] HeldOutWithLabel() => [.. _split.HeldOut.Where(image => _labels[0][image] >= 0)];

    private ClassificationReport Judge(int[] images, float[] probabilities) =>
        ClassificationEvaluator.Evaluate(_targets[0].Labels, [.. images.Select(image => _labels[0][image])], probabilities, Math.Min(3, _targets[0].Labels.Count));

    private Tensor DrawPlain(int[] batch, bool mirrored)
    {
        var plain = new PictureSampler(Augmentation.None, _options.Preprocessing);
        return _batches.Draw(batch, _options.Preprocessing.InputSize.Width, _ => plain, _ => new Random(0), _ => mirrored);
    }

    private float[] Predict(IReadOnlyList<int> images, string start, Func<int[], Tensor> draw, bool brainFloat, CancellationToken cancellationToken) =>
        Compute(images, start, ClassifierHead.FirstProbabilities, draw, brainFloat, cancellationToken);

    /// <summary>What a tensor of vectors is for some pictures, row by row.</summary>
    private float[] Compute(
        IReadOnlyList<int> images, string start, string wanted, Func<int[], Tensor> draw, bool brainFloat, CancellationToken cancellationToken, Action<int>? progress = null)
    {
        int length = (int)_network.Channels(wanted);
        float[] values = new float[images.Count * length];
        int from = 0;
        foreach (int[] batch in images.Chunk(EvaluationBatch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using (no_grad())
            {
                Tensor x = draw(batch);
                if (x.dim() == 4)
                {
                    x = x.to(brainFloat ? ScalarType.BFloat16 : ScalarType.Float32);
                }

                Tensor output = _network.Run(start, x, [wanted])[0];
                output.contiguous().data<float>().CopyTo(values.AsSpan(from * length, batch.Length * length));
            }

            from += batch.Length;
            progress?.Invoke(from);
        }

        return values;
    }
}
