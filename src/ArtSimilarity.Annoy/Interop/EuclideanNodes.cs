namespace ArtSimilarity.Annoy.Interop;

/// <summary>Ordered by the squared distance.</summary>
internal sealed unsafe class EuclideanNodes(int dimensions) : MinkowskiNodes(AnnoyMetric.Euclidean, dimensions)
{
    public override float OrderOf(byte* query, byte* item) => (float)AnnoyKernels.SquaredDifference(Vector(query), Vector(item), Dimensions);

    public override float DistanceOf(float order) => MathF.Sqrt(order);
}
