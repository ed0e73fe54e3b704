namespace ArtSimilarity.Galleries;

/// <summary>How far an <see cref="Gallery.AddAsync(IEnumerable{PaintingImage}, IProgress{AddProgress}?, CancellationToken)"/> has come; reported after every commit.</summary>
/// <param name="Added">Works whose signatures have been committed.</param>
/// <param name="Skipped">Works that needed nothing new.</param>
/// <param name="Failed">Works whose image could not be used.</param>
/// <param name="Total">The number of works given, or <see langword="null"/> while it is not known.</param>
/// <param name="Elapsed">The time since the start.</param>
public readonly record struct AddProgress(int Added, int Skipped, int Failed, int? Total, TimeSpan Elapsed)
{
    /// <summary>Works dealt with, in whatever way.</summary>
    public int Done => Added + Skipped + Failed;

    /// <summary>Works extracted per second since the start.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Added / Elapsed.TotalSeconds : 0;

    /// <summary>The time left at the pace so far, or <see langword="null"/> while it cannot be told.</summary>
    public TimeSpan? Remaining => Total is int total && Done > 0 ? Elapsed / Done * (total - Done) : null;
}
