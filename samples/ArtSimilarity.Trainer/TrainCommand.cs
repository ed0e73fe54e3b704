using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Imaging;
using ArtSimilarity.Training;

namespace ArtSimilarity.Trainer;

internal static class TrainCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var metadata = new Option<string>("--metadata") { Required = true };
        var baseModel = new Option<string>("--base") { Required = true };
        var label = new Option<string>("--label") { DefaultValueFactory = _ => "genre" };
        var recipeOption = new Option<string>("--recipe") { Required = true };
        var work = new Option<string>("--work") { Required = true };
        var output = new Option<string?>("--out");
        var pairs = new Option<string?>("--pairs");
        var splitOption = new Option<string>("--split") { Required = true };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var limit = new Option<int?>("--limit");
        var command = new RootCommand("x") { metadata, baseModel, label, recipeOption, work, output, pairs, splitOption, seed, limit };
        command.SetAction(async (parsed, ct) =>
        {
            await Task.Yield();
            TorchSharp.torch.set_num_threads(Environment.ProcessorCount);
            CsvTable table = CsvTable.Read(parsed.GetValue(metadata)!);
            string[] columns = parsed.GetValue(label)!.Split(',');
            var images = table.Rows.Select(row => new LabelledImage(
                row["id"]!,
                ImageSource.FromFile(Path.GetFullPath(row["file"]!, table.Folder)),
                columns.Where(c => row[c] is not null).ToDictionary(c => c, c => row[c]!),
                row["artist"] is { } artist && row["title"] is { } title ? artist + "|" + title : null)).ToArray();
            images = [.. images.Take(parsed.GetValue(limit) ?? int.MaxValue)];
            string folder = parsed.GetValue(work)!;
            using TrainingSet set = TrainingSet.Prepare(images, new VipsImageDecoder(), Path.Combine(folder, ".."), progress: null, cancellationToken: ct);
            Console.WriteLine($"{set.Count} pictures {set.Fingerprint}");
            using Network network = Network.Load(parsed.GetValue(baseModel)!);
            Recipe recipe = Recipe.FromJson(File.ReadAllText(parsed.GetValue(recipeOption)!));
            string splitFile = parsed.GetValue(splitOption)!;
            if (!File.Exists(splitFile))
            {
                var index = set.Images.Index().ToDictionary(x => x.Item.Key, x => x.Index);
                List<(int, int)> together = [];
                if (parsed.GetValue(pairs) is { } pairFile)
                {
                    together.AddRange(CsvTable.Read(pairFile).Rows.Select(r => (index[r["id_a"]!], index[r["id_b"]!])));
                }

                foreach (var g in set.Images.Index().Where(x => x.Item.Work is not null).GroupBy(x => x.Item.Work))
                {
                    together.AddRange(g.Skip(1).Select(x => (g.First().Index, x.Index)));
                }

                var near = NearDuplicates.Find(network, recipe.Map, set, 0.90);
                File.WriteAllLines(splitFile + ".near", near.Select(p => FormattableString.Invariant($"{set.Images[p.First].Key},{set.Images[p.Second].Key},{p.Cosine}")));
                together.AddRange(near.Select(p => (p.First, p.Second)));
                HeldOutSplit drawn = HeldOutSplit.Draw([.. set.Images.Select(i => i.Key)], together, 0.16, parsed.GetValue(seed));
                Console.WriteLine($"groups {drawn.Groups} joined {drawn.Joined} train {drawn.Training.Count} held out {drawn.HeldOut.Count}");
                File.WriteAllLines(splitFile, drawn.HeldOut.Select(i => set.Images[i].Key).Prepend("id"));
            }

            HashSet<string> held = [.. CsvTable.Read(splitFile).Rows.Select(r => r["id"]!)];
            HeldOutSplit split = HeldOutSplit.FromHeldOut([.. set.Images.Select(i => i.Key)], held);
            LabelTarget[] targets = [.. columns.Select((c, i) => new LabelTarget(c, [.. set.CountLabels(c).Where(x => i == 0 || x.Count >= 20).Select(x => x.Label)], i == 0 ? 1 : recipe.FurtherTargetWeight))];
            string log = Path.Combine(folder, "metrics.jsonl");
            Directory.CreateDirectory(folder);
            var clock = Stopwatch.StartNew();
            TimeSpan last = TimeSpan.Zero;
            var options = new TrainerOptions
            {
                Folder = folder,
                Seed = parsed.GetValue(seed),
                EvaluateEvery = 2,
                Progress = new ImmediateProgress<TrainingProgress>(p =>
                {
                    if (clock.Elapsed - last > TimeSpan.FromSeconds(20))
                    {
                        last = clock.Elapsed;
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{p.Activity} {p.Phase}.{p.Epoch} {p.Done}/{p.Total} loss {p.Loss:0.000} lr {p.LearningRate:0.00e+0} {p.ImagesPerSecond:0.0}/s left {p.Remaining:hh\\:mm\\:ss}"));
                    }
                }),
                EpochCompleted = report =>
                {
                    string json = JsonSerializer.Serialize(report);
                    Console.WriteLine(json);
                    File.AppendAllText(log, json + "\n");
                },
            };
            var trainer = new Training.Trainer(network, set, split, targets, recipe, options);
            TrainingReport result = trainer.Run(ct);
            Console.WriteLine(JsonSerializer.Serialize(result.HeldOut));
            if (parsed.GetValue(output) is { } path)
            {
                network.Save(path, new Dictionary<string, string>(), "x", 224, true);
            }

            return 0;
        });
        return await command.Parse(args).InvokeAsync();
    }
}
