using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>Runs extractors on the same images, those that share a pass together.</summary>
internal static class SharedPasses
{
    /// <summary>Groups extractors: those of one group come from one pass of its first.</summary>
    /// <returns>The places of each group, in order.</returns>
    public static int[][] Group(IReadOnlyList<IFeatureExtractor> extractors)
    {
        List<List<int>> groups = [];
        for (int i = 0; i < extractors.Count; i++)
        {
            if (groups.Find(group => extractors[group[0]] is ISharedPassExtractor first && first.SharesPassWith(extractors[i])) is { } known)
            {
                known.Add(i);
            }
            else
            {
                groups.Add([i]);
            }
        }

        return [.. groups.Select(group => group.ToArray())];
    }

    /// <summary>Extracts the signatures of one group.</summary>
    /// <param name="group">The extractors; all but the first share its pass.</param>
    /// <param name="images">The images.</param>
    /// <param name="signatures">Receives those of each extractor.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static ValueTask ExtractAsync(IReadOnlyList<IFeatureExtractor> group, ReadOnlyMemory<RgbImage> images, IReadOnlyList<Memory<float>> signatures, CancellationToken cancellationToken) =>
        group.Count == 1
            ? group[0].ExtractAsync(images, signatures[0], cancellationToken)
            : ((ISharedPassExtractor)group[0]).ExtractTogetherAsync(images, group, signatures, cancellationToken);
}
