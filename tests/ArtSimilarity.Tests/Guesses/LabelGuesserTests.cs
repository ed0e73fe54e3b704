using ArtSimilarity.Galleries;
using ArtSimilarity.Guesses;
using ArtSimilarity.Tests.Graphs;
using Xunit;

namespace ArtSimilarity.Tests.Guesses;

public sealed class LabelGuesserTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Works_of_clear_groups_are_guessed_surely_and_the_confidence_is_measured()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(600, Cancellation);
        LabelGuesser guesser = await LabelGuesser.MeasureAsync(gallery.Gallery, "genre", new LabelGuesserOptions { HeldOutCount = 300 }, Cancellation);
        Assert.Equal(300, guesser.HeldOutCount);
        Assert.InRange(guesser.Accuracy, 0.7, 1);
        Assert.Equal(150, guesser.Reliability.Sum(bin => bin.Count));
        Assert.InRange(guesser.CalibrationError, 0, 0.15);
        LabelGuess guess = (await guesser.GuessAsync("w123", Cancellation))!;
        Assert.Equal(("genre", "g3", 15), (guess.Field, guess.Value, guess.VoterCount));
        Assert.InRange(guess.Confidence, 0.5, 1);
        Assert.Equal(1, guess.Shares.Sum(share => share.Value), 1e-9);
        Assert.Equal(guess.Shares.OrderByDescending(share => share.Value), guess.Shares);
    }

    [Fact]
    public async Task Labels_that_neighbours_cannot_tell_get_little_confidence()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(400, Cancellation);
        await gallery.Store.WriteAsync(
            [.. Enumerable.Range(0, 400).Select(i => new GalleryEntry(
                new Painting($"w{i}") { Style = $"s{(i * 7919 / 10) % 8}" }, $"hash {i}", [new Signature(ClusteredGallery.Space, gallery.Vectors[i].ToArray())]))],
            Cancellation);
        LabelGuesser guesser = await LabelGuesser.MeasureAsync(gallery.Gallery, "style", null, Cancellation);
        Assert.InRange(guesser.Accuracy, 0, 0.35);
        Assert.InRange((await guesser.GuessAsync("w5", Cancellation))!.Confidence, 0, 0.5);
    }

    [Theory]
    [InlineData(1888, "1800–1899", "1850–1899")]
    [InlineData(1849, "1800–1899", "1800–1849")]
    [InlineData(-250, "-300–-201", "-250–-201")]
    public void Periods_are_those_of_the_year(int year, string century, string half)
    {
        var work = new Painting("a") { Year = year };
        Assert.Equal((century, half), (LabelGuesser.LabelOf(work, LabelGuesser.Century), LabelGuesser.LabelOf(work, LabelGuesser.HalfCentury)));
        Assert.Null(LabelGuesser.LabelOf(new Painting("b"), LabelGuesser.Century));
    }

    [Fact]
    public async Task Votes_weigh_by_distance_look_past_unlabelled_works_and_join_spellings()
    {
        await using var store = new InMemoryGalleryStore();
        await using var gallery = new Gallery(store, null, []);
        var space = new Features.FeatureSpace("angle", "none", 2);
        (string Key, string? Artist, double Angle)[] works =
            [("query", null, 0), ("near", "Dürer", 0.1), ("same", "DURER", 0.2), ("blank", null, 0.05), ("far", "Other", 0.4), ("farther", "Other", 0.5)];
        await store.WriteAsync(
            [.. works.Select(work => new GalleryEntry(
                new Painting(work.Key) { Artist = work.Artist }, work.Key, [new Signature(space, new[] { (float)Math.Cos(work.Angle), (float)Math.Sin(work.Angle) })]))],
            Cancellation);
        LabelGuesser guesser = await LabelGuesser.MeasureAsync(gallery, "artist", new LabelGuesserOptions { NeighborCount = 4 }, Cancellation);
        Assert.Equal(4, guesser.HeldOutCount);
        LabelGuess guess = (await guesser.GuessAsync("query", Cancellation))!;
        Assert.Equal(("Dürer", 4), (guess.Value, guess.VoterCount)); // as the nearest spells it
        double[] votes = [.. works.Where(work => work.Artist is not null).Select(work => 1 / (2 - (2 * Math.Cos(work.Angle))))];
        Assert.Equal((votes[0] + votes[1]) / votes.Sum(), guess.Shares[0].Value, 1e-3);
        InvalidOperationException none = await Assert.ThrowsAsync<InvalidOperationException>(() => LabelGuesser.MeasureAsync(gallery, "style", null, Cancellation));
        Assert.Contains("'style'", none.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PaintingNotFoundException>(() => guesser.GuessAsync("nobody", Cancellation));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabelGuesserOptions { NeighborCount = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabelGuesserOptions { HeldOutCount = 1 });
    }
}
