using System.Text;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Trainer;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var console = new CliConsole("artsim-train", Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
return await TrainCommand.RunAsync(args, console);
