using ArtSimilarity.Features;

namespace ArtSimilarity.Onnx.Maps;

/// <summary>Makes the layers behind the pooling out of operators and their weights.</summary>
internal static class HeadStages
{
    /// <summary>Whether an operator can be a layer behind the pooling.</summary>
    public static bool Knows(string operation) =>
        operation is "Gemm" or "MatMul" or "Conv" or "BatchNormalization" or "Add" or "Sub" or "Mul" or "Div" or "Neg" or "Relu" or "Clip" or "LeakyRelu" or "Pow";

    /// <summary>Makes a layer.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="length">The length of the vector that goes in.</param>
    /// <param name="constants">The tensors that are the same for every image, by name.</param>
    /// <param name="modelName">The model, for messages.</param>
    /// <exception cref="FeatureMapNotSupportedException">The operator does something else than a layer behind a pooling does.</exception>
    public static HeadStage Create(GraphNode node, int length, IReadOnlyDictionary<string, ConstantTensor> constants, string modelName)
    {
        ConstantTensor? Constant(int input) => input < node.Inputs.Count ? constants.GetValueOrDefault(node.Inputs[input]) : null;
        bool variableFirst = Constant(0) is null;
        return node.Operator switch
        {
            "Gemm" when variableFirst && node.Number("transA", 0) == 0 && Constant(1) is { Shape: [_, _] } weights =>
                Dense(weights, rowsFirst: node.Number("transB", 0) != 0, Constant(2), node.Real("alpha", 1), node.Real("beta", 1)),
            "MatMul" when variableFirst && Constant(1) is { Shape: [_, _] } weights => Dense(weights, rowsFirst: false, null, 1, 1),
            "Conv" when variableFirst && node.Number("group", 1) == 1 && Constant(1) is { Shape: [_, _, 1, 1] } weights => Dense(weights, rowsFirst: true, Constant(2), 1, 1),
            "BatchNormalization" when Constant(1) is { } scale && Constant(2) is { } shift && Constant(3) is { } mean && Constant(4) is { } variance =>
                Normalization(Broadcast(scale), Broadcast(shift), Broadcast(mean), Broadcast(variance), node.Real("epsilon", 1e-5f)),
            "Add" => Scale(1, Other()),
            "Sub" when variableFirst => Scale(1, Array.ConvertAll(Other(), value => -value)),
            "Sub" => Scale(-1, Other()),
            "Mul" => new ScaleStage(Other(), new float[length]),
            "Div" when variableFirst => new ScaleStage(Array.ConvertAll(Other(), value => 1 / value), new float[length]),
            "Neg" => Scale(-1, new float[length]),
            "Relu" => new ClampStage(length, 0, float.PositiveInfinity),
            "LeakyRelu" => new ClampStage(length, float.NegativeInfinity, float.PositiveInfinity, node.Real("alpha", 0.01f)),
            "Clip" => new ClampStage(length, Limit(1, "min", float.NegativeInfinity), Limit(2, "max", float.PositiveInfinity)),
            "Pow" when variableFirst && Constant(1) is { Values: [> 0 and float power] } => new PowerStage(length, power),
            _ => throw Unknown("whose inputs or attributes are unusual there"),
        };

        float[] Other() => Broadcast((variableFirst ? Constant(1) : Constant(0)) ?? throw Unknown("without weights"));

        float[] Broadcast(ConstantTensor tensor) =>
            tensor.Values.Length == length ? tensor.Values
            : tensor.Values.Length == 1 ? [.. Enumerable.Repeat(tensor.Values[0], length)]
            : throw Unknown($"whose weights are {tensor.Values.Length} numbers for {length}");

        float Limit(int input, string attribute, float usual) => Constant(input) is { Values: [float value] } ? value : node.Real(attribute, usual);

        ScaleStage Scale(float factor, float[] shift) => new([.. Enumerable.Repeat(factor, length)], shift);

        ScaleStage Normalization(float[] scale, float[] shift, float[] mean, float[] variance, float epsilon)
        {
            float[] factors = [.. scale.Select((value, i) => (float)(value / Math.Sqrt((double)variance[i] + epsilon)))];
            return new ScaleStage(factors, [.. shift.Select((value, i) => (float)(value - ((double)mean[i] * factors[i])))]);
        }

        DenseStage Dense(ConstantTensor weights, bool rowsFirst, ConstantTensor? bias, float alpha, float beta)
        {
            int rows = (int)weights.Shape[rowsFirst ? 0 : 1];
            if (weights.Values.Length != (long)rows * length)
            {
                throw Unknown($"whose weights are of the shape [{string.Join(", ", weights.Shape)}] behind {length} numbers");
            }

            float[] matrix = new float[weights.Values.Length];
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < length; column++)
                {
                    matrix[(row * length) + column] = alpha * weights.Values[rowsFirst ? (row * length) + column : (column * rows) + row];
                }
            }

            float[] shift = bias is null ? []
                : bias.Values.Length == rows ? Array.ConvertAll(bias.Values, value => beta * value)
                : bias.Values.Length == 1 ? [.. Enumerable.Repeat(beta * bias.Values[0], rows)]
                : throw Unknown($"whose bias has {bias.Values.Length} numbers for {rows}");
            return new DenseStage(matrix, shift, rows);
        }

        FeatureMapNotSupportedException Unknown(string what) => new(modelName, $"behind the pooling lies the operator {node.Operator} ('{node.Outputs[0]}'), {what}.");
    }
}
