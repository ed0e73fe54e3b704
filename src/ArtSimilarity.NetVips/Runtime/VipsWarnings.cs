using System.Globalization;

namespace ArtSimilarity.NetVips.Runtime;

/// <summary>
/// Collects what libvips warns of on the thread that decodes. The decoder does all its work on the calling thread, so a warning
/// belongs to the image that this thread decodes.
/// </summary>
internal sealed class VipsWarnings : IDisposable
{
    [ThreadStatic]
    private static VipsWarnings? t_current;

    private readonly VipsWarnings? _outer = t_current;

    public VipsWarnings() => t_current = this;

    /// <summary>The most warnings that libjpeg counted in one reading of a JPEG; it reports them when it closes the file.</summary>
    public int JpegWarnings { get; private set; }

    /// <summary>What libjpeg said of a JPEG strip or tile inside a TIFF; <see langword="null"/> when it said nothing.</summary>
    public string? JpegInTiff { get; private set; }

    public static void Receive(string message) => t_current?.Add(message);

    public void Dispose() => t_current = _outer;

    private void Add(string message)
    {
        const string Before = "read gave ", After = " warnings";
        if (message.StartsWith(Before, StringComparison.Ordinal)
            && message.IndexOf(After, StringComparison.Ordinal) is > 0 and int end
            && int.TryParse(message.AsSpan(Before.Length, end - Before.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            JpegWarnings = Math.Max(JpegWarnings, count);
        }
        else if (message.StartsWith("Corrupt JPEG data", StringComparison.Ordinal) || message.StartsWith("Premature end of JPEG", StringComparison.Ordinal))
        {
            JpegInTiff ??= message.Trim();
        }
    }
}
