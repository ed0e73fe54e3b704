namespace ArtSimilarity.Galleries;

/// <summary>A work that was added though another work has the very same image.</summary>
public sealed class SameImage
{
    /// <summary>Creates a same image.</summary>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="otherKey">See <see cref="OtherKey"/>.</param>
    public SameImage(string key, string otherKey)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(otherKey);
        Key = key;
        OtherKey = otherKey;
    }

    /// <summary>The work's key.</summary>
    public string Key { get; }

    /// <summary>The key of the work that had the image before.</summary>
    public string OtherKey { get; }
}
