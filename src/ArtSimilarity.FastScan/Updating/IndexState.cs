namespace ArtSimilarity.FastScan.Updating;

/// <summary>What can be found at one moment. Never changed once searches can see it; the next state replaces it.</summary>
/// <param name="Live">One bit per row of the built index, clear for the removed ones.</param>
/// <param name="LiveCount">The number of set bits.</param>
/// <param name="Added">The vectors added since the build.</param>
/// <param name="AddedCount">How many of the rows of <paramref name="Added"/> belong to this state.</param>
/// <param name="AddedLive">One bit per added row, clear for those removed again.</param>
/// <param name="AddedLiveCount">The number of set bits.</param>
internal sealed record IndexState(ulong[] Live, int LiveCount, AddedRows Added, int AddedCount, ulong[] AddedLive, int AddedLiveCount)
{
    public int Count => LiveCount + AddedLiveCount;
}
