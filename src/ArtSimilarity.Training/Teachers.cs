using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Training;

/// <summary>Those whose probabilities a model learns from beside the labels: <see cref="TrainerOptions.TeacherProbabilities"/>.</summary>
public static class Teachers
{
    /// <summary>The mean of what several teachers say of pictures.</summary>
    /// <param name="teachers">At least one: ONNX models that tell labels, or files of answers, which end in <c>.json</c> (<see cref="TeacherAnswers"/>).</param>
    /// <param name="set">The pictures.</param>
    /// <param name="pictures">The indices of those that the teachers are asked about.</param>
    /// <param name="target">What they are to tell.</param>
    /// <param name="progress">Told of each picture that a model was asked about; <see langword="null"/> for nobody.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Pictures of the set × labels, row by row; zeros for pictures not asked about.</returns>
    /// <remarks>A model sees each picture as it is and mirrored, and runs on all processors at once.</remarks>
    /// <exception cref="ArgumentException">There is no teacher.</exception>
    /// <exception cref="TeacherAnswersException">A teacher tells other labels, or says nothing of a picture; names the teacher's file.</exception>
    /// <exception cref="OnnxModelException">A model cannot be used, or tells no labels.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static float[] Ask(
        IReadOnlyList<string> teachers, TrainingSet set, IReadOnlyList<int> pictures, LabelTarget target, IProgress<TeacherProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(target);
        if (teachers.Count == 0)
        {
            throw new ArgumentException("There must be a teacher at least.", nameof(teachers));
        }

        float[] mean = new float[set.Count * target.Labels.Count];
        foreach (string teacher in teachers)
        {
            float[] said = IsAnswers(teacher)
                ? TeacherAnswers.Arrange(teacher, TeacherAnswers.Read(teacher), set.Images, pictures, target.Labels)
                : Classify(teacher, set, pictures, target, progress, cancellationToken);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += said[i] / teachers.Count;
            }
        }

        return mean;
    }

    /// <summary>Whether a file is one of answers by its name.</summary>
    /// <param name="path">The file.</param>
    /// <returns><see langword="true"/> where it ends in <c>.json</c>.</returns>
    public static bool IsAnswers(string path) => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);

    private static float[] Classify(
        string path, TrainingSet set, IReadOnlyList<int> pictures, LabelTarget target, IProgress<TeacherProgress>? progress, CancellationToken cancellationToken)
    {
        using var teacher = new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = path, ModelName = path, Target = target.Column, FlipAverage = true });
        if (!teacher.Labels.SequenceEqual(target.Labels))
        {
            throw new TeacherAnswersException($"The teacher {path} tells {string.Join(", ", teacher.Labels)}, not {string.Join(", ", target.Labels)}.");
        }

        float[] probabilities = new float[set.Count * target.Labels.Count];
        int done = 0;
        Parallel.ForEach(pictures, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, i =>
        {
            using RgbImage image = RgbImage.FromPixels(set.Pixels(i), set.Side, set.Side);
            teacher.Classify([image], probabilities.AsSpan(i * target.Labels.Count, target.Labels.Count), cancellationToken);
            progress?.Report(new TeacherProgress(path, Interlocked.Increment(ref done), pictures.Count));
        });
        return probabilities;
    }
}
