namespace ArtSimilarity.Galleries;

/// <summary>A work that was in the gallery under another key.</summary>
public sealed class RenamedWork
{
    /// <summary>Creates a renamed work.</summary>
    /// <param name="formerKey">See <see cref="FormerKey"/>.</param>
    /// <param name="key">See <see cref="Key"/>.</param>
    public RenamedWork(string formerKey, string key)
    {
        ArgumentNullException.ThrowIfNull(formerKey);
        ArgumentNullException.ThrowIfNull(key);
        FormerKey = formerKey;
        Key = key;
    }

    /// <summary>The key it had.</summary>
    public string FormerKey { get; }

    /// <summary>The key it has now.</summary>
    public string Key { get; }
}
