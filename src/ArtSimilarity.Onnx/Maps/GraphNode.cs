namespace ArtSimilarity.Onnx.Maps;

/// <summary>An operator of a graph.</summary>
/// <param name="Operator">The operator's type, with its domain in front where it has one.</param>
/// <param name="Inputs">The tensors it reads, in their places; an optional one that is left out is empty.</param>
/// <param name="Outputs">The tensors it computes.</param>
/// <param name="Captured">The tensors that graphs inside it read; some may be their own.</param>
/// <param name="Numbers">Its attributes that are whole numbers.</param>
/// <param name="Reals">Its attributes that are real numbers.</param>
/// <param name="Field">The node as a field of the graph.</param>
internal sealed record GraphNode(
    string Operator,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<string> Captured,
    IReadOnlyDictionary<string, long[]> Numbers,
    IReadOnlyDictionary<string, float> Reals,
    ReadOnlyMemory<byte> Field)
{
    /// <summary>What the node reads.</summary>
    public IEnumerable<string> Reads => Inputs.Concat(Captured).Where(name => name.Length > 0);

    public long Number(string name, long usual) => Numbers.GetValueOrDefault(name) is [long value, ..] ? value : usual;

    public float Real(string name, float usual) => Reals.GetValueOrDefault(name, usual);
}
