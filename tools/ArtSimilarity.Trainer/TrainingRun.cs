using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ArtSimilarity.Catalogues;
using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Files;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.Trainer.Figures;
using ArtSimilarity.Training;

namespace ArtSimilarity.Trainer;

/// <summary>One run of the tool: pictures, split, training, model, figures.</summary>
internal sealed class TrainingRun(CliConsole console, TrainingRunOptions options)
{
    private static readonly JsonSerializerOptions JsonLine = new(JsonSerializerDefaults.Web);

    /// <summary>How much of a run's identity its lines in the log carry: several runs may share a folder.</summary>
    private const int RunDigits = 12;

    /// <summary>From this cosine on a model computes what was trained.</summary>
    private const double LeastAgreement = 0.999;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(20);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _lastLine;
    private string _identity = "";
    private readonly Dictionary<string, string> _groups = new(StringComparer.Ordinal);
    private List<(int First, int Second)>? _together;

    private string Log => Path.Combine(options.Work, "metrics.jsonl");

    public int Run(CancellationToken cancellationToken)
    {
        Recipe recipe = Recipes.Load(options.Recipe);
        CheckFiles();
        CheckOptions(recipe);
        OutputFolder.Create("--work", options.Work);
        OutputFolder.Create("--out", Path.GetDirectoryName(Path.GetFullPath(options.Out))!);
        TorchSharp.torch.set_num_threads(Environment.ProcessorCount);

        // Waited for, since the rest has to stay on this thread: how many threads libtorch uses is told to each thread by itself.
        using TrainingSet set = TrainingSet.PrepareAsync(
            ReadImages(),
            new NetVipsImageDecoder(),
            options.Work,
            progress: new ImmediateProgress<int>(done => Tell($"Decoding: {done:N0}", always: false)),
            cancellationToken: cancellationToken).GetAwaiter().GetResult();
        foreach ((string key, string reason) in set.Failures)
        {
            console.Warn($"{key} is left out: {reason}");
        }

        using Network network = Network.Load(options.Base);
        TrainedModelInfo? known = TrainedModelInfo.FromProperties(network.Properties, Path.GetFileName(options.Base));
        if (known is not null && options.Folds is not null)
        {
            throw new CommandFailedException($"{options.Base} is {known.Version}, which was trained on labels already: --folds wants a base model that has not seen them.");
        }

        if (known is not null && options.HeldOut is null)
        {
            if (known.TrainingSet == set.Fingerprint)
            {
                throw new CommandFailedException($"{options.Base} is {known.Version}, which has learned from these pictures: name those that its training held out with --held-out.");
            }

            console.Warn($"{options.Base} is {known.Version}; if it has learned from some of these pictures, name those that its training held out with --held-out, or the figures will be too good.");
        }

        ImagePreprocessing preprocessing = GetPreprocessing(known);
        HeldOutSplit split = GetSplit(set, recipe, preprocessing, cancellationToken);
        LabelTarget[] targets = [.. options.Labels.Select((column, i) => Target(set, column, i == 0 ? 1 : recipe.FurtherTargetWeight))];
        Tell($"{set.Count:N0} pictures: {split.Training.Count:N0} to learn from, {split.HeldOut.Count:N0} held out. {string.Join("; ", targets.Select(target => $"{target.Column}: {target.Labels.Count} labels"))}. Recipe {recipe.Name}, seed {options.Seed}.");

        if (options.Folds is { } folds)
        {
            return CrossFit(split.Folds([.. set.Images.Select(image => image.Key)], Together(set, recipe, preprocessing, cancellationToken), folds, options.Seed), set, targets, recipe, preprocessing, cancellationToken);
        }

        float[]? teacher = options.Teachers.Count == 0 ? null : TeacherQuestions.Ask(
            options.Teachers, set, [.. split.Training.Where(i => set.Images[i].Labels.ContainsKey(targets[0].Column))], targets[0], line => Tell(line, always: false), cancellationToken);
        Training.Trainer trainer = new(network, set, split, targets, recipe, NewOptions(preprocessing, teacher, checkpoints: true));
        _identity = trainer.Identity;
        TrainingReport report = trainer.Run(cancellationToken);

        // Checked before it takes the place of a model that may be there.
        string candidate = options.Out + ".candidate";
        trainer.Save(candidate, options.Version, Path.GetFileName(options.Base), halfPrecision: !options.SinglePrecision);
        double agreement = trainer.CompareWithOnnxRuntime(candidate, cancellationToken: cancellationToken);
        if (agreement < LeastAgreement)
        {
            throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"{options.Out} does not compute what was trained: a cosine of {agreement:0.0000} where 1 is expected. Please report this."));
        }

        File.Move(candidate, options.Out, overwrite: true);
        return Finish(set, split, recipe, report, agreement);
    }

    private TrainerOptions NewOptions(ImagePreprocessing preprocessing, float[]? teacher, bool checkpoints) => new()
    {
        Folder = options.Work,
        Seed = options.Seed,
        Preprocessing = preprocessing,
        Checkpoints = checkpoints,
        EvaluateEvery = options.EvaluateEvery,
        TeacherProbabilities = teacher,
        Progress = new ImmediateProgress<TrainingProgress>(TellProgress),
        EpochCompleted = report =>
        {
            File.AppendAllText(Log, JsonSerializer.Serialize(new { run = _identity[..RunDigits], report }, JsonLine) + "\n");
            Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"Phase {report.Phase}, epoch {report.Epoch}: loss {report.Loss:0.000}{(report.HeldOut is null ? "" : $"; held out: accuracy {report.HeldOut.Accuracy:0.0 %}, balanced {report.HeldOut.BalancedAccuracy:0.0 %}, top-3 {report.HeldOut.Top3:0.0 %}")}{(report.Work is null ? "" : $"; works found first by heavy views: {report.Work.First:0.0 %}")} ({report.Seconds:0} s)"));
        },
    };

    /// <summary>Writes what is said of each picture to learn from by a model that has learned from the other folds only.</summary>
    private int CrossFit(
        IReadOnlyList<HeldOutSplit> folds, TrainingSet set, LabelTarget[] targets, Recipe recipe, ImagePreprocessing preprocessing, CancellationToken cancellationToken)
    {
        CrossFitReport report = CrossFitting.Run(
            () => Network.Load(options.Base),
            set,
            folds,
            targets,
            recipe,
            NewOptions(preprocessing, null, checkpoints: false),
            (number, trainer, isKept) =>
            {
                _identity = trainer.Identity;
                if (!isKept)
                {
                    Tell($"Fold {number + 1} of {folds.Count}: {folds[number].Training.Count:N0} pictures to learn from, {folds[number].HeldOut.Count:N0} to judge.");
                }
            },
            cancellationToken);
        TeacherAnswers.Write(options.Out, report.Answers);
        ClassificationReport figures = report.Figures;
        ClassificationEstimates estimates = report.Estimates;
        int code = TrainerDocuments.Writer.Write(console, options.Json, new CommandResult<FoldsDocument>(
            () => new FoldsDocument(
                options.Out, Path.GetFileName(options.Base), recipe.Name, options.Seed, set.Fingerprint, folds.Count, figures.Count, figures.Accuracy, figures.TopKAccuracy, figures.BalancedAccuracy,
                Ends(estimates.Accuracy), Ends(estimates.TopKAccuracy), Ends(estimates.BalancedAccuracy), estimates.GroupCount, options.GroupBy, LabelsOf(figures), Math.Round(_clock.Elapsed.TotalSeconds)),
            _ => { }));
        console.Error.WriteLine(
            $"{options.Out}: what was said of {figures.Count:N0} pictures by models that had not seen them: accuracy {Told(estimates.Accuracy)}, balanced {Told(estimates.BalancedAccuracy)}, top-3 {Told(estimates.TopKAccuracy)} (95 % by the bootstrap over {estimates.GroupCount:N0} {(options.GroupBy is null ? "works" : $"groups of one {options.GroupBy}")}).");
        return code;

        static double[] Ends(Estimate estimate) => [estimate.Lower, estimate.Upper];
        static string Told(Estimate estimate) => string.Create(CultureInfo.InvariantCulture, $"{estimate.Value:0.0 %} ({100 * estimate.Lower:0.0}–{100 * estimate.Upper:0.0})");
    }

    /// <summary>Refuses what is no file before hours are spent, or a pipe is waited at for ever.</summary>
    private void CheckFiles()
    {
        IEnumerable<(string Option, string? Path)> files =
        [
            .. options.Metadata.Select(table => ("--metadata", (string?)table)), ("--base", options.Base), ("--preprocessing", options.Preprocessing), ("--pairs", options.Pairs), ("--held-out", options.HeldOut), ("--out", options.Out),
            .. options.Teachers.Select(teacher => ("--teacher", (string?)teacher)), ("--work", Log),
        ];
        foreach ((string option, string? path) in files)
        {
            if (path is not null && FileKinds.Fault(path) is string fault)
            {
                throw new CommandFailedException($"{option}: {path} {fault}.");
            }
        }
    }

    private void CheckOptions(Recipe recipe)
    {
        bool wantsTeacher = recipe.Phases.Any(phase => phase.TeacherShare > 0);
        if (wantsTeacher && options.Folds is not null)
        {
            throw new CommandFailedException($"the recipe {recipe.Name} has a teacherShare, and a teacher knows the labels of all folds: --folds wants a recipe without.");
        }

        if (wantsTeacher != options.Teachers.Count > 0)
        {
            throw new CommandFailedException(wantsTeacher
                ? $"the recipe {recipe.Name} has a teacherShare: name the teacher with --teacher."
                : $"the recipe {recipe.Name} has no teacherShare: --teacher would change nothing.");
        }

        if (options.Teachers.FirstOrDefault(teacher => !File.Exists(teacher)) is { } absent)
        {
            throw new CommandFailedException($"there is no teacher {absent}.");
        }

        bool writesAnswers = Teachers.IsAnswers(options.Out);
        if (writesAnswers != options.Folds is not null)
        {
            throw new CommandFailedException(writesAnswers
                ? $"{options.Out} is no name for a model; a .json is what --folds writes."
                : $"--folds writes answers, not a model: give --out a name that ends in .json, not {options.Out}.");
        }

        if (recipe.KeepHead && options.Folds is not null)
        {
            throw new CommandFailedException($"the recipe {recipe.Name} goes on with a trained model, which has seen all folds already.");
        }

        if (recipe.KeepHead && options.HeldOut is null)
        {
            // Drawn anew, the held-out pictures would be others: some that the model has learned from already.
            throw new CommandFailedException($"the recipe {recipe.Name} goes on with a trained model: name the pictures that its training held out with --held-out.");
        }
    }

    /// <summary>How pixels become the base model's input; a file of the user's may only say it of a model that says nothing itself.</summary>
    private ImagePreprocessing GetPreprocessing(TrainedModelInfo? known)
    {
        if (options.Preprocessing is not { } path)
        {
            return known?.Preprocessing ?? ImagePreprocessing.ImageNet;
        }

        if (known is not null)
        {
            throw new CommandFailedException($"{options.Base} is {known.Version} and says itself how pixels become its input: --preprocessing is for models that do not.");
        }

        // The file has the form that a model's metadata have, and is read as they are.
        var form = new TrainedModelInfo { Version = "base", Targets = [new TrainedModelTarget("label", "probabilities", ["any"])], Preprocessing = ImagePreprocessing.ImageNet };
        Dictionary<string, string> properties = new(form.ToProperties(), StringComparer.Ordinal) { ["artsimilarity.preprocessing"] = File.ReadAllText(path) };
        return TrainedModelInfo.FromProperties(properties, path)!.Preprocessing;
    }

    private List<LabelledImage> ReadImages()
    {
        List<LabelledImage> images = [];
        Dictionary<string, string> tables = new(StringComparer.Ordinal);
        foreach (string path in options.Metadata)
        {
            foreach (LabelledImage image in ReadImages(CsvTable.Read(path)))
            {
                // Within one CSV the set itself says that a key is there twice.
                if (tables.TryGetValue(image.Key, out string? other) && other != path)
                {
                    throw new CommandFailedException($"the key '{image.Key}' is in {other} and in {path}; every picture needs its own.");
                }

                tables[image.Key] = path;
                images.Add(image);
            }
        }

        // Spread over the files: neighbours in a catalogue are often alike.
        return options.Limit is { } limit && limit < images.Count
            ? [.. Enumerable.Range(0, limit).Select(i => images[(int)((long)i * images.Count / limit)])]
            : images;
    }

    private IEnumerable<LabelledImage> ReadImages(CsvTable table)
    {
        string key = table.Has("id") ? "id" : table.Has("key") ? "key" : "file";
        if (!table.Has("file") || options.Labels.FirstOrDefault(label => !table.Has(label)) is not null)
        {
            string missing = !table.Has("file") ? "file" : options.Labels.First(label => !table.Has(label));
            throw new CommandFailedException($"{table.Path}, line 1: there is no column '{missing}', but {string.Join(", ", table.Columns)}.");
        }

        if (options.GroupBy is string column && !table.Has(column))
        {
            throw new CommandFailedException($"--group-by: {table.Path} has no column '{column}', but {string.Join(", ", table.Columns)}.");
        }

        foreach (CsvRow row in table.Rows)
        {
            if (options.GroupBy is string groupBy && row[groupBy] is string group && row[key] is string grouped)
            {
                _groups[grouped] = group;
            }

            string file = row["file"] ?? throw row.Fault("file", "a picture needs a file");
            Dictionary<string, string> labels = options.Labels.Where(label => row[label] is not null).ToDictionary(label => label, label => row[label]!, StringComparer.Ordinal);
            string? work = row["artist"] is { } artist && row["title"] is { } title ? $"{artist}\n{title}" : null;
            yield return new LabelledImage(row[key] ?? throw row.Fault(key, "a picture needs a key"), ImageSource.FromFile(Path.GetFullPath(file, table.Folder)), labels, work);
        }
    }

    private static LabelTarget Target(TrainingSet set, string column, double weight)
    {
        string[] labels = [.. set.CountLabels(column).Select(label => label.Label)];
        return labels.Length >= 2
            ? new LabelTarget(column, labels, weight)
            : throw new CommandFailedException($"the column '{column}' has {labels.Length} labels among these pictures; there must be two at least.");
    }

    private HeldOutSplit GetSplit(TrainingSet set, Recipe recipe, ImagePreprocessing preprocessing, CancellationToken cancellationToken)
    {
        string[] keys = [.. set.Images.Select(image => image.Key)];
        // A split that was drawn from something else is not this run's: its name says what it was drawn from.
        string source = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $"{set.Fingerprint}\n{options.Seed}\n{options.Share}\n{options.Duplicates}\n{recipe.Map}\n{Path.GetFileName(options.Base)}\n{(options.Pairs is null ? "" : File.ReadAllText(options.Pairs))}{(options.GroupBy is null ? "" : "\n" + options.GroupBy)}"))))[..12];
        string drawn = Path.Combine(options.Work, $"held-out-{source}.csv");
        string? given = options.HeldOut ?? (File.Exists(drawn) ? drawn : null);
        if (given is not null)
        {
            CsvTable table = CsvTable.Read(given);
            HashSet<string> heldOut = [.. table.Rows.Select(row => row["id"] ?? throw row.Fault("id", "a held-out picture is named by its id"))];
            // One that was drawn with a share of 0 is empty, and right.
            return options.HeldOut is null || keys.Any(heldOut.Contains)
                ? HeldOutSplit.FromHeldOut(keys, heldOut)
                : throw new CommandFailedException($"{given}: none of its {heldOut.Count} ids is among the pictures.");
        }

        var split = HeldOutSplit.Draw(keys, Together(set, recipe, preprocessing, cancellationToken), options.Share, options.Seed);
        Tell($"Works and near-duplicates: {set.Count:N0} pictures form {split.Groups:N0} groups; {split.Joined:N0} share theirs.");
        File.WriteAllLines(drawn + ".tmp", split.HeldOut.Select(i => CsvLine.Of([keys[i]]).TrimEnd('\n')).Prepend("id"));
        File.Move(drawn + ".tmp", drawn);
        return split;
    }

    /// <summary>Which pictures show one work, or nearly the same.</summary>
    private List<(int First, int Second)> Together(TrainingSet set, Recipe recipe, ImagePreprocessing preprocessing, CancellationToken cancellationToken)
    {
        if (_together is not null)
        {
            return _together; // drawing a split asks for it, and then drawing folds
        }

        List<(int, int)> together = [.. WorkPairs.Find(set, options.Pairs is null ? [] : CsvTable.Read(options.Pairs).Rows.Select(row => (row["id_a"] ?? "", row["id_b"] ?? "")))];
        if (options.Duplicates < 1)
        {
            var clock = Stopwatch.StartNew();
            together.AddRange(NearDuplicates.FindByModel(
                options.Base, recipe.Map, set, options.Duplicates, preprocessing, progress: new ImmediateProgress<int>(done => Tell($"Looking for near-duplicates: {done:N0} of {set.Count:N0}, {done / clock.Elapsed.TotalSeconds:0}/s", always: false)), cancellationToken: cancellationToken).Select(pair => (pair.First, pair.Second)));
        }

        // A chain of the pictures of one value, so that they form a group.
        foreach (IGrouping<string, int> same in Enumerable.Range(0, set.Count).Where(i => _groups.ContainsKey(set.Images[i].Key)).GroupBy(i => _groups[set.Images[i].Key], StringComparer.Ordinal))
        {
            together.AddRange(same.Zip(same.Skip(1)));
        }

        return _together = together;
    }

    private int Finish(TrainingSet set, HeldOutSplit split, Recipe recipe, TrainingReport report, double agreement)
    {
        ClassificationReport? figures = report.HeldOut;
        var document = new RunDocument(
            options.Out,
            options.Version,
            Path.GetFileName(options.Base),
            recipe.Name,
            options.Seed,
            set.Fingerprint,
            set.Count,
            split.Training.Count,
            split.HeldOut.Count,
            set.Failures,
            figures?.Accuracy,
            figures?.TopKAccuracy,
            figures?.BalancedAccuracy,
            report.MirrorAveraged?.Accuracy,
            report.MirrorAveraged?.TopKAccuracy,
            report.MirrorAveraged?.BalancedAccuracy,
            figures is null ? [] : LabelsOf(figures),
            figures is null ? [] : [.. Enumerable.Range(0, figures.Labels.Count).Select(row => Enumerable.Range(0, figures.Labels.Count).Select(column => figures.Confusion[row, column]).ToArray())],
            agreement,
            Math.Round(_clock.Elapsed.TotalSeconds));
        File.WriteAllText(Path.Combine(options.Work, "report.json"), TrainerDocuments.Writer.Format(document) + "\n");
        List<EpochReport> epochs = ReadLog(Log);
        TrainingFigure.Write(Path.Combine(options.Work, "training.png"), epochs, $"{options.Version} ({recipe.Name})");
        if (figures is not null)
        {
            ConfusionFigure.Write(Path.Combine(options.Work, "confusion.png"), figures.Confusion, string.Create(
                CultureInfo.InvariantCulture, $"{figures.Count:N0} held-out paintings: accuracy {figures.Accuracy:0.0 %}, balanced {figures.BalancedAccuracy:0.0 %}"));
        }

        int code = TrainerDocuments.Writer.Write(console, options.Json, new CommandResult<RunDocument>(() => document, _ =>
        {
            if (figures is not null)
            {
                Print(figures, report.MirrorAveraged!);
            }
        }));
        console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Out}: {new FileInfo(options.Out).Length / 1e6:0.0} MB. Logs and figures: {options.Work} (training.png, confusion.png, metrics.jsonl, report.json)."));
        return code;
    }

    private static RunLabel[] LabelsOf(ClassificationReport figures) =>
        [.. figures.Labels.Select(label => new RunLabel(label.Label, label.Support, label.Predicted, label.Precision, label.Recall, label.F1))];

    /// <summary>The epochs of this run, those before an interruption included; the last word on an epoch counts.</summary>
    private List<EpochReport> ReadLog(string log)
    {
        SortedDictionary<(int, int), EpochReport> epochs = [];
        foreach (string line in File.Exists(log) ? File.ReadLines(log) : [])
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                if (document.RootElement.GetProperty("run").GetString() == _identity[..RunDigits])
                {
                    EpochReport report = document.RootElement.GetProperty("report").Deserialize<EpochReport>(JsonLine)!;
                    epochs[(report.Phase, report.Epoch)] = report;
                }
            }
            catch (JsonException)
            {
                // A line that a kill cut short; the epoch was trained again.
            }
        }

        return [.. epochs.Values];
    }

    private void Print(ClassificationReport figures, ClassificationReport mirrored)
    {
        ConsoleTable overall = console.NewTable("held out", "accuracy", "top-3", "balanced accuracy");
        overall.AddRow("as they are", Percent(figures.Accuracy), Percent(figures.TopKAccuracy), Percent(figures.BalancedAccuracy));
        overall.AddRow("averaged with the mirror image", Percent(mirrored.Accuracy), Percent(mirrored.TopKAccuracy), Percent(mirrored.BalancedAccuracy));
        console.Write(overall);
        ConsoleTable labels = console.NewTable(options.Labels[0], "pictures", "predicted", "precision", "recall", "F1");
        foreach (LabelClassification label in figures.Labels)
        {
            labels.AddRow(label.Label, label.Support.ToString("N0", CultureInfo.InvariantCulture), label.Predicted.ToString("N0", CultureInfo.InvariantCulture), Percent(label.Precision), Percent(label.Recall), Percent(label.F1));
        }

        console.Write(labels);
    }

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    private void TellProgress(TrainingProgress progress) => Tell(
        progress.Activity == "features"
            ? string.Create(CultureInfo.InvariantCulture, $"Phase {progress.Phase}, features: {progress.Done:N0} of {progress.Total:N0}, {progress.ImagesPerSecond:0}/s, {progress.Remaining:h\\:mm\\:ss} left")
            : string.Create(CultureInfo.InvariantCulture, $"Phase {progress.Phase}, epoch {progress.Epoch}: {progress.Done:N0} of {progress.Total:N0}, loss {progress.Loss:0.000}, rate {progress.LearningRate:0.0e+0}, {progress.ImagesPerSecond:0}/s, {progress.Remaining:h\\:mm\\:ss} left in this phase"),
        always: false);

    private void Tell(string line, bool always = true)
    {
        lock (_clock)
        {
            if (always || _clock.Elapsed - _lastLine >= LineInterval)
            {
                _lastLine = _clock.Elapsed;
                console.Error.WriteLine($"[{_clock.Elapsed:h\\:mm\\:ss}] {line}");
            }
        }
    }
}
