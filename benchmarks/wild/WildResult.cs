namespace ArtSimilarity.Wild;

/// <summary>What one kind of query gave, over the works of one half.</summary>
internal sealed record WildResult(string Kind, string Setting)
{
    public int Queries { get; set; }

    /// <summary>The very work came first; for works that are not in the gallery: one was named.</summary>
    public int First { get; set; }

    public int AmongTen { get; set; }

    /// <summary>The outline found overlaps the true one by half at least (intersection over union).</summary>
    public int Placed { get; set; }

    /// <summary>How many had a true outline and were found.</summary>
    public int Placeable { get; set; }

    public List<double> Milliseconds { get; } = [];

    public List<(double Inliers, bool IsRight)> Evidence { get; } = [];
}
