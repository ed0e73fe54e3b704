namespace ArtSimilarity.Trainer;

/// <summary>What cross-fitting came to, as JSON.</summary>
/// <param name="Answers">The file that says what was said of each picture.</param>
/// <param name="Base">The base model.</param>
/// <param name="Recipe">How each fold's model was trained.</param>
/// <param name="Seed">Decided everything that was drawn.</param>
/// <param name="TrainingSet">The fingerprint of the pictures.</param>
/// <param name="Folds">How many models there were.</param>
/// <param name="Pictures">How many pictures something was said of.</param>
/// <param name="Accuracy">The share of them whose label was the most probable.</param>
/// <param name="Top3Accuracy">The share of them whose label was among the three most probable.</param>
/// <param name="BalancedAccuracy">The mean over the labels of the share that was told rightly.</param>
/// <param name="AccuracyInterval">95 % of what the bootstrap over works draws: the lower end and the upper one.</param>
/// <param name="Top3AccuracyInterval">The same of the three most probable.</param>
/// <param name="BalancedAccuracyInterval">The same of the mean over the labels.</param>
/// <param name="Groups">How many works, near-duplicates and what <c>--group-by</c> holds together counted as one.</param>
/// <param name="GroupBy">The column of <c>--group-by</c>; <see langword="null"/> for none.</param>
/// <param name="Labels">The figures of each label.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record FoldsDocument(string Answers, string Base, string Recipe, long Seed, string TrainingSet, int Folds, int Pictures, double Accuracy, double Top3Accuracy, double BalancedAccuracy,
    double[] AccuracyInterval, double[] Top3AccuracyInterval, double[] BalancedAccuracyInterval, int Groups, string? GroupBy, IReadOnlyList<RunLabel> Labels, double Seconds);
