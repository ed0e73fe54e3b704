using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Guesses;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim guess</c>: what the nearest works suggest of a work or an image.</summary>
internal static class GuessCommand
{
    private static readonly string[] Usual = ["genre", "style", "artist", LabelGuesser.Century];

    public static Command Create(CliConsole console)
    {
        var query = new Argument<string>("query") { Description = "The key of a work in the gallery, or an image file. Where a key and a file exist, the key wins; write ./name for the file." };
        Option<string> gallery = CommonOptions.Gallery();
        var fields = new Option<string[]>("--by")
        {
            Description = "What to guess: genre, style, artist, century, half-century, or any field; may be given several times. The default is genre, style, artist and century, as far as works have them.",
            HelpName = "FIELD",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<int> k = CommonOptions.AtLeastOne("-k", "How many nearest labelled works vote.", "N");
        k.DefaultValueFactory = _ => 15;
        Option<string?> model = CommonOptions.Model($"The model to compare by, one the gallery was indexed with: {ModelReference.Help} The default is the gallery's own.");
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand(
            "guess", "Guesses style, artist, period and other labels by a vote of the nearest labelled works. The confidence is how often such guesses are right for works of the gallery that are held out.")
        {
            Examples =
            [
                ("What a picture may be", "artsim guess photo.jpg --gallery my.db"),
                ("Whose a work of the gallery may be, whatever the catalogue says", "artsim guess art042 --gallery my.db --by artist"),
            ],
        };
        command.Add(query);
        command.Add(gallery);
        foreach (Option option in (Option[])[fields, k, model, json])
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            string asked = parsed.GetRequiredValue(query), galleryPath = parsed.GetRequiredValue(gallery);
            bool isKey = false;
            async ValueTask<bool> NeedsModel(IGalleryStore store) => !(isKey = (await store.FindAsync([asked], cancellationToken)).Count > 0) && File.Exists(asked);

            await using OpenGallery open = await OpenGallery.ForReadingAsync(console, galleryPath, parsed.GetValue(model), NeedsModel, InputLimits.Default, cancellationToken);
            if (!isKey && !File.Exists(asked))
            {
                throw new CommandFailedException($"'{asked}' is neither an image file nor the key of a work in {galleryPath}.");
            }

            FeatureSpace space = await open.SpaceAsync(cancellationToken);
            await open.PrepareAsync(console, space, cancellationToken);
            Painting? work = isKey ? (await open.Store.FindAsync([asked], cancellationToken))[asked].Painting : null;
            string[]? named = parsed.GetValue(fields);
            List<GuessDocument.FieldGuess> guesses = [];
            foreach (string field in named is { Length: > 0 } ? named.Distinct() : Usual)
            {
                LabelGuesser guesser;
                try
                {
                    guesser = await LabelGuesser.MeasureAsync(open.Gallery, field, new LabelGuesserOptions { NeighborCount = parsed.GetValue(k), Spaces = [space] }, cancellationToken);
                }
                catch (InvalidOperationException) when (named is not { Length: > 0 })
                {
                    continue; // most galleries lack some of the usual fields
                }
                catch (InvalidOperationException e)
                {
                    throw new CommandFailedException($"--by {field}: {e.Message}", e);
                }

                LabelGuess? guess = isKey ? await guesser.GuessAsync(asked, cancellationToken) : await guesser.GuessAsync(ImageSource.FromFile(asked), cancellationToken);
                guesses.Add(GuessDocument.FieldGuess.From(guesser, guess, work is null ? null : LabelGuesser.LabelOf(work, field)));
            }

            return guesses.Count == 0
                ? throw new CommandFailedException($"the works of {galleryPath} have no {string.Join(", ", Usual)} to guess from.")
                : ResultWriter.Write(console, parsed.GetValue(json), new CommandResult<GuessDocument>(
                    () => new GuessDocument(asked, guesses),
                    console =>
                    {
                        ConsoleTable table = console.NewTable("field", "guess", "confidence", "votes", "right in general", "catalogue");
                        foreach (GuessDocument.FieldGuess guess in guesses)
                        {
                            table.AddRow(guess.Field, guess.Value ?? "none", Percent(guess.Confidence), guess.Shares.Count == 0 ? "" : Percent(guess.Shares[0].Votes), Percent(guess.Accuracy), guess.Known ?? "");
                        }

                        console.Write(table);
                        console.Error.WriteLine("Guesses by the nearest labelled works. The confidence is how often such guesses are right for works that are held out.");
                    }));
        });
        return command;
    }

    private static string Percent(double? share) => share is double known ? string.Create(CultureInfo.InvariantCulture, $"{100 * known:0} %") : "";
}
