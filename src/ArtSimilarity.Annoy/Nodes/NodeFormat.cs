using ArtSimilarity.Numerics;

namespace ArtSimilarity.Annoy.Nodes;

/// <summary>
/// How one of Annoy's metrics lays out its nodes in memory, and so in a file, and how it measures (<c>annoylib.h</c>). A node begins
/// with the number of its descendants; the vector, of an item or of a splitting plane, is what it ends with. A query is a node too.
/// </summary>
internal abstract unsafe class NodeFormat(AnnoyMetric metric, int dimensions, int childrenOffset, int vectorOffset, int vectorLength)
{
    public AnnoyMetric Metric { get; } = metric;

    public int Dimensions { get; } = dimensions;

    /// <summary>The bytes of a node.</summary>
    public int NodeLength { get; } = vectorOffset + vectorLength;

    public int VectorOffset { get; } = vectorOffset;

    /// <summary>Where a node lists its children: two nodes, or the items of a leaf, which may take the place of the vector.</summary>
    public int ChildrenOffset { get; } = childrenOffset;

    /// <summary>A node with at most this many descendants is a leaf and lists them.</summary>
    public int LeafCapacity { get; } = (vectorOffset + vectorLength - childrenOffset) / sizeof(int);

    /// <summary>The priority that a search gives the roots.</summary>
    public virtual float FirstPriority => float.PositiveInfinity;

    /// <summary>The formats a file of a metric may have: the releases of Annoy differ in that of the inner product.</summary>
    public static NodeFormat[] Of(AnnoyMetric metric, int dimensions) => metric switch
    {
        AnnoyMetric.Angular => [new AngularNodes(dimensions)],
        AnnoyMetric.Euclidean => [new EuclideanNodes(dimensions)],
        AnnoyMetric.Manhattan => [new ManhattanNodes(dimensions)],
        AnnoyMetric.DotProduct => [new DotProductNodes(dimensions), new OldDotProductNodes(dimensions)],
        AnnoyMetric.Hamming => [new HammingNodes(dimensions)],
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, $"Annoy has no metric {metric}."),
    };

    /// <summary>Makes a node of a query: its vector, and what the metric keeps beside it.</summary>
    public virtual void SetQuery(byte* node, ReadOnlySpan<float> vector) => vector.CopyTo(new Span<float>(Vector(node), Dimensions));

    public virtual void CopyVector(byte* node, Span<float> vector) => new ReadOnlySpan<float>(Vector(node), Dimensions).CopyTo(vector);

    /// <summary>On which side of a split the query lies, and how far from it; not a number where the split makes no sense.</summary>
    public abstract float Margin(byte* split, byte* query);

    /// <summary>The priority of a child (0 or 1) of a split with a priority.</summary>
    public virtual float ChildPriority(float priority, float margin, int child) => Math.Min(priority, child == 1 ? margin : -margin);

    /// <summary>What neighbours are ordered by, ascending.</summary>
    public abstract double OrderOf(byte* query, byte* item);

    /// <summary>The distance that is told of it.</summary>
    public abstract float DistanceOf(double order);

    protected float* Vector(byte* node) => (float*)(node + VectorOffset);

    protected double Dot(byte* x, byte* y) => FixedOrderSum.Dot(new(Vector(x), Dimensions), new(Vector(y), Dimensions));

    /// <summary>
    /// A number as Annoy has it, in single precision, and unrounded where that would overflow or lose digits: so every ordinary
    /// answer is Annoy's, and the others are still in order.
    /// </summary>
    protected static double AsAnnoyHasIt(double number) =>
        Math.Abs(number) is >= SmallestNormal and <= float.MaxValue ? (float)number : number;

    /// <summary>The sum in single precision, as Annoy has it; in double precision where that gives opposite infinities.</summary>
    protected static float SumOf(double dot, float offset)
    {
        float sum = (float)dot + offset;
        return float.IsNaN(sum) ? (float)(dot + offset) : sum;
    }

    /// <summary>The smallest number that single precision keeps with all its digits, 2⁻¹²⁶.</summary>
    private const double SmallestNormal = 1.1754943508222875e-38;

    protected static float ReadSingle(byte* node, int offset) => *(float*)(node + offset); // nodes are whole words long
}
