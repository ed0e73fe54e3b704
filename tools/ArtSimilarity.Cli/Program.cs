using System.Text;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.CommandLine;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var console = new CliConsole("artsim", Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
return await Artsim.RunAsync(args, console, CancellationToken.None);
