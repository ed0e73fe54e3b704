namespace ArtSimilarity.Annoy.Nodes;

/// <summary>Ordered by the distance itself.</summary>
internal sealed unsafe class ManhattanNodes(int dimensions) : MinkowskiNodes(AnnoyMetric.Manhattan, dimensions)
{
    public override double OrderOf(byte* query, byte* item) => AsAnnoyHasIt(AnnoyKernels.AbsoluteDifference(Vector(query), Vector(item), Dimensions));

    public override float DistanceOf(double order) => (float)order;
}
