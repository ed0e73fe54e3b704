using ArtSimilarity.Trainer;

return await TrainCommand.RunAsync(args);
