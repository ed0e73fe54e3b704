namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>What a soak changes and searches; called by several threads at once.</summary>
internal interface ISoakTarget : IAsyncDisposable
{
    /// <summary>How often the index was built so far.</summary>
    int Builds { get; }

    /// <summary>Adds works, or replaces those that are there.</summary>
    void Add(IReadOnlyList<(int Work, int Version)> works);

    void Remove(IReadOnlyList<int> works);

    /// <summary>The k nearest works that the filter allows, nearest first.</summary>
    IReadOnlyList<(int Work, float Distance)> Search(float[] query, int k, SoakFilter filter);

    /// <summary>Called now and then while nothing else changes; searches go on.</summary>
    void Maintain();

    /// <summary>Called while nothing changes: whatever must hold then besides the answers.</summary>
    void Check(ChangeHistory history);
}
