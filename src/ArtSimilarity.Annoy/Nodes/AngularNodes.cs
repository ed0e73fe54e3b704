using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Annoy.Nodes;

/// <summary>int32 descendants · 2 × int32 children, or float32 squared norm of an item and 4 bytes more · float32 vector.</summary>
/// <remarks>
/// The stored norm is neither read nor written. Annoy takes 0 for "compute it" (old releases kept none). Annoy sums in single
/// precision, in an order that depends on how it was compiled. So a norm summed elsewhere puts a vector at up to 4·10⁻⁴ from itself.
/// </remarks>
internal sealed unsafe class AngularNodes(int dimensions)
    : NodeFormat(AnnoyMetric.Angular, dimensions, childrenOffset: 4, vectorOffset: 12, dimensions * sizeof(float))
{
    private const float Smallest = 1f / (1L << 60), Largest = 1L << 60;

    /// <summary>
    /// A query keeps its squared norm, in double precision, where a node of the file has its children. One whose products single
    /// precision cannot hold is scaled by a power of two, which changes no angle and no side.
    /// </summary>
    public override void SetQuery(byte* node, ReadOnlySpan<float> vector)
    {
        base.SetQuery(node, vector);
        float largest = TensorPrimitives.MaxMagnitude(vector);
        if (largest != 0 && Math.Abs(largest) is < Smallest or > Largest)
        {
            int exponent = -Math.ILogB(largest);
            foreach (ref float number in new Span<float>(Vector(node), Dimensions))
            {
                number = (float)Math.ScaleB(number, exponent);
            }
        }

        Unsafe.WriteUnaligned(node + ChildrenOffset, Dot(node, node));
    }

    public override float Margin(byte* split, byte* query) => (float)Dot(split, query);

    /// <summary>2 − 2·cos, and 2 where a vector is zero, as in Annoy.</summary>
    public override double OrderOf(byte* query, byte* item)
    {
        double queryNorm = Unsafe.ReadUnaligned<double>(query + ChildrenOffset);
        (double dot, double itemNorm) = FixedOrderSum.DotAndSquaredNorm(new(Vector(query), Dimensions), new(Vector(item), Dimensions));
        return queryNorm > 0 && itemNorm > 0 ? (float)(2 - (2 * dot / Math.Sqrt(queryNorm * itemNorm))) : 2;
    }

    public override float DistanceOf(double order) => MathF.Sqrt(Math.Max((float)order, 0));
}
