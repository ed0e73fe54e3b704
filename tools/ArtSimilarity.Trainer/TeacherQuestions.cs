using System.Globalization;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Onnx;
using ArtSimilarity.Training;

namespace ArtSimilarity.Trainer;

/// <summary>Asks the teachers of <c>--teacher</c>.</summary>
internal static class TeacherQuestions
{
    /// <summary>The mean of what all of them say, as <see cref="Teachers.Ask"/> gives it.</summary>
    /// <exception cref="CommandFailedException">A model cannot be used as a teacher; in the words of this program, since the package's name options that programs set.</exception>
    public static float[] Ask(IReadOnlyList<string> teachers, TrainingSet set, IReadOnlyList<int> pictures, LabelTarget target, Action<string> tell, CancellationToken cancellationToken)
    {
        var progress = new ImmediateProgress<TeacherProgress>(asked => tell($"Asking {Path.GetFileName(asked.Teacher)}: {asked.Done:N0} of {asked.Total:N0}"));
        try
        {
            return Teachers.Ask(teachers, set, pictures, target, progress, cancellationToken);
        }
        catch (OnnxModelException e) when (e.LoadTimeLimit is not null || e.LacksLabels)
        {
            throw new CommandFailedException(
                e.LacksLabels
                    ? $"the teacher {e.ModelName} tells no labels: it was not trained by artsim-train or ArtSimilarity.Training."
                    : string.Create(CultureInfo.InvariantCulture, $"the teacher {e.ModelName} was not loaded and tried within {e.LoadTimeLimit!.Value.TotalSeconds:0.###} s. It may never end; 'artsim classify --load-timeout SECONDS --json' gives it longer, and what that writes is a teacher, too."),
                e);
        }
    }
}
