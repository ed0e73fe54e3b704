using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>
/// Trains one model for each fold, on the other folds only, and gathers what each says of the pictures it has not seen. Such answers are a
/// teacher that does not know the labels by heart.
/// </summary>
public static class CrossFitting
{
    private const int RunDigits = 12, TopK = 3;

    /// <summary>Trains the models one after another. A call that was stopped goes on with the fold it was at.</summary>
    /// <param name="loadBase">Loads the base model anew for each fold; it is disposed afterwards.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="folds">The folds (<see cref="HeldOutSplit.Folds"/>).</param>
    /// <param name="targets">What is learned; answers are about the first target.</param>
    /// <param name="recipe">How each model is trained; without a <see cref="TrainingPhase.TeacherShare"/>.</param>
    /// <param name="options">
    /// Everything else. <see cref="TrainerOptions.Checkpoints"/> must be <see langword="false"/>: the answers of each finished fold are kept in
    /// <see cref="TrainerOptions.Folder"/> instead.
    /// </param>
    /// <param name="foldPrepared">
    /// Called with the fold's number from 0, its trainer, and whether its answers were kept by a call before; <see langword="null"/> for nobody.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The answers and how good they are.</returns>
    /// <exception cref="ArgumentException">There are no folds or targets, or checkpoints are asked for; or a value is one that <see cref="Trainer"/> refuses.</exception>
    /// <exception cref="UnusableFoldsException">A fold has no labelled picture, or all pictures of a label are in one fold.</exception>
    /// <exception cref="TrainingDivergedException">A training has come to no numbers.</exception>
    public static CrossFitReport Run(
        Func<Network> loadBase,
        TrainingSet set,
        IReadOnlyList<HeldOutSplit> folds,
        IReadOnlyList<LabelTarget> targets,
        Recipe recipe,
        TrainerOptions options,
        Action<int, Trainer, bool>? foldPrepared = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loadBase);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(folds);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(options);
        if (folds.Count == 0 || targets.Count == 0)
        {
            throw new ArgumentException("Cross-fitting needs folds and a target.", folds.Count == 0 ? nameof(folds) : nameof(targets));
        }

        if (options.Checkpoints)
        {
            throw new ArgumentException("Cross-fitting keeps the answers of finished folds and no checkpoints.", nameof(options));
        }

        LabelTarget target = targets[0];
        Check(folds, set, target);
        Dictionary<string, int> places = target.Labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        Dictionary<string, int> truth = set.Images.Where(image => image.Labels.ContainsKey(target.Column)).DistinctBy(image => image.Source.Name)
            .ToDictionary(image => image.Source.Name, image => places[image.Labels[target.Column]], StringComparer.Ordinal);
        List<ClassifiedImage> answers = [];
        foreach ((int number, HeldOutSplit fold) in folds.Index())
        {
            using Network network = loadBase();
            Trainer trainer = new(network, set, fold, targets, recipe, options);

            // Pictures may have moved since the answers were kept.
            string kept = Path.Combine(options.Folder, $"fold-{trainer.Identity[..RunDigits]}.json");
            IReadOnlyList<ClassifiedImage>? before = File.Exists(kept) ? TeacherAnswers.Read(kept) : null;
            bool isKept = before is not null && before.All(answer => truth.ContainsKey(answer.File));
            foldPrepared?.Invoke(number, trainer, isKept);
            if (isKept)
            {
                answers.AddRange(before!);
                continue;
            }

            TrainingReport report = trainer.Run(cancellationToken);
            ClassifiedImage[] said = [.. report.Judged.Select((image, row) => new ClassifiedImage(
                set.Images[image].Source.Name,
                target.Labels.Select((label, i) => (label, said: (double)report.Probabilities.Span[(row * target.Labels.Count) + i])).ToDictionary(pair => pair.label, pair => pair.said, StringComparer.Ordinal)))];
            TeacherAnswers.Write(kept, said);
            answers.AddRange(said);
        }

        Dictionary<string, int> groups = set.Images.Index().DistinctBy(image => image.Item.Source.Name)
            .ToDictionary(image => image.Item.Source.Name, image => folds[0].GroupOf[image.Index], StringComparer.Ordinal);
        int[] right = [.. answers.Select(answer => truth[answer.File])];
        float[] probabilities = [.. answers.SelectMany(answer => target.Labels.Select(label => (float)answer.Probabilities[label]))];
        int topK = Math.Min(TopK, target.Labels.Count);
        return new CrossFitReport(
            answers,
            ClassificationEvaluator.Evaluate(target.Labels, right, probabilities, topK),
            ClassificationEstimates.Draw(target.Labels.Count, right, probabilities, [.. answers.Select(answer => groups[answer.File])], topK));
    }

    private static void Check(IReadOnlyList<HeldOutSplit> folds, TrainingSet set, LabelTarget target)
    {
        foreach ((int number, HeldOutSplit fold) in folds.Index())
        {
            HashSet<string> learned = Labels(fold.Training), judged = Labels(fold.HeldOut);
            if (judged.Count == 0)
            {
                throw new UnusableFoldsException($"fold {number + 1} of {folds.Count} has no picture with a label in the column '{target.Column}': there are too few pictures (or works) for so many folds.");
            }

            if (judged.Except(learned).FirstOrDefault() is { } missing)
            {
                throw new UnusableFoldsException($"all pictures with the {target.Column} '{missing}' are in fold {number + 1} of {folds.Count}: nothing is left to learn it from. Another seed or more folds may part them.");
            }
        }

        HashSet<string> Labels(IReadOnlyList<int> pictures) => [.. pictures.Select(i => set.Images[i].Labels.GetValueOrDefault(target.Column)).OfType<string>()];
    }
}
