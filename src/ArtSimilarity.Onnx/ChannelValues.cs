using System.Globalization;

namespace ArtSimilarity.Onnx;

/// <summary>One number for each colour channel.</summary>
/// <param name="Red">The number for red.</param>
/// <param name="Green">The number for green.</param>
/// <param name="Blue">The number for blue.</param>
public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    /// <summary>Returns <c>red,green,blue</c>, the same in every culture.</summary>
    /// <returns>The three numbers, as short as they can be read back exactly.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Red},{Green},{Blue}");

    internal bool All(Func<float, bool> predicate) => predicate(Red) && predicate(Green) && predicate(Blue);
}
