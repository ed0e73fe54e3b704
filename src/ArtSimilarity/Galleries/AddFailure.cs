namespace ArtSimilarity.Galleries;

/// <summary>A work that was not added.</summary>
public sealed class AddFailure
{
    /// <summary>Creates a failure.</summary>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="imageName">See <see cref="ImageName"/>.</param>
    /// <param name="reason">See <see cref="Reason"/>.</param>
    public AddFailure(string key, string imageName, string reason)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(imageName);
        ArgumentNullException.ThrowIfNull(reason);
        Key = key;
        ImageName = imageName;
        Reason = reason;
    }

    /// <summary>The work's key.</summary>
    public string Key { get; }

    /// <summary>The image's file or name.</summary>
    public string ImageName { get; }

    /// <summary>What is wrong, without the image's name.</summary>
    public string Reason { get; }
}
