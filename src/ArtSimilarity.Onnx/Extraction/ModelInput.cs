using ArtSimilarity.Imaging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>A model's only input, checked against the preprocessing.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="FixedBatchSize">The images of every run, or 0 where the model takes any number.</param>
internal sealed record ModelInput(string Name, int FixedBatchSize)
{
    public static ModelInput Check(InferenceSession session, string modelName, ImagePreprocessing preprocessing)
    {
        if (session.InputNames.Count != 1)
        {
            throw new OnnxModelException(
                modelName, $"has {session.InputNames.Count} inputs ({string.Join(", ", session.InputNames)}); an image model has exactly one.");
        }

        string name = session.InputNames[0];
        NodeMetadata metadata = session.InputMetadata[name];
        if (!metadata.IsTensor || metadata.ElementDataType != TensorElementType.Float)
        {
            string type = metadata.IsTensor ? metadata.ElementDataType.ToString() : metadata.OnnxValueType.ToString();
            throw new OnnxModelException(modelName, $"its input '{name}' is of type {type}; only tensors of 32-bit floats are supported.");
        }

        int[] shape = metadata.Dimensions;
        bool nchw = preprocessing.Layout == TensorLayout.Nchw;
        ImageSize size = preprocessing.InputSize;
        int[] wanted = nchw ? [-1, 3, size.Height, size.Width] : [-1, size.Height, size.Width, 3];
        if (shape.Length != 4)
        {
            throw new OnnxModelException(modelName, $"its input '{name}' has {shape.Length} dimensions {Text(shape)}; images have 4, {Text(wanted)}.");
        }

        for (int i = 1; i < 4; i++)
        {
            if (shape[i] > 0 && shape[i] != wanted[i])
            {
                bool otherLayout = shape[nchw ? 3 : 1] == 3 && shape[nchw ? 1 : 3] != 3;
                string advice = otherLayout
                    ? $"Its layout looks like {(nchw ? TensorLayout.Nhwc : TensorLayout.Nchw)}: set Preprocessing.Layout."
                    : shape[nchw ? 1 : 3] is 3 or < 1 ? "Set Preprocessing.InputSize accordingly." : "Only models of 3-channel images are supported.";
                throw new OnnxModelException(
                    modelName, $"its input '{name}' is of shape {Text(shape)}, the preprocessing makes {Text(wanted)} ({preprocessing.Layout}). {advice}");
            }
        }

        return new ModelInput(name, Math.Max(0, shape[0]));
    }

    public static string Text<T>(IEnumerable<T> shape)
        where T : struct, IComparable<T> =>
        $"[{string.Join(", ", shape.Select(side => side.CompareTo(default) > 0 ? side.ToString() : "N"))}]";
}
