using System.Globalization;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Training;

namespace ArtSimilarity.Trainer.Teaching;

/// <summary>Those whose probabilities are learned from beside the labels.</summary>
internal static class Teachers
{
    /// <summary>The mean of what all of them say.</summary>
    /// <param name="teachers">Classifiers, or JSON files of what classifiers said.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="pictures">Those of them that they are asked about.</param>
    /// <param name="target">What they are to tell.</param>
    /// <param name="tell">Told how far it is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>[pictures of the set, labels], row by row; zeros for those not asked about.</returns>
    /// <exception cref="CommandFailedException">One tells other labels, or says nothing of a picture.</exception>
    public static float[] Ask(IReadOnlyList<string> teachers, TrainingSet set, IReadOnlyList<int> pictures, LabelTarget target, Action<string> tell, CancellationToken cancellationToken)
    {
        float[] mean = new float[set.Count * target.Labels.Count];
        foreach (string teacher in teachers)
        {
            float[] said = IsJson(teacher)
                ? TeacherAnswers.Arrange(teacher, TeacherAnswers.Read(teacher), set.Images, pictures, target.Labels)
                : Classify(teacher, set, pictures, target, tell, cancellationToken);
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += said[i] / teachers.Count;
            }
        }

        return mean;
    }

    public static bool IsJson(string path) => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);

    private static float[] Classify(string path, TrainingSet set, IReadOnlyList<int> pictures, LabelTarget target, Action<string> tell, CancellationToken cancellationToken)
    {
        using OnnxImageClassifier teacher = Load(path, target.Column);
        if (!teacher.Labels.SequenceEqual(target.Labels))
        {
            throw new CommandFailedException($"the teacher {path} tells {string.Join(", ", teacher.Labels)}, not {string.Join(", ", target.Labels)}.");
        }

        float[] probabilities = new float[set.Count * target.Labels.Count];
        int done = 0;
        Parallel.ForEach(pictures, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, i =>
        {
            using RgbImage image = RgbImage.FromPixels(set.Pixels(i), set.Side, set.Side);
            teacher.Classify([image], probabilities.AsSpan(i * target.Labels.Count, target.Labels.Count), cancellationToken);
            tell($"Asking {Path.GetFileName(path)}: {Interlocked.Increment(ref done):N0} of {pictures.Count:N0}");
        });
        return probabilities;
    }

    private static OnnxImageClassifier Load(string path, string column)
    {
        try
        {
            return new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = path, Target = column, FlipAverage = true });
        }
        catch (OnnxModelException e) when (e.LoadTimeLimit is not null || e.LacksLabels)
        {
            // The package's words name options that programs set, and this one has no such options.
            throw new CommandFailedException(
                e.LacksLabels
                    ? $"the teacher {path} tells no labels: it was not trained by artsim-train or ArtSimilarity.Training."
                    : string.Create(CultureInfo.InvariantCulture, $"the teacher {path} was not loaded and tried within {e.LoadTimeLimit!.Value.TotalSeconds:0.###} s. It may never end; 'artsim classify --load-timeout SECONDS --json' gives it longer, and what that writes is a teacher, too."),
                e);
        }
    }
}
