namespace ArtSimilarity.Imaging;

/// <summary>What an <see cref="HttpImageOpener"/> may do; copied when the opener is created.</summary>
public sealed class HttpImageOpenerOptions
{
    /// <summary>The longest image accepted, in bytes; no more than this and some kilobytes are read.</summary>
    /// <value>The default is 256 MiB.</value>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long one image may take in all: connections, redirects, image information and bytes.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many redirects are followed for one request; 0 follows none.</summary>
    /// <value>The default is 5.</value>
    public int MaxRedirects { get; set; } = 5;

    /// <summary>The schemes that are opened, <c>http</c> or <c>https</c> or both, redirects included.</summary>
    /// <value>The default is both.</value>
    public ISet<string> AllowedSchemes { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Uri.UriSchemeHttp, Uri.UriSchemeHttps };

    /// <summary>The hosts that may be asked, redirects included, as names or IP addresses, e.g. <c>images.example.org</c>; empty allows every host.</summary>
    /// <value>The default is empty.</value>
    public ISet<string> AllowedHosts { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether addresses may be read that are not of the public Internet: loopback, private, link-local, shared, multicast and reserved ones. What
    /// counts is the address that a name is resolved to when a connection is made, for every redirect again.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>What the opener calls itself; some collections answer only who says who they are and how to reach them.</summary>
    /// <value>The default is <c>ArtSimilarity</c>.</value>
    public string UserAgent { get; set; } = "ArtSimilarity";

    /// <summary>A copy that later changes do not reach, once it is sure that every value is in range.</summary>
    internal HttpImageOpenerOptions CopyChecked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, TimeSpan.FromMilliseconds(int.MaxValue));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRedirects);
        ArgumentException.ThrowIfNullOrWhiteSpace(UserAgent);
        if (AllowedSchemes.Count == 0 || AllowedSchemes.Any(scheme => !HttpImageOpener.IsHttp(scheme)))
        {
            throw new ArgumentException($"{nameof(AllowedSchemes)} may hold http and https, and needs one of them, not: {string.Join(", ", AllowedSchemes)}.");
        }

        if (AllowedHosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is string wrong)
        {
            throw new ArgumentException($"{nameof(AllowedHosts)} holds '{wrong}', which is no name of a host and no IP address.");
        }

        var copy = new HttpImageOpenerOptions
        {
            MaxBytes = MaxBytes, Timeout = Timeout, MaxRedirects = MaxRedirects, AllowPrivateAddresses = AllowPrivateAddresses, UserAgent = UserAgent,
        };
        copy.AllowedSchemes.IntersectWith(AllowedSchemes);
        copy.AllowedHosts.UnionWith(AllowedHosts);
        return copy;
    }
}
