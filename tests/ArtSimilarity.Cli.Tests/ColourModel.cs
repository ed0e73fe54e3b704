using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Onnx.Tests;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Cli.Tests;

/// <summary>A model file as ArtSimilarity.Training writes them: it takes red pictures for portraits, green ones for forests and blue ones for seascapes.</summary>
internal static class ColourModel
{
    public static readonly IReadOnlyList<string> Genres = ["portrait", "forest", "seascape"];

    private static readonly ImagePreprocessing Preprocessing = new()
    {
        InputSize = new ImageSize(4, 4),
        Scale = 1 / 51f,
        Mean = new ChannelValues(0, 0, 0),
        Std = new ChannelValues(1, 1, 1),
    };

    public static string Write(ScratchFolder folder)
    {
        var info = new TrainedModelInfo
        {
            Version = "colours 1",
            Targets = [new TrainedModelTarget("genre", "probabilities", Genres), new TrainedModelTarget("mood", "probabilities_style", ["cool", "odd", "warm"])],
            Preprocessing = Preprocessing,
        };
        File.WriteAllBytes(folder["colours.onnx"], TinyModel.Trained(info.ToProperties()));
        return folder["colours.onnx"];
    }

    /// <summary>Writes one with a second signature, by which works are found.</summary>
    public static string WriteWithTwoSignatures(ScratchFolder folder)
    {
        var info = new TrainedModelInfo
        {
            Version = "two 1",
            Targets = [new TrainedModelTarget("genre", "probabilities", Genres)],
            Preprocessing = Preprocessing,
            Signatures = [new TrainedModelSignature("embedding", "genre", 3), new TrainedModelSignature("work", "work", 3)],
        };
        File.WriteAllBytes(folder["two.onnx"], TinyModel.WithTwoSignatures(info.ToProperties()));
        return folder["two.onnx"];
    }

    /// <summary>A picture of one colour.</summary>
    public static string Paint(ScratchFolder folder, string name, byte red, byte green, byte blue)
    {
        byte[] row = [0, .. Enumerable.Repeat(new[] { red, green, blue }, 8).SelectMany(pixel => pixel)];
        File.WriteAllBytes(folder[name], SyntheticPng.Encode(8, 8, 8, 2, [.. Enumerable.Repeat(row, 8).SelectMany(bytes => bytes)]));
        return folder[name];
    }
}
