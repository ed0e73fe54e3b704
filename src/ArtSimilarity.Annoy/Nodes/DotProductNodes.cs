namespace ArtSimilarity.Annoy.Nodes;

/// <summary>
/// int32 descendants · 2 × int32 children · float32 factor · float32 norm · a flag, 4 bytes wide · float32 vector. Factor, norm and
/// flag matter to a build only.
/// </summary>
internal sealed unsafe class DotProductNodes(int dimensions)
    : NodeFormat(AnnoyMetric.DotProduct, dimensions, childrenOffset: 4, vectorOffset: 24, dimensions * sizeof(float))
{
    public override float Margin(byte* split, byte* query) => (float)Dot(split, query);

    public override double OrderOf(byte* query, byte* item) => -AsAnnoyHasIt(Dot(query, item));

    public override float DistanceOf(double order) => (float)-order;
}
