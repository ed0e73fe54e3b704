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

    /// <summary>
    /// Whether the gallery is only read. The store then sees what others commit, wherever this user could write the gallery too; while it
    /// is open, files that end in <c>-wal</c> and <c>-shm</c> lie beside it. Without this option, a gallery that may not be written (on a read-only medium, or without
    /// the right to) is opened for reading too, and writing to it fails. The default is <see langword="false"/>.
    /// </summary>
    public bool ReadOnly { get; set; }

    /// <summary>
    /// How many bytes of memory the works may take that searches have found, so that they need not be read again; 0 or above. A work takes
    /// as many bytes as its texts, and some 80 more. Up to 100,000 works that are found again and again are kept as objects as well, half a kilobyte each. 0 keeps none, and
    /// less than half a megabyte too. The default is 64 MiB. The works found last are kept: once that is full, the older half is let go.
    /// </summary>
    public long MaxCachedWorkBytes { get; set; } = 64L << 20;

    /// <summary>
    /// How many bytes of memory the ids may take that filters have selected, so that a filter that is used again need not be evaluated; 0 or
    /// above. The ids of a filter take one bit for each signature that was ever written: 10 KB in a gallery of 77,000 works. The default is
    /// 64 MiB, enough for some 6,000 filters there. The filters used last are kept.
    /// </summary>
    public long MaxSelectionBytes { get; set; } = 64L << 20;

    internal void Validate()
    {
        if (MaxCachedWorkBytes < 0)
        {
            throw new ArgumentException($"{nameof(MaxCachedWorkBytes)} is {MaxCachedWorkBytes}; it must be 0 or above.");
        }

        if (MaxSelectionBytes < 0)
        {
            throw new ArgumentException($"{nameof(MaxSelectionBytes)} is {MaxSelectionBytes}; it must be 0 or above.");
        }

        if (BusyTimeout < TimeSpan.Zero || BusyTimeout > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{nameof(BusyTimeout)} is {BusyTimeout}; it must lie between zero and one hour.");
        }
    }
}
