using ArtSimilarity.Imaging;

namespace ArtSimilarity.Training;

/// <summary>A picture and what is known of it.</summary>
/// <param name="Key">Names the picture in messages and decides, with the seed, on which side of a split it falls.</param>
/// <param name="Source">Its bytes.</param>
/// <param name="Labels">Label by column; a column that is missing or empty is not known and not learned.</param>
/// <param name="Work">
/// What pictures of one work share (the work's artist and title, say), so that they fall on one side of a split;
/// <see langword="null"/> where the work is not known.
/// </param>
public sealed record LabelledImage(string Key, ImageSource Source, IReadOnlyDictionary<string, string> Labels, string? Work = null);
