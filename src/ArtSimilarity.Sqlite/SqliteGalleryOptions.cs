namespace ArtSimilarity.Sqlite;

/// <summary>How a gallery file is opened.</summary>
public sealed class SqliteGalleryOptions
{
    /// <summary>
    /// Whether opening fails when there is no gallery at the path, instead of creating one. The default is
    /// <see langword="false"/>.
    /// </summary>
    public bool MustExist { get; set; }

    /// <summary>
    /// How long a call waits for another process that is writing, from zero to one hour, before it fails with a
    /// <see cref="Galleries.GalleryStoreException"/>. The default is 30 seconds.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal void Validate()
    {
        if (BusyTimeout < TimeSpan.Zero || BusyTimeout > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{nameof(BusyTimeout)} is {BusyTimeout}; it must lie between zero and one hour.");
        }
    }
}
