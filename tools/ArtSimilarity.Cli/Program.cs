using System.Text;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.CommandLine;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var console = new CliConsole("artsim", Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
using var interruption = new Interruption(TimeSpan.FromSeconds(30), () => console.Warn("ending as soon as this step is done; interrupt again to end at once.")); // long enough to finish the batch that is being committed
return await Artsim.RunAsync(args, console, interruption.Token);
