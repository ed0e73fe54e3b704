namespace ArtSimilarity.Training.Data;

/// <summary>Draws a picture into a network's input. May be called from several threads at once.</summary>
internal interface IViewSampler
{
    /// <summary>Draws one picture.</summary>
    /// <param name="pixels">RGB, <paramref name="side"/> × <paramref name="side"/>.</param>
    /// <param name="side">The picture's rows and columns.</param>
    /// <param name="target">[rows, columns, 3] of <paramref name="targetSide"/> rows and columns.</param>
    /// <param name="targetSide">The rows and columns of the input.</param>
    /// <param name="random">Decides the changes, and nothing else does.</param>
    void Draw(ReadOnlySpan<byte> pixels, int side, Span<float> target, int targetSide, Random random);
}
