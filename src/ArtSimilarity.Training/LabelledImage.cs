using ArtSimilarity.Imaging;

namespace ArtSimilarity.Training;

/// <summary>A picture and what is known of it.</summary>
public sealed class LabelledImage
{
    /// <summary>Creates a labelled image.</summary>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="source">See <see cref="Source"/>.</param>
    /// <param name="labels">See <see cref="Labels"/>.</param>
    /// <param name="work">See <see cref="Work"/>.</param>
    public LabelledImage(string key, ImageSource source, IReadOnlyDictionary<string, string> labels, string? work = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(labels);
        Key = key;
        Source = source;
        Labels = labels;
        Work = work;
    }

    /// <summary>Names the picture in messages and decides, with the seed, on which side of a split it falls.</summary>
    public string Key { get; }

    /// <summary>Its bytes.</summary>
    public ImageSource Source { get; }

    /// <summary>Label by column; a column that is missing or empty is not known and not learned.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>
    /// What pictures of one work share (the work's artist and title, say), so that they fall on one side of a split;
    /// <see langword="null"/> where the work is not known.
    /// </summary>
    public string? Work { get; }
}
