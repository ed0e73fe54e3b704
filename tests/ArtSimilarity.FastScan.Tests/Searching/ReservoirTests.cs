using System.Runtime.Intrinsics;
using ArtSimilarity.FastScan.Searching;
using ArtSimilarity.TestSupport;
using CsCheck;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Searching;

public unsafe class ReservoirTests
{
    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Fact]
    public void Random_streams_keep_what_sorting_keeps() => Gen.Select(Gen.Int[1, 400], Gen.Int[0, 6000], Gen.Int[0, 5], Gen.Int[0, 1_000_000]).Sample(
        (wanted, length, kind, seed) =>
        {
            var random = new Random(seed);
            float[] scores = [.. Enumerable.Range(0, length).Select(i => kind switch
            {
                0 => (random.NextSingle() * 2) - 1,
                1 => random.Next(-3, 4),
                2 => i / (float)length,
                3 => -i,
                4 => random.Next(10) == 0 ? float.NegativeInfinity : random.NextSingle(),
                _ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
            })];
            AssertKeepsTheBest(wanted, scores);
        },
        iter: 200);

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(250)]
    [InlineData(4999)]
    [InlineData(5000)]
    [InlineData(6000)]
    public void Of_thousands_of_equal_scores_the_first_stay(int wanted)
    {
        AssertKeepsTheBest(wanted, [.. Enumerable.Repeat(0.25f, 5000)]);
        AssertKeepsTheBest(wanted, [.. Enumerable.Repeat(-0f, 2500), .. Enumerable.Repeat(0f, 2500)]);
        AssertKeepsTheBest(wanted, [.. Enumerable.Repeat(-1f, 5000), 3, .. Enumerable.Repeat(-1f, 5000), 2, 4, .. Enumerable.Repeat(-2f, 5000)]);
        AssertKeepsTheBest(wanted, [.. Enumerable.Repeat(float.PositiveInfinity, 3000), .. Enumerable.Repeat(float.MaxValue, 3000)]);
    }

    [Fact]
    public void Minus_infinity_and_not_a_number_are_never_let_in()
    {
        var reservoir = new Reservoir();
        reservoir.Clear(10);
        Offer(reservoir, [.. Enumerable.Repeat(float.NegativeInfinity, 3000), .. Enumerable.Repeat(float.NaN, 3000)], between: 7);
        Assert.Equal(0, reservoir.Count);
        Offer(reservoir, [1, float.NaN, float.NegativeInfinity, float.MinValue], between: 0);
        reservoir.Shrink();
        Assert.Equal([1, float.MinValue], new ReadOnlySpan<float>(reservoir.Scores, reservoir.Count).ToArray());
    }

    [Fact]
    public void Fewer_than_wanted_all_stay()
    {
        foreach (int length in new[] { 0, 1, 16, 1000, 1023 })
        {
            AssertKeepsTheBest(1023, [.. Enumerable.Range(0, length).Select(i => (float)Math.Sin(i))]);
        }
    }

    [Fact]
    public void What_it_keeps_does_not_depend_on_what_it_was_used_for_before()
    {
        var used = new Reservoir();
        foreach (int wanted in new[] { 5000, 3, 700, 1, 10_000, 250, 20 })
        {
            foreach (int between in new[] { 0, int.MaxValue })
            {
                var fresh = new Reservoir();
                fresh.Clear(wanted);
                used.Clear(wanted);
                Assert.Equal((0, float.NegativeInfinity), (used.Count, used.Threshold));
                float[] scores = [.. Enumerable.Range(0, 20_000).Select(i => (float)Math.Sin(i * wanted))];
                Offer(fresh, scores, between);
                Offer(used, scores, between);
                Assert.Equal(fresh.Threshold, used.Threshold);
                AssertHoldsTheBest(fresh, wanted, scores);
                AssertHoldsTheBest(used, wanted, scores);
                Assert.Equal(fresh.Count, used.Count);
            }
        }
    }

    private static void AssertKeepsTheBest(int wanted, float[] scores)
    {
        foreach (int between in new[] { 0, 5, int.MaxValue })
        {
            var reservoir = new Reservoir();
            reservoir.Clear(wanted);
            Offer(reservoir, scores, between);
            AssertHoldsTheBest(reservoir, wanted, scores);
        }
    }

    /// <summary>Offers 16 scores at a time, with so many single ones in between.</summary>
    private static void Offer(Reservoir reservoir, float[] scores, int between)
    {
        int single = 0;
        for (int at = 0; at < scores.Length;)
        {
            if (single == between && at <= scores.Length - 16)
            {
                reservoir.Offer(Vector512.Create(scores, at), at);
                at += 16;
                single = 0;
            }
            else
            {
                reservoir.Offer(scores[at], at);
                at++;
                single = Math.Min(single + 1, between);
            }
        }
    }

    /// <summary>As many as wanted and at most a sixteenth more are the best of all, of equal ones the first, in the order they came.</summary>
    private static void AssertHoldsTheBest(Reservoir reservoir, int wanted, float[] scores)
    {
        reservoir.Shrink();
        int usable = scores.Count(score => score > float.NegativeInfinity);
        Assert.InRange(reservoir.Count, Math.Min(wanted, usable), wanted + (wanted / 16));
        int[] expected = [.. Enumerable.Range(0, scores.Length).Where(i => scores[i] > float.NegativeInfinity)
            .OrderByDescending(i => scores[i]).Take(reservoir.Count).Order()];
        Assert.Equal(expected, new ReadOnlySpan<int>(reservoir.Places, reservoir.Count).ToArray());
        Assert.Equal(expected.Select(i => scores[i]), new ReadOnlySpan<float>(reservoir.Scores, reservoir.Count).ToArray());
    }
}
