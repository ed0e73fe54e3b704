using ArtSimilarity.Onnx.Extraction;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public class OnnxGraphTests
{
    [Fact]
    public void A_model_cut_short_is_told_from_a_whole_one()
    {
        byte[] model = TinyModel.ChannelMeans();
        Assert.Null(OnnxGraph.LengthBeforeCut(model));
        int told = 0;
        for (int length = 0; length < model.Length; length++)
        {
            long? whole = OnnxGraph.LengthBeforeCut(model.AsSpan(0, length));
            Assert.True(whole is null || (whole > length && whole <= model.Length), $"{length} bytes of {model.Length}: {whole}");
            told += whole is null ? 0 : 1;
        }

        // Only where one of the four parts ends, or within the first, nothing tells.
        Assert.InRange(told, model.Length - 5, model.Length - 1);
    }

    [Fact]
    public void Outputs_and_inner_tensors_are_named()
    {
        OnnxGraph graph = OnnxGraph.TryRead(TinyModel.ChannelMeans())!;
        Assert.Equal(["embedding"], graph.Outputs);
        Assert.Equal(["same", "embedding"], graph.Tensors);
    }

    [Fact]
    public void An_appended_output_is_one_of_the_outputs()
    {
        OnnxGraph graph = OnnxGraph.TryRead(OnnxGraph.AppendOutput(TinyModel.ChannelMeans(), "same"))!;
        Assert.Equal(["embedding", "same"], graph.Outputs);
    }

    [Fact]
    public void Metadata_properties_are_read()
    {
        byte[] model = TinyModel.WithProperties(TinyModel.ChannelMeans(), new Dictionary<string, string> { ["a"] = "1", ["b"] = "zwölf", ["c"] = "" });
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "zwölf", ["c"] = "" }, OnnxGraph.TryRead(model)!.Properties);
        Assert.Empty(OnnxGraph.TryRead(TinyModel.ChannelMeans())!.Properties);
    }

    [Fact]
    public void Arbitrary_bytes_are_no_model_or_one_but_never_a_crash() =>
        Gen.Byte.Array[0, 200].Sample(bytes => OnnxGraph.TryRead(bytes) is null or { Outputs.Count: > 0 });

    [Fact]
    public void A_model_cut_short_or_with_a_flipped_byte_is_read_or_refused()
    {
        byte[] model = TinyModel.ChannelMeans();
        for (int length = 0; length < model.Length; length++)
        {
            Assert.True(OnnxGraph.TryRead(model.AsSpan(0, length)) is null or { Outputs.Count: > 0 });
            byte[] flipped = (byte[])model.Clone();
            flipped[length] ^= 0x55;
            Assert.True(OnnxGraph.TryRead(flipped) is null or { Outputs.Count: > 0 });
        }
    }
}
