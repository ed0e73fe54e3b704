using System.Runtime.InteropServices;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>The true neighbours of every query (<c>.ibin</c>): queries and k as 32-bit integers, then the ids, nearest first.</summary>
internal sealed class NearestFile(int[] ids, int perQuery)
{
    public static NearestFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        ReadOnlySpan<int> numbers = MemoryMarshal.Cast<byte, int>(bytes);
        return numbers.Length == 2 + ((long)numbers[0] * numbers[1])
            ? new NearestFile(numbers[2..].ToArray(), numbers[1])
            : throw new InvalidDataException($"{path} has another length than its header says.");
    }

    /// <summary>The ids of a query, nearest first.</summary>
    public ReadOnlySpan<int> this[int query] => ids.AsSpan(query * perQuery, perQuery);

    /// <summary>How many of the k nearest are among the results.</summary>
    public int CountFound(int query, int k, ReadOnlySpan<Neighbor> results)
    {
        HashSet<int> nearest = [.. ids.AsSpan(query * perQuery, k)];
        int found = 0;
        foreach (Neighbor result in results)
        {
            found += nearest.Contains(result.Id) ? 1 : 0;
        }

        return found;
    }
}
