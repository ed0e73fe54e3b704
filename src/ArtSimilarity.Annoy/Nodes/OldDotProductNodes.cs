namespace ArtSimilarity.Annoy.Nodes;

/// <summary>What older releases of Annoy wrote: int32 descendants · 2 × int32 children · float32 factor · float32 vector.</summary>
internal sealed unsafe class OldDotProductNodes(int dimensions)
    : NodeFormat(AnnoyMetric.DotProduct, dimensions, childrenOffset: 4, vectorOffset: 16, dimensions * sizeof(float))
{
    private const int FactorOffset = 12;

    public override float Margin(byte* split, byte* query)
    {
        float factor = ReadSingle(split, FactorOffset);
        return SumOf(Dot(split, query), factor * factor);
    }

    public override double OrderOf(byte* query, byte* item) => -AsAnnoyHasIt(Dot(query, item));

    public override float DistanceOf(double order) => (float)-order;
}
