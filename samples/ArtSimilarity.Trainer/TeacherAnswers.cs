using System.Text.Json;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Training;

namespace ArtSimilarity.Trainer;

/// <summary>What a classifier said of pictures, as <c>artsim classify --json</c> and <c>artsim-train --folds</c> write it.</summary>
internal static class TeacherAnswers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>Reads the answers.</summary>
    /// <param name="path">The file; the paths in it are taken from the current folder.</param>
    /// <param name="images">All pictures.</param>
    /// <param name="wanted">Which of them must have an answer.</param>
    /// <param name="labels">The labels, each of which must be in every answer, and no other.</param>
    /// <returns>[images, labels], row by row; zeros for pictures that are not wanted.</returns>
    public static float[] Read(string path, IReadOnlyList<LabelledImage> images, IReadOnlyList<int> wanted, IReadOnlyList<string> labels)
    {
        Answer[] answers;
        using (FileStream file = File.OpenRead(path))
        {
            try
            {
                answers = JsonSerializer.Deserialize<Answer[]>(file, Json) ?? [];
            }
            catch (JsonException e)
            {
                throw new CommandFailedException($"{path}: not what 'artsim classify --json' writes: {e.Message}");
            }
        }

        var byFile = new Dictionary<string, Answer>(StringComparer.Ordinal);
        foreach (Answer answer in answers)
        {
            byFile[Path.GetFullPath(answer.File)] = answer;
        }

        float[] probabilities = new float[images.Count * labels.Count];
        foreach (int i in wanted)
        {
            Answer answer = byFile.GetValueOrDefault(Path.GetFullPath(images[i].Source.Name))
                ?? throw new CommandFailedException($"{path}: there is no answer for {images[i].Source.Name}.");
            if (answer.Probabilities.Count != labels.Count || labels.Any(label => !answer.Probabilities.ContainsKey(label)))
            {
                throw new CommandFailedException($"{path}: {answer.File} has {string.Join(", ", answer.Probabilities.Keys)}, not {string.Join(", ", labels)}.");
            }

            for (int label = 0; label < labels.Count; label++)
            {
                probabilities[(i * labels.Count) + label] = answer.Probabilities[labels[label]];
            }
        }

        return probabilities;
    }

    /// <summary>Writes answers, a picture a line.</summary>
    /// <param name="path">The file; it appears whole or not at all.</param>
    /// <param name="answers">The answers.</param>
    public static void Write(string path, IEnumerable<Answer> answers)
    {
        File.WriteAllText(path + ".tmp", $"[\n{string.Join(",\n", answers.Select(answer => JsonSerializer.Serialize(answer, Json)))}\n]\n");
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>What was said of a picture.</summary>
    /// <param name="File">Its path.</param>
    /// <param name="Probabilities">The probability of each label.</param>
    public sealed record Answer(string File, Dictionary<string, float> Probabilities);
}
