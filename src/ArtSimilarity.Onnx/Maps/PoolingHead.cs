namespace ArtSimilarity.Onnx.Maps;

/// <summary>The layers behind the pooling, one after the other. Safe to call from several threads at once.</summary>
/// <param name="stages">The layers; none where the pooled vector is the signature.</param>
internal sealed class PoolingHead(IReadOnlyList<HeadStage> stages)
{
    /// <summary>The signature of a pooled vector, not normalised.</summary>
    public float[] Apply(float[] pooled)
    {
        float[] vector = pooled;
        foreach (HeadStage stage in stages)
        {
            vector = Apply(stage, vector);
        }

        return vector;
    }

    /// <summary>The layers as they act on one pooled vector: affine, with every Relu open or shut as it is there.</summary>
    public IReadOnlyList<AffineStage> At(float[] pooled)
    {
        List<AffineStage> affine = [];
        float[] vector = pooled;
        foreach (HeadStage stage in stages)
        {
            affine.Add(stage.At(vector));
            vector = Apply(stage, vector);
        }

        return affine;
    }

    private static float[] Apply(HeadStage stage, float[] input)
    {
        float[] output = new float[stage.Length];
        stage.Apply(input, output);
        return output;
    }
}
