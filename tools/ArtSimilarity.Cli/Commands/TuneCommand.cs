using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Tuning;
using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim tune</c>: finds out how little a search may look at and still reach a quality.</summary>
internal static class TuneCommand
{
    public static Command Create(CliConsole console)
    {
        Option<string> gallery = CommonOptions.Gallery();
        Option<int> k = CommonOptions.AtLeastOne("-k", "How many neighbours searches will ask for; smaller numbers are measured too.", "N");
        k.DefaultValueFactory = _ => 250;
        Option<double?> quality = CommonOptions.Quality(
            "The quality to reach: the mean, over the neighbours found, of their place divided by their true rank. 1 would be exact.", mayBeExact: false);
        quality.DefaultValueFactory = _ => 0.95;
        Option<double?> budget = CommonOptions.Positive("--budget-ms", "How long a search may take, in milliseconds on one thread; it is an error if the quality takes longer.", "MS");
        Option<int> queries = CommonOptions.AtLeastOne(
            "--queries", $"How many works to search for, at least {TunerOptions.MinQueryCount}. They are taken out of what is searched; settings are chosen by one half and confirmed on the other.", "N");
        queries.DefaultValueFactory = _ => 300;
        queries.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value) && value is >= 1 and < TunerOptions.MinQueryCount)
            {
                result.AddError($"--queries must be at least {TunerOptions.MinQueryCount}, not {value.ToString(CultureInfo.InvariantCulture)}.");
            }
        });
        var seed = new Option<long>("--seed") { Description = "Decides which works are drawn.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var figure = new Option<string?>("--figure") { Description = "Draw quality and time against the candidates searched, to this file: .png or .svg.", HelpName = "FILE" };
        figure.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !FigureFile.CanWrite(result.Tokens[0].Value))
            {
                result.AddError($"--figure writes .png and .svg, not '{result.Tokens[0].Value}'.");
            }
        });
        Option<string?> model = CommonOptions.Model($"The model whose signatures to tune for: {ModelReference.Help} The default is the gallery's own.");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        var index = new Option<string>("--index") { Description = "What to tune: the usual index, or the forest of spotify/annoy, whose figure counts trees (the paper's figure 5).", HelpName = "fastscan|annoy", DefaultValueFactory = _ => "fastscan" };
        index.AcceptOnlyFromAmong("fastscan", "annoy");
        Option<int> trees = CommonOptions.Between("--trees", "The most trees to measure, with --index annoy.", "N", CommonOptions.MostTrees);
        trees.DefaultValueFactory = _ => 100;
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();

        var command = new TeachingCommand(
            "tune",
            "Measures how quality and time of a search depend on how much it looks at, and keeps with the gallery what it takes: 'artsim search --quality' goes by it. Let the machine have nothing else to do. The exit code is 1, and nothing is kept, when the quality is not reached or takes longer than the budget.")
        {
            Examples =
            [
                ("For 250 neighbours at quality 0.95", "artsim tune --gallery my.db"),
                ("For ten, nearly exact, in half a millisecond", "artsim tune --gallery my.db -k 10 --quality 0.99 --budget-ms 0.5"),
                ("With a figure", "artsim tune --gallery my.db --figure tune.png"),
                ("The paper's figure 5: a forest, quality and time against its trees", "artsim tune --gallery my.db --index annoy --figure trees.png"),
                ("Then search by it", "artsim search photo.jpg --gallery my.db -k 250 --quality 0.95"),
            ],
        };
        command.Add(gallery);
        command.Add(k);
        command.Add(quality);
        command.Add(budget);
        command.Add(queries);
        command.Add(seed);
        command.Add(index);
        command.Add(trees);
        command.Add(figure);
        command.Add(force);
        command.Add(model);
        command.Add(loadTimeout);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new TuneArguments(
                parsed.GetRequiredValue(gallery),
                parsed.GetValue(k),
                parsed.GetValue(quality)!.Value,
                parsed.GetValue(budget),
                parsed.GetValue(queries),
                parsed.GetValue(seed),
                parsed.GetValue(figure),
                parsed.GetValue(force),
                parsed.GetValue(model),
                parsed.GetValue(loadTimeout),
                parsed.GetValue(json));
            return parsed.GetValue(index) == "annoy"
                ? TuningRun.RunAsync(console, TunableIndexes.Forest(parsed.GetValue(trees)), arguments, cancellationToken)
                : TuningRun.RunAsync(console, TunableIndexes.FastScan, arguments, cancellationToken);
        });
        return command;
    }
}
