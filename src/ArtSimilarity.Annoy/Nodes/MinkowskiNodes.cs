namespace ArtSimilarity.Annoy.Nodes;

/// <summary>int32 descendants · float32 offset of the plane · 2 × int32 children · float32 vector.</summary>
internal abstract unsafe class MinkowskiNodes(AnnoyMetric metric, int dimensions)
    : NodeFormat(metric, dimensions, childrenOffset: 8, vectorOffset: 16, dimensions * sizeof(float))
{
    private const int PlaneOffset = 4;

    public override float Margin(byte* split, byte* query) => SumOf(Dot(split, query), ReadSingle(split, PlaneOffset));
}
