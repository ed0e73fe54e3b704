using System.Globalization;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Guesses;

/// <summary>Guesses a label of a work by a vote of its nearest labelled works, and tells how often such guesses are right in this gallery.</summary>
/// <remarks>
/// <para>
/// Each of the nearest labelled works votes with the weight 1/d² of its distance d. The value with the largest share wins. The confidence
/// of a guess is how often guesses of such a share were right. Works of the gallery are held out one at a time, and their accuracy is
/// made a rising function of the share (isotonic regression). Half of the works held out serve for that, and
/// <see cref="Accuracy"/> and <see cref="Reliability"/> are of the other half.
/// </para>
/// <para>
/// Other pictures of the work held out are among its neighbours where the gallery has some. A gallery with many copies is thus
/// measured as better than it is for works it has never seen. Immutable; any number of threads may use it.
/// </para>
/// </remarks>
public sealed class LabelGuesser
{
    /// <summary>The field that stands for the century of the year, in words such as <c>1800–1899</c>.</summary>
    public const string Century = "century";

    /// <summary>The field that stands for the half of a century.</summary>
    public const string HalfCentury = "half-century";

    private const int Bins = 10;

    /// <summary>How many times as many neighbours are looked at, where some have no label.</summary>
    private const int MostWidening = 16;

    private const double LeastDistance = 1e-3;

    private readonly Gallery _gallery;
    private readonly LabelGuesserOptions _options;
    private readonly (double Share, double Accuracy)[] _calibration;

    private LabelGuesser(Gallery gallery, string field, LabelGuesserOptions options, List<(double Share, bool IsRight)> heldOut)
    {
        (_gallery, Field, _options, HeldOutCount) = (gallery, field, options, heldOut.Count);
        _calibration = Calibrate(heldOut.Where((_, i) => i % 2 == 0));
        (double Confidence, bool IsRight)[] measured = [.. heldOut.Where((_, i) => i % 2 == 1).Select(guess => (ConfidenceOf(guess.Share), guess.IsRight))];
        Accuracy = measured.Length == 0 ? 0 : measured.Count(guess => guess.IsRight) / (double)measured.Length;
        Reliability = [.. Enumerable.Range(0, Bins).Select(bin =>
        {
            (double Confidence, bool IsRight)[] inside = [.. measured.Where(guess => Math.Min(Bins - 1, (int)(guess.Confidence * Bins)) == bin)];
            return new ReliabilityBin(
                bin / (double)Bins,
                (bin + 1) / (double)Bins,
                inside.Length,
                inside.Select(guess => guess.Confidence).DefaultIfEmpty().Average(),
                inside.Select(guess => guess.IsRight ? 1.0 : 0).DefaultIfEmpty().Average());
        })];
    }

    /// <summary>What is guessed.</summary>
    public string Field { get; }

    /// <summary>How many works were held out.</summary>
    public int HeldOutCount { get; }

    /// <summary>The share of guesses that were right, of the works held out that the confidence was not fitted to.</summary>
    public double Accuracy { get; }

    /// <summary>How often guesses of each confidence were right, from the least confident to the most, in ten bins.</summary>
    public IReadOnlyList<ReliabilityBin> Reliability { get; }

    /// <summary>The mean difference between confidence and accuracy over the bins of <see cref="Reliability"/>, weighted by their counts.</summary>
    public double CalibrationError => Reliability.Sum(bin => bin.Count * Math.Abs(bin.MeanConfidence - bin.Accuracy)) / Math.Max(1, Reliability.Sum(bin => bin.Count));

