using System.Text;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Trainer;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var console = new CliConsole("artsim-train", Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
using var interruption = new Interruption(TimeSpan.FromSeconds(30), () => console.Warn("ending as soon as this step is done; interrupt again to end at once.")); // long enough to finish the step and its checkpoint
return await TrainCommand.RunAsync(args, console, interruption.Token);
