namespace ArtSimilarity.Trainer;

/// <summary>What a run came to, as JSON.</summary>
internal sealed record RunDocument(
    string Model,
    string ModelVersion,
    string Base,
    string Recipe,
    long Seed,
    string TrainingSet,
    int Pictures,
    int TrainedOn,
    int HeldOut,
    IReadOnlyDictionary<string, string> Failed,
    double? Accuracy,
    double? Top3Accuracy,
    double? BalancedAccuracy,
    double? MirrorAveragedAccuracy,
    double? MirrorAveragedTop3Accuracy,
    double? MirrorAveragedBalancedAccuracy,
    IReadOnlyList<RunLabel> Labels,
    IReadOnlyList<IReadOnlyList<int>> Confusion,
    double AgreementWithOnnxRuntime,
    double Seconds);
