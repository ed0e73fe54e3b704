using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Files;

namespace ArtSimilarity.Training;

/// <summary>Files of what a classifier said of pictures, as <c>artsim classify --json</c> and <c>artsim-train --folds</c> write them.</summary>
public static class TeacherAnswers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // paths stay readable; it never goes into a page
    };

    /// <summary>Reads a file of answers.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The answers, in their order.</returns>
    /// <exception cref="TeacherAnswersException">It is none, or an answer is no distribution; says which.</exception>
    public static IReadOnlyList<ClassifiedImage> Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (FileKinds.Fault(path) is string fault)
        {
            throw new TeacherAnswersException($"{path} {fault}.");
        }

        ClassifiedImage?[] answers;
        try
        {
            using FileStream file = File.OpenRead(path);
            answers = JsonSerializer.Deserialize<ClassifiedImage?[]>(file, Json) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            throw new TeacherAnswersException($"{path} is not what 'artsim classify --json' writes: {e.Message}", e);
        }

        foreach ((int number, ClassifiedImage? answer) in answers.Index())
        {
            if (string.IsNullOrWhiteSpace(answer?.File) || answer.File.Contains('\0', StringComparison.Ordinal))
            {
                throw new TeacherAnswersException($"{path} is not what 'artsim classify --json' writes: its entry {number + 1} names no file.");
            }

            double sum = answer.Probabilities.Values.Sum(said => said is >= 0 and <= 1 ? said : double.NaN);
            if (!(Math.Abs(sum - 1) < 1e-3))
            {
                throw new TeacherAnswersException(string.Create(
                    CultureInfo.InvariantCulture, $"{path}: what is said of {answer.File} are no probabilities that add up to 1: {string.Join(", ", answer.Probabilities.Select(said => $"{said.Key} {said.Value}"))}."));
            }
        }

        return answers!;
    }

    /// <summary>Writes answers, one in a line.</summary>
    /// <param name="path">The file; it appears whole or not at all.</param>
    /// <param name="answers">The answers.</param>
    public static void Write(string path, IEnumerable<ClassifiedImage> answers)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(answers);
        File.WriteAllText(path + ".tmp", $"[\n{string.Join(",\n", answers.Select(answer => JsonSerializer.Serialize(answer, Json)))}\n]\n");
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Orders answers as training wants them.</summary>
    /// <param name="path">The file they are from.</param>
    /// <param name="answers">The answers; paths are taken from the current folder, as on a command line.</param>
    /// <param name="images">All pictures.</param>
    /// <param name="wanted">Which of them must have an answer.</param>
    /// <param name="labels">The labels, each of which must be in every answer that is wanted, and no other.</param>
    /// <returns>[images, labels], row by row; zeros for pictures that are not wanted.</returns>
    /// <exception cref="TeacherAnswersException">An answer is missing, is there twice, or is of other labels; names the picture.</exception>
    public static float[] Arrange(string path, IReadOnlyList<ClassifiedImage> answers, IReadOnlyList<LabelledImage> images, IReadOnlyList<int> wanted, IReadOnlyList<string> labels)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(labels);
        ILookup<string, ClassifiedImage> byFile = answers.ToLookup(answer => Path.GetFullPath(answer.File), StringComparer.Ordinal);
        float[] probabilities = new float[images.Count * labels.Count];
        foreach (int i in wanted)
        {
            ClassifiedImage[] found = [.. byFile[Path.GetFullPath(images[i].Source.Name)]];
            ClassifiedImage answer = found.FirstOrDefault() ?? throw new TeacherAnswersException($"{path}: there is no answer for {images[i].Source.Name}.");
            if (answer.Probabilities.Count != labels.Count || labels.Any(label => !answer.Probabilities.ContainsKey(label)))
            {
                throw new TeacherAnswersException($"{path}: what is said of {answer.File} is of {string.Join(", ", answer.Probabilities.Keys)}, not of {string.Join(", ", labels)}.");
            }

            if (found.Skip(1).Any(other => labels.Any(label => other.Probabilities.GetValueOrDefault(label) != answer.Probabilities[label])))
            {
                throw new TeacherAnswersException($"{path}: there are two different answers for {answer.File}.");
            }

            for (int label = 0; label < labels.Count; label++)
            {
                probabilities[(i * labels.Count) + label] = (float)answer.Probabilities[labels[label]];
            }
        }

        return probabilities;
    }
}
