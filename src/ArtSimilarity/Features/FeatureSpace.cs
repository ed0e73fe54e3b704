using System.Globalization;
using System.Text;

namespace ArtSimilarity.Features;

/// <summary>
/// Names the space a signature lives in. Two signatures may be compared only when their feature spaces are equal: same
/// model, same preprocessing, same number of dimensions.
/// </summary>
public sealed record FeatureSpace
{
    /// <summary>Creates a feature space.</summary>
    /// <param name="modelId">Identifies the model and its exact weights, e.g. a name followed by a content hash.</param>
    /// <param name="preprocessing">Describes how pixels become the model's input, e.g. <c>224x224 squash triangle imagenet</c>.</param>
    /// <param name="dimensions">The length of a signature, at least 1.</param>
    /// <exception cref="ArgumentException">A text is empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is below 1.</exception>
    public FeatureSpace(string modelId, string preprocessing, int dimensions)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        ArgumentException.ThrowIfNullOrWhiteSpace(preprocessing);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ModelId = modelId;
        Preprocessing = preprocessing;
        Dimensions = dimensions;
    }

    /// <summary>Identifies the model and its exact weights.</summary>
    public string ModelId { get; }

    /// <summary>Describes how pixels become the model's input.</summary>
    public string Preprocessing { get; }

    /// <summary>The length of a signature.</summary>
    public int Dimensions { get; }

    /// <summary>
    /// Returns the space as one line, e.g. <c>classical-1 (256x256 squash, 315-d)</c>. Two spaces are equal exactly when their
    /// texts are.
    /// </summary>
    /// <remarks>
    /// A backslash goes before what would make the text ambiguous: a backslash, and a bracket that opens behind a space in the
    /// model's name. Characters that a line cannot show (control and formatting characters, unpaired surrogates) are written
    /// as <c>\u0028</c>. All other texts stand as they are.
    /// </remarks>
    /// <returns>Model, preprocessing and dimensions.</returns>
    public override string ToString() =>
        $"{Escape(ModelId, escapeBracket: true)} ({Escape(Preprocessing, escapeBracket: false)}, {Dimensions.ToString(CultureInfo.InvariantCulture)}-d)";

    /// <summary>Escapes a text so that no two give one. The first " (" must be the one behind the model, so none may be left inside it.</summary>
    private static string Escape(string text, bool escapeBracket)
    {
        StringBuilder? escaped = null;
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            bool isBracket = escapeBracket && character == '(' && i > 0 && text[i - 1] == ' ';
            string? replacement = isBracket || character == '\\' ? $"\\{character}"
                : CanBeShown(text, i) ? null
                : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            if (replacement is not null)
            {
                escaped ??= new StringBuilder(text, 0, i, text.Length + 16);
                escaped.Append(replacement);
            }
            else
            {
                escaped?.Append(character);
            }
        }

        return escaped?.ToString() ?? text;
    }

    private static bool CanBeShown(string text, int index) => char.GetUnicodeCategory(text[index]) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.Surrogate => char.IsHighSurrogate(text[index])
            ? index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])
            : index > 0 && char.IsHighSurrogate(text[index - 1]),
        _ => true,
    };
}
