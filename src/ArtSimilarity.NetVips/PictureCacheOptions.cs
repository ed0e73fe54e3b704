using ArtSimilarity.Parallelism;

namespace ArtSimilarity.NetVips;

/// <summary>How much a <see cref="PictureCache"/> keeps, and how it encodes.</summary>
public sealed class PictureCacheOptions
{
    private readonly long _maxBytes = 4L * 1024 * 1024 * 1024;
    private readonly int _maxDegreeOfParallelism = -1;
    private readonly TimeSpan _retryAfter = TimeSpan.FromMinutes(10);
    private readonly int _jpegQuality = NetVipsImageEncoder.DefaultQuality;

    /// <summary>How many bytes the files may have together; the longest unused are deleted when there are more. The default is 4 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public long MaxBytes
    {
        get => _maxBytes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxBytes = value;
        }
    }

    /// <summary>How many pictures are decoded at the same time. At least 1, or −1 for one per processor, which is the default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0, or below −1.</exception>
    public int MaxDegreeOfParallelism
    {
        get => _maxDegreeOfParallelism;
        init
        {
            ParallelDegree.ThrowIfInvalid(value, nameof(MaxDegreeOfParallelism));
            _maxDegreeOfParallelism = value;
        }
    }

    /// <summary>How long a sheet is used that lacks pictures, before it is made anew. The default is ten minutes; zero makes it anew each time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan RetryAfter
    {
        get => _retryAfter;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _retryAfter = value;
        }
    }

    /// <summary>The quality of JPEG files, 1 to 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int JpegQuality
    {
        get => _jpegQuality;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            _jpegQuality = value;
        }
    }
}
