namespace ArtSimilarity.Annoy.Nodes;

/// <summary>Ordered by the squared distance.</summary>
internal sealed unsafe class EuclideanNodes(int dimensions) : MinkowskiNodes(AnnoyMetric.Euclidean, dimensions)
{
    public override double OrderOf(byte* query, byte* item) => AsAnnoyHasIt(AnnoyKernels.SquaredDifference(Vector(query), Vector(item), Dimensions));

    public override float DistanceOf(double order) => (float)order == order ? MathF.Sqrt((float)order) : (float)Math.Sqrt(order);
}
