namespace ArtSimilarity.NetVips;

/// <summary>How much a <see cref="PictureCache"/> keeps, and how it encodes.</summary>
public sealed class PictureCacheOptions
{
    /// <summary>How many bytes the files may have together; the longest unused are deleted when there are more. The default is 4 GiB.</summary>
    public long MaxBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>How many pictures are decoded at the same time. The default is the number of processors.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>The quality of JPEG files, 1 to 100.</summary>
    public int JpegQuality { get; init; } = NetVipsImageEncoder.DefaultQuality;
}
