namespace ArtSimilarity.Tuning;

/// <summary>Queries whose exact answers are known: for each, the rank (from 1) of the ids nearest to it.</summary>
internal sealed record KnownQueries(float[][] Vectors, Dictionary<int, int>[] Ranks)
{
    public int Count => Vectors.Length;
}
