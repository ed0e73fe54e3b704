using ArtSimilarity.Imaging;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

/// <summary>Files that hold no model, or not the weights that a model needs, are told by name and at once, before ONNX Runtime meets them.</summary>
public sealed class ModelFileTests : IDisposable
{
    private static readonly ImagePreprocessing Raw = new() { Scale = 1, InputSize = new ImageSize(4, 4), Mean = new ChannelValues(0, 0, 0), Std = new ChannelValues(1, 1, 1) };

    private readonly string _folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName;

    private string Model => Path.Combine(_folder, "model.onnx");

    private string Weights => Path.Combine(_folder, "weights.bin");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pipe", "is not a regular file, but a pipe, a socket or a device")]
    [InlineData("device", "is not a regular file, but a pipe, a socket or a device")]
    [InlineData("folder", "is not a regular file, but a folder")]
    public async Task Weights_in_what_is_no_file_are_refused_at_once(string kind, string expected)
    {
        await SpecialFile.MakeAsync(kind, Weights, TestContext.Current.CancellationToken);
        WriteModel();
        string message = await RefusalAsync();
        Assert.Equal($"model: keeps weights in the file 'weights.bin': {Weights} {expected}. Put the file of the weights there.", message);
    }

    [Theory]
    [InlineData("pipe", "is not a regular file, but a pipe, a socket or a device")]
    [InlineData("device", "is not a regular file, but a pipe, a socket or a device")]
    [InlineData("folder", "is not a regular file, but a folder")]
    public async Task A_model_that_is_no_file_is_refused_at_once(string kind, string expected)
    {
        await SpecialFile.MakeAsync(kind, Model, TestContext.Current.CancellationToken);
        Assert.Equal($"model: {Model} {expected}. Name the model's file.", await RefusalAsync());
    }

    [Theory]
    [InlineData(11, null, null, "is cut short: 'weights' is 12 bytes from byte 0 on, and the file has 11.")]
    [InlineData(0, null, null, "is empty: 'weights' is 12 bytes from byte 0 on, and the file has 0.")]
    [InlineData(15, "4", "12", "is cut short: 'weights' is 12 bytes from byte 4 on, and the file has 15.")]
    [InlineData(16, "9223372036854775807", null, "is cut short: 'weights' is 12 bytes from byte 9223372036854775807 on, and the file has 16.")]
    [InlineData(16, "-4", null, "that their offset is '-4', which is no number of bytes.")]
    [InlineData(16, null, "many", "that their length is 'many', which is no number of bytes.")]
    [InlineData(16, null, "8", "are 8 bytes of the file")]
    public async Task Weights_that_the_file_does_not_have_are_told(int fileLength, string? offset, string? length, string expected)
    {
        await File.WriteAllBytesAsync(Weights, new byte[fileLength], TestContext.Current.CancellationToken);
        WriteModel(offset, length);
        string message = await RefusalAsync();
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(Weights, message, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime", message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(12, null, null)]
    [InlineData(12, "0", "12")]
    [InlineData(16, "4", "12")]
    [InlineData(16, "4", "0")]
    public async Task Weights_that_the_file_just_has_are_taken(int fileLength, string? offset, string? length)
    {
        await File.WriteAllBytesAsync(Weights, new byte[fileLength], TestContext.Current.CancellationToken);
        WriteModel(offset, length);
        Load();
    }

    [Theory]
    [InlineData("weights.bin")]
    [InlineData("sub/weights.bin")]
    public async Task A_link_out_of_the_models_folder_is_refused(string file)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets not everybody make links.");
        string outside = Directory.CreateTempSubdirectory("artsimilarity-").FullName, kept = Path.Combine(outside, "weights.bin");
        try
        {
            await File.WriteAllBytesAsync(kept, new byte[12], TestContext.Current.CancellationToken);
            _ = file == "weights.bin" ? File.CreateSymbolicLink(Weights, kept) : Directory.CreateSymbolicLink(Path.Combine(_folder, "sub"), outside);
            WriteModel(file: file);
            Assert.Contains($"{Path.Combine(_folder, file)} is a link to {kept}, outside the model's folder", await RefusalAsync(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task Links_within_the_models_folder_and_to_it_are_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets not everybody make links.");
        string inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(inner, "kept.bin"), new byte[12], TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(inner, "weights.bin"), "kept.bin");
        WriteModel(path: Path.Combine(inner, "model.onnx"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "linked"), inner);
        Load(Path.Combine(inner, "model.onnx"));
        Load(Path.Combine(_folder, "linked", "model.onnx"));
    }

    [Fact]
    public async Task An_empty_model_is_said_to_be_empty()
    {
        await File.WriteAllBytesAsync(Model, [], TestContext.Current.CancellationToken);
        Assert.Equal($"model: {Model} is empty (0 bytes), not an ONNX model. Copy or download it again.", await RefusalAsync());
        var e = Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = [] }));
        Assert.Equal("model: what was given is empty (0 bytes), not an ONNX model. Copy or download it again.", e.Message);
    }

    [Fact]
    public async Task A_model_that_was_cut_short_is_said_to_be()
    {
        byte[] whole = TinyModel.ChannelMeans();
        await File.WriteAllBytesAsync(Model, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);
        string message = await RefusalAsync();
        Assert.StartsWith($"model: {Model} is cut short: it has {whole.Length / 2} bytes, and the model in it had ", message, StringComparison.Ordinal);
        Assert.EndsWith(" at least. Copy or download it again.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html><body>404: no such model</body></html>")]
    [InlineData("{\"error\": \"no such model\"}")]
    [InlineData("Not found")]
    [InlineData("PK\u0003\u0004 an archive")]
    public async Task Another_file_is_said_to_be_no_model(string content)
    {
        await File.WriteAllTextAsync(Model, content, TestContext.Current.CancellationToken);
        Assert.Equal($"model: {Model} is not an ONNX model ({content.Length} bytes).", await RefusalAsync());
    }

    private void WriteModel(string? offset = null, string? length = null, string file = "weights.bin", string? path = null)
    {
        byte[] model = TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["output"], TinyModel.Node("Add", ["input", "weights"], "sum"), TinyModel.Node("GlobalAveragePool", ["sum"], "output"));
        File.WriteAllBytes(path ?? Model, [.. model, .. TinyModel.ExternalWeights("weights", file, offset, length)]);
    }

    private void Load(string? path = null) => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path ?? Model, Preprocessing = Raw }).Dispose();

    private async Task<string> RefusalAsync() =>
        (await Assert.ThrowsAsync<OnnxModelException>(() => Task.Run(() => Load(), TestContext.Current.CancellationToken).WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken))).Message;
}
