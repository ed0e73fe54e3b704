namespace ArtSimilarity.Galleries;

/// <summary>A work that was added, and something about its image that its owner should know.</summary>
public sealed class AddWarning
{
    /// <summary>Creates a warning.</summary>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="imageName">See <see cref="ImageName"/>.</param>
    /// <param name="text">See <see cref="Text"/>.</param>
    public AddWarning(string key, string imageName, string text)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(imageName);
        ArgumentNullException.ThrowIfNull(text);
        Key = key;
        ImageName = imageName;
        Text = text;
    }

    /// <summary>The work's key.</summary>
    public string Key { get; }

    /// <summary>The image's file or name.</summary>
    public string ImageName { get; }

    /// <summary>What is to be known, without the image's name.</summary>
    public string Text { get; }
}
