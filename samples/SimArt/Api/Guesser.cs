using ArtSimilarity.Guesses;

namespace SimArt.Api;

/// <summary>Guesses of genre, by the model, and of style, artist and period, by the neighbours. They are guesses, and say how often such are right.</summary>
internal sealed class Guesser(Collection collection, Uploads uploads, Workshop workshop, OnnxImageClassifier classifier)
{
    private const int Alternatives = 3;

    private static readonly string[] Fields = [Facet.Style, Facet.Artist, LabelGuesser.HalfCentury];

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/guesses", (Guesser guesser, CancellationToken cancellationToken, string? key = null, string? upload = null) => guesser.GuessAsync(key, upload, cancellationToken))
            .WithSummary("Guesses of genre, style, artist and period of a work or an upload.").RequireRateLimiting(Limits.Heavy);

    public async Task<GuessesAnswer> GuessAsync(string? key, string? upload, CancellationToken cancellationToken)
    {
        Painting? work = key is null ? null : (await collection.WorkOfAsync(key, cancellationToken)).Painting;
        ImageSource picture = work is not null ? await collection.OpenPictureAsync(work, cancellationToken) : uploads.Get(upload ?? throw ApiException.BadRequest("Name a work by its key, or an upload.", "key")).Source;
        List<GuessAnswer> guesses = [await GenreAsync(picture, work, cancellationToken)];
        SearchSpace? space = collection.Spaces.FirstOrDefault(each => work is not null || each.Extractor is not null);
        foreach (string field in space is null ? [] : Fields)
        {
            if (await collection.GuesserAsync(space!, field, cancellationToken) is LabelGuesser guesser
                && await (work is null ? guesser.GuessAsync(picture, cancellationToken) : guesser.GuessAsync(work.Key, cancellationToken)) is LabelGuess guess)
            {
                guesses.Add(new GuessAnswer(
                    field,
                    field == LabelGuesser.HalfCentury ? "Period" : WorkEndpoints.LabelOf(field),
                    guess.Value,
                    guess.Confidence,
                    "neighbours",
                    guesser.Accuracy,
                    guess.VoterCount,
                    [.. guess.Shares.Where(share => share.Key != guess.Value).Take(Alternatives).Select(share => new ShareAnswer(share.Key, share.Value))],
                    work is null ? null : LabelGuesser.LabelOf(work, field)));
            }
        }

        return new GuessesAnswer(guesses);
    }

    private async Task<GuessAnswer> GenreAsync(ImageSource picture, Painting? work, CancellationToken cancellationToken)
    {
        float[] probabilities = await workshop.RunAsync(
            async ct =>
            {
                using RgbImage image = await collection.Decoder.DecodeAsync(picture, classifier.InputSize, null, ct);
                var told = new float[classifier.Labels.Count];
                classifier.Classify([image], told, ct);
                return told;
            },
            cancellationToken);
        ShareAnswer[] ordered = [.. probabilities.Select((share, i) => new ShareAnswer(classifier.Labels[i], share)).OrderByDescending(share => share.Share)];
        return new GuessAnswer(Facet.Genre, "Genre", ordered[0].Value, ordered[0].Share, "model", null, null, [.. ordered.Skip(1).Take(Alternatives)], work?.Genre);
    }
}