    /// <summary>The label of a work as this class guesses it.</summary>
    /// <param name="work">The work.</param>
    /// <param name="field"><see cref="Century"/>, <see cref="HalfCentury"/>, or a field as <see cref="PaintingLabel.Of"/> takes it.</param>
    /// <returns>The label; <see langword="null"/> where the work has none.</returns>
    public static string? LabelOf(Painting work, string field)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentException.ThrowIfNullOrEmpty(field);
        return field switch
        {
            Century => PeriodOf(work.Year, 100),
            HalfCentury => PeriodOf(work.Year, 50),
            _ => PaintingLabel.Of(work, field),
        };
    }

    /// <summary>Holds works out to measure how often guesses are right, and keeps that for the guesses to come.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="field">What to guess, as <see cref="LabelOf"/> takes it.</param>
    /// <param name="options">Voters and works held out; <see langword="null"/> takes the defaults.</param>
    /// <param name="cancellationToken">Cancels between works.</param>
    /// <returns>The guesser.</returns>
    /// <exception cref="InvalidOperationException">Fewer than two works with a signature have such a label.</exception>
    public static async Task<LabelGuesser> MeasureAsync(
        Gallery gallery, string field, LabelGuesserOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentException.ThrowIfNullOrEmpty(field);
        options ??= new LabelGuesserOptions();
        List<Painting> labelled = [];
        await foreach (StoredWork work in gallery.Store.ListAsync(new PaintingFilter(), cancellationToken).ConfigureAwait(false))
        {
            if (LabelOf(work.Painting, field) is not null)
            {
                labelled.Add(work.Painting);
            }
        }

        if (labelled.Count < 2)
        {
            throw new InvalidOperationException($"{labelled.Count} works of the gallery have a label '{field}': there is nothing to guess from.");
        }

        var random = new Random(options.Seed); // a seeded one is the same in every version of .NET
        for (int i = labelled.Count - 1; i > 0; i--)
        {
            int other = random.Next(i + 1);
            (labelled[i], labelled[other]) = (labelled[other], labelled[i]);
        }

        List<(double Share, bool IsRight)> heldOut = [];
        foreach (Painting work in labelled.Take(options.HeldOutCount))
        {
            IReadOnlyList<SimilarPainting> voters;
            try
            {
                voters = await VotersAsync(options, field, k => gallery.SearchByKeyAsync(work.Key, k, new GallerySearchOptions { Spaces = options.Spaces }, cancellationToken)).ConfigureAwait(false);
            }
            catch (PaintingNotFoundException)
            {
                continue; // it was removed meanwhile, or has no signature in this space
            }

            if (voters.Count > 0)
            {
                KeyValuePair<string, double> first = Vote(voters, field)[0];
                heldOut.Add((first.Value, first.Key == LabelFolding.Fold(LabelOf(work, field)!)));
            }
        }

        return new LabelGuesser(gallery, field, options, heldOut);
    }

    /// <summary>Guesses the label of one of the gallery's works by its neighbours, whatever the catalogue says of it.</summary>
    /// <param name="key">The key of the work.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The guess; <see langword="null"/> where no neighbour has such a label.</returns>
    /// <exception cref="PaintingNotFoundException">There is no such work, or it has no signature in one of the feature spaces.</exception>
    public Task<LabelGuess?> GuessAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return GuessAsync(k => _gallery.SearchByKeyAsync(key, k, new GallerySearchOptions { Spaces = _options.Spaces }, cancellationToken));
    }

    /// <summary>Guesses the label of an image by its neighbours.</summary>
    /// <param name="image">The encoded image; read more than once where many neighbours have no label.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The guess; <see langword="null"/> where no neighbour has such a label.</returns>
    /// <exception cref="ImageDecodeException">The image cannot be used.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no extractor, or no decoder.</exception>
    public Task<LabelGuess?> GuessAsync(ImageSource image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return GuessAsync(k => _gallery.SearchAsync(image, k, new GallerySearchOptions { Spaces = _options.Spaces }, cancellationToken));
    }

    private async Task<LabelGuess?> GuessAsync(Func<int, Task<GallerySearchResult>> search)
    {
        IReadOnlyList<SimilarPainting> voters = await VotersAsync(_options, Field, search).ConfigureAwait(false);
        if (voters.Count == 0)
        {
            return null;
        }

        // Labels are told as the nearest work that has them spells them.
        Dictionary<string, string> spelling = new(StringComparer.Ordinal);
        foreach (SimilarPainting voter in voters)
        {
            string label = LabelOf(voter.Painting, Field)!;
            spelling.TryAdd(LabelFolding.Fold(label), label);
        }

        KeyValuePair<string, double>[] shares = [.. Vote(voters, Field).Select(share => new KeyValuePair<string, double>(spelling[share.Key], share.Value))];
        return new LabelGuess(Field, shares[0].Key, ConfidenceOf(shares[0].Value), shares, voters.Count);
    }

    /// <summary>The nearest works that have a label: more neighbours are asked for until there are enough.</summary>
    private static async Task<IReadOnlyList<SimilarPainting>> VotersAsync(LabelGuesserOptions options, string field, Func<int, Task<GallerySearchResult>> search)
    {
        for (int k = options.NeighborCount; ; k *= 4)
        {
            IReadOnlyList<SimilarPainting> found = (await search(k).ConfigureAwait(false)).Results;
            SimilarPainting[] voters = [.. found.Where(work => LabelOf(work.Painting, field) is not null).Take(options.NeighborCount)];
            if (voters.Length == options.NeighborCount || found.Count < k || k >= (long)MostWidening * options.NeighborCount)
            {
                return voters;
            }
        }
    }

    /// <summary>The share of each folded label, the largest first; equal ones in ordinal order.</summary>
    private static KeyValuePair<string, double>[] Vote(IReadOnlyList<SimilarPainting> voters, string field)
    {
        Dictionary<string, double> votes = new(StringComparer.Ordinal);
        double least = voters.Min(voter => voter.Distance) < 0 ? voters.Min(voter => voter.Distance) : 0; // of an inner product distances may be negative
        foreach (SimilarPainting voter in voters)
        {
            string label = LabelFolding.Fold(LabelOf(voter.Painting, field)!);
            double distance = Math.Max(LeastDistance, voter.Distance - least);
            votes[label] = votes.GetValueOrDefault(label) + (1 / (distance * distance));
        }

        double sum = votes.Values.Sum();
        return [.. votes.Select(vote => new KeyValuePair<string, double>(vote.Key, vote.Value / sum)).OrderByDescending(vote => vote.Value).ThenBy(vote => vote.Key, StringComparer.Ordinal)];
    }

    /// <summary>How often guesses of a share were right, as a function that never falls: neighbouring shares are pooled until it does not (R. E. Barlow et al., 1972).</summary>
    private static (double Share, double Accuracy)[] Calibrate(IEnumerable<(double Share, bool IsRight)> guesses)
    {
        List<(double Share, double Right, int Count)> pools = [];
        foreach ((double share, bool isRight) in guesses.OrderBy(guess => guess.Share))
        {
            (double Share, double Right, int Count) pool = (share, isRight ? 1 : 0, 1);
            while (pools.Count > 0 && (pools[^1].Share == share || pools[^1].Right * pool.Count >= pool.Right * pools[^1].Count))
            {
                pool = (pools[^1].Share, pools[^1].Right + pool.Right, pools[^1].Count + pool.Count);
                pools.RemoveAt(pools.Count - 1);
            }

            pools.Add(pool);
        }

        // One more right and one more wrong in each: a few lucky guesses are no certainty.
        return [.. pools.Select(pool => (pool.Share, (pool.Right + 1) / (pool.Count + 2)))];
    }

    private double ConfidenceOf(double share)
    {
        double confidence = _calibration.Length == 0 ? 0 : _calibration[0].Accuracy;
        foreach ((double from, double accuracy) in _calibration)
        {
            if (from > share)
            {
                break;
            }

            confidence = accuracy;
        }

        return confidence;
    }

    private static string? PeriodOf(int? year, int length)
    {
        if (year is not int known)
        {
            return null;
        }

        long first = (long)Math.Floor(known / (double)length) * length;
        return string.Create(CultureInfo.InvariantCulture, $"{first}–{first + length - 1}");
    }
}
