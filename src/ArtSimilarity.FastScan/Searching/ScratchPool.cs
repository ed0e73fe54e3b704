using ArtSimilarity.FastScan.Files;

namespace ArtSimilarity.FastScan.Searching;

/// <summary>Scratches that no search uses at the moment, as many as searches may run at once.</summary>
internal sealed class ScratchPool(PackedIndex index)
{
    private readonly SearchScratch?[] _idle = new SearchScratch?[2 * Environment.ProcessorCount];

    public SearchScratch Rent()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is SearchScratch scratch)
            {
                return scratch;
            }
        }

        return new SearchScratch(index);
    }

    public void Return(SearchScratch scratch)
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], scratch, null) is null)
            {
                return;
            }
        }
    }
}
