namespace ArtSimilarity.Browsing;

/// <summary>In which order works are shown.</summary>
public enum WorkOrder
{
    /// <summary>By key, ordinally.</summary>
    Key,

    /// <summary>By title, without regard to case and accents; works without one come last.</summary>
    Title,

    /// <summary>By the last word of the first artist's name, then by year; works without an artist come last.</summary>
    Artist,

    /// <summary>The oldest first; works without a year come last.</summary>
    Oldest,

    /// <summary>The newest first; works without a year come last.</summary>
    Newest,
}
