namespace ArtSimilarity.Annoy.Interop;

/// <summary>Ordered by the distance itself.</summary>
internal sealed unsafe class ManhattanNodes(int dimensions) : MinkowskiNodes(AnnoyMetric.Manhattan, dimensions)
{
    public override float OrderOf(byte* query, byte* item) => (float)AnnoyKernels.AbsoluteDifference(Vector(query), Vector(item), Dimensions);

    public override float DistanceOf(float order) => order;
}
