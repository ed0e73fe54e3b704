using ArtSimilarity.Indexing;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

public class IdSetTests
{
    [Fact]
    public void Any_sequence_of_operations_agrees_with_a_hash_set() =>
        Gen.Select(Gen.Int[0, 300], Gen.Bool).Array[0, 200].Sample(operations =>
        {
            var set = new IdSet();
            var model = new SortedSet<int>();
            foreach ((int id, bool add) in operations)
            {
                Assert.Equal(add ? model.Add(id) : model.Remove(id), add ? set.Add(id) : set.Remove(id));
                Assert.Equal(model.Contains(id), set.Contains(id));
            }

            Assert.Equal(model.Count, set.Count);
            Assert.Equal(model, set.ToArray());
        });

    [Fact]
    public void Negative_ids_are_in_no_set_and_cannot_be_added()
    {
        var set = new IdSet([1, 2]);
        Assert.False(set.Contains(-1));
        Assert.False(set.Contains(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(-1));
    }

    [Fact]
    public void Of_the_bitmap_every_bit_is_an_id()
    {
        ReadOnlySpan<ulong> bits = new IdSet([0, 63, 64, 130]).Bitmap;
        Assert.Equal([1UL | (1UL << 63), 1UL, 4UL], bits[..3]);
        Assert.Equal(-1, bits[3..].IndexOfAnyExcept(0UL));
    }
}
