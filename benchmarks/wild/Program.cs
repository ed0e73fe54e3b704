using System.Globalization;
using ArtSimilarity.Wild;

await Experiment.RunAsync(args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture), args[3].Split(','), args[4]);
