using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using ArtSimilarity.Catalogues;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;
using ArtSimilarity.Training;

namespace ArtSimilarity.Trainer;

/// <summary>The tool's command line.</summary>
internal static class TrainCommand
{
    private static readonly (string Purpose, string Line)[] Examples =
    [
        ("In some minutes: new layers on top of a model that stays as it is", "artsim-train --metadata paintings.csv --base mobilenetv2.onnx --label genre --out genre.onnx"),
        ("A teacher: what eight models say of the pictures that each has not seen", "artsim-train --metadata paintings.csv --base mobilenetv2.onnx --label genre --held-out held-out.csv --pairs pairs.csv --folds 8 --out said.json"),
        ("The model that comes with ArtSimilarity.Onnx, taught by that", "artsim-train --metadata paintings.csv --base mobilenetv2.onnx --label genre --recipe genre-mobilenetv2 --teacher said.json --held-out held-out.csv --out genre.onnx"),
        ("Genre and style at once, on pictures held out before", "artsim-train --metadata paintings.csv --base mobilenetv2.onnx --label genre,style --held-out held-out.csv --out both.onnx"),
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliConsole console, CancellationToken cancellationToken)
    {
        RootCommand root = Create(console);
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction and not TeachingHelp)
        {
            foreach (ParseError error in parsed.Errors)
            {
                console.Warn(ParserMessages.Plain(error.Message));
            }

            console.Error.WriteLine("Run 'artsim-train --help' for its options and examples.");
            return ExitCode.WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = console.Output, Error = console.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);
        }
        catch (Exception e)
        {
            return Explain(e, console); // the one place where errors become text
        }
    }

    private static RootCommand Create(CliConsole console)
    {
        var metadata = new Option<string[]>("--metadata") { Description = "The CSV that names the pictures and their labels: columns file (relative to the CSV) or id, and one for each label; artist and title tell which pictures show one work. Given several times, all of them are taken; no key may be in two.", HelpName = "CSV", Required = true };
        Option<string> baseModel = Text("--base", "The ONNX model to begin with: a convolutional network with a feature map.", "MODEL", isRequired: true);
        Option<string> preprocessing = Text("--preprocessing", "A JSON file that says how pixels become the base model's input, in the form of the property artsimilarity.preprocessing. The default is what the model says of itself, and ImageNet's where it says nothing.", "JSON");
        Option<string> output = Text("--out", "The ONNX model to write; with --folds, the JSON.", "MODEL", isRequired: true);
        var label = new Option<string>("--label") { Description = "The label columns to learn, the first being the one that is measured.", HelpName = "COLUMN,…", DefaultValueFactory = _ => "genre" };
        var recipe = new Option<string>("--recipe") { Description = $"How to train: {string.Join(", ", Recipes.Names)}, or a JSON file.", HelpName = "NAME|FILE", DefaultValueFactory = _ => "head" };
        Option<string> work = Text("--work", "The folder for decoded pictures, cached features, the checkpoint and the logs. The default is the model's path with -training.", "DIR");
        Option<string> pairs = Text("--pairs", "A CSV (columns id_a, id_b) of pictures that show one work: no split and no fold parts them.", "CSV");
        Option<string> heldOut = Text("--held-out", "A CSV (column id) of the pictures to measure on. By default they are drawn by the seed, works and near-duplicates together, and written to held-out-….csv in the work folder; what is given here is taken as it is. Folds leave them out, too.", "CSV");
        var share = new Option<double>("--share") { Description = "The share of pictures to hold out where they are drawn.", HelpName = "SHARE", DefaultValueFactory = _ => 0.16 };
        var duplicates = new Option<double>("--duplicates") { Description = "Pictures whose features' cosine reaches this are near-duplicates and stay on one side; 1 looks for none.", HelpName = "COSINE", DefaultValueFactory = _ => 0.9 };
        Option<string> groupBy = Text("--group-by", "A column whose values stay on one side of the split, and in one fold: artist, to measure on artists that nothing was learned from.", "COLUMN");
        var teacher = new Option<string[]>("--teacher") { Description = "A classifier of the same labels whose probabilities are learned from as well, where the recipe has a teacherShare, or the JSON that 'artsim classify --json' or --folds wrote. Given several times, their mean is learned from.", HelpName = "MODEL|JSON" };
        var folds = new Option<int?>("--folds") { Description = "Train no model, but N, each on all but one Nth of the pictures to learn from, and write what each says of those it has not seen: a teacher for another training. --out then ends in .json.", HelpName = "N" };
        var seed = new Option<long>("--seed") { Description = "Decides everything that is drawn.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var limit = new Option<int?>("--limit") { Description = "Use so many pictures at most, spread over the CSV.", HelpName = "N" };
        var every = new Option<int>("--evaluate-every") { Description = "Measure the held-out pictures after every so many epochs.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<string> version = Text("--model-version", "What the model says it is. The default is the name of its file and 1.", "TEXT");
        var single = new Option<bool>("--single-precision") { Description = "Write weights with 32 bits instead of 16: twice the file." };
        var json = new Option<bool>("--json") { Description = "Print the final figures as one JSON document and nothing else; messages go to the error stream." };
        var root = new RootCommand("Fine-tunes an ONNX image model on labelled paintings and writes it back as ONNX: a classifier whose inner layer is a signature.")
        {
            metadata, baseModel, preprocessing, label, output, recipe, work, pairs, heldOut, share, duplicates, groupBy, teacher, folds, seed, limit, every, version, single, json,
        };
        limit.Validators.Add(result => Check(result, result.GetValueOrDefault<int?>() is null or >= 1, "--limit must be at least 1."));
        share.Validators.Add(result => Check(result, result.GetValueOrDefault<double>() is >= 0 and < 1, "--share must be from 0 to below 1."));
        duplicates.Validators.Add(result => Check(result, result.GetValueOrDefault<double>() is > 0 and <= 1, "--duplicates must be above 0 and at most 1."));
        folds.Validators.Add(result => Check(result, result.GetValueOrDefault<int?>() is null or >= 2, "--folds must be at least 2."));
        every.Validators.Add(result => Check(result, result.GetValueOrDefault<int>() >= 1, "--evaluate-every must be at least 1."));
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new TeachingHelp((HelpAction)help.Action!, new OwnCommand(typeof(TrainCommand).Assembly, "ArtSimilarity.Trainer"), Examples);
        root.SetAction((parsed, cancellationToken) =>
        {
            string model = parsed.GetRequiredValue(output);
            var options = new TrainingRunOptions
            {
                Metadata = parsed.GetRequiredValue(metadata),
                Base = parsed.GetRequiredValue(baseModel),
                Preprocessing = parsed.GetValue(preprocessing),
                Labels = parsed.GetRequiredValue(label).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                Out = model,
                Recipe = parsed.GetRequiredValue(recipe),
                Work = parsed.GetValue(work) ?? Path.ChangeExtension(model, null) + "-training",
                Pairs = parsed.GetValue(pairs),
                HeldOut = parsed.GetValue(heldOut),
                Share = parsed.GetValue(share),
                Duplicates = parsed.GetValue(duplicates),
                GroupBy = parsed.GetValue(groupBy),
                Teachers = parsed.GetValue(teacher) ?? [],
                Folds = parsed.GetValue(folds),
                Seed = parsed.GetValue(seed),
                Limit = parsed.GetValue(limit),
                EvaluateEvery = parsed.GetValue(every),
                Version = parsed.GetValue(version) ?? Path.GetFileNameWithoutExtension(model) + " 1",
                SinglePrecision = parsed.GetValue(single),
                Json = parsed.GetValue(json),
            };

            // A thread of its own: libtorch's team of threads belongs to the thread that calls it.
            return Task.Factory.StartNew(() => new TrainingRun(console, options).Run(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        });
        return root;
    }

    private static void Check(OptionResult result, bool holds, string message)
    {
        if (!holds)
        {
            result.AddError(message);
        }
    }

    private static Option<string> Text(string name, string description, string helpName, bool isRequired = false) =>
        new(name) { Description = description, HelpName = helpName, Required = isRequired };

    private static int Explain(Exception exception, CliConsole console)
    {
        (int code, string message) = exception switch
        {
            UsageException or ArgumentException => (ExitCode.WrongUsage, exception.Message),
            OperationCanceledException => (ExitCode.Failed, "interrupted; the same command goes on after the last finished epoch, or fold."),
            CommandFailedException or CatalogueException or TeacherAnswersException or UnusableFoldsException or UnsupportedNetworkException or CheckpointException or TrainingDivergedException or OnnxModelException
                or GalleryStoreException or JsonException or IOException or UnauthorizedAccessException
                => (ExitCode.Failed, exception.Message),
            _ => (ExitCode.Failed, string.Create(CultureInfo.InvariantCulture, $"unexpected {exception.GetType().Name}: {exception.Message} (ARTSIM_DEBUG=1 shows where)")),
        };
        console.Warn(message.ReplaceLineEndings(" "));
        if (Environment.GetEnvironmentVariable("ARTSIM_DEBUG") == "1")
        {
            console.Error.Write(exception + Environment.NewLine);
        }

        return code;
    }
}
