using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ArtSimilarity.Imaging;

/// <summary>Opens images on the web, by <c>http://</c> and <c>https://</c> URIs and by the IIIF Image API; other URIs by another opener.</summary>
/// <remarks>
/// <para>
/// It reads what catalogues name, and these may be wrong or hostile. It therefore has limits of size, time and redirects, and refuses addresses
/// that are not public. The address is checked when a connection is made, so that no name can change its meaning in between. Proxies and cookies
/// are not used, and a redirect from <c>https</c> to <c>http</c> is refused.
/// </para>
/// <para>
/// Of the IIIF Image API, versions 2 and 3, it knows two kinds of URI. The first is that of an image information, which ends with
/// <c>/info.json</c>. The second is a request for a whole image in full size, <c>…/full/max/0/default.jpg</c>. Of both it asks for no more pixels
/// than are needed, as far as the server's level of compliance allows. When the image information beside a full-size request cannot be had, the
/// request is made as it stands. Any other request is made as it stands, too.
/// </para>
/// <para>An image is read into memory when it is opened. Safe to use from several threads; dispose it to close its connections.</para>
/// </remarks>
public sealed class HttpImageOpener : IImageOpener, IDisposable
{
    private const int MaxInformationBytes = 1024 * 1024;

    private readonly HttpImageOpenerOptions _options;
    private readonly IImageOpener _others;
    private readonly Func<IPAddress, bool> _isAllowed;
    private readonly HttpClient _client;

    /// <summary>Creates an opener.</summary>
    /// <param name="options">Limits; <see langword="null"/> takes the defaults.</param>
    /// <param name="others">Opens what has neither scheme; <see langword="null"/> takes a <see cref="FileImageOpener"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public HttpImageOpener(HttpImageOpenerOptions? options = null, IImageOpener? others = null)
        : this(options, others, PublicAddress.Is)
    {
    }

    /// <summary>With another notion of public addresses: a test has none at hand.</summary>
    internal HttpImageOpener(HttpImageOpenerOptions? options, IImageOpener? others, Func<IPAddress, bool> isPublic)
    {
        _options = (options ?? new HttpImageOpenerOptions()).CopyChecked();
        _others = others ?? new FileImageOpener();
        _isAllowed = _options.AllowPrivateAddresses ? _ => true : isPublic;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // every redirect passes the checks
            UseProxy = false, // a proxy would resolve the names itself
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (!_client.DefaultRequestHeaders.UserAgent.TryParseAdd(_options.UserAgent))
        {
            _client.Dispose();
            throw new ArgumentException($"'{_options.UserAgent}' cannot be sent as a user agent.", nameof(options));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ImageSource> OpenAsync(string imageUri, ImageSize? minimumSize = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(imageUri);
        if (FileImageOpener.SchemeOf(imageUri) is not string scheme || !IsHttp(scheme))
        {
            return await _others.OpenAsync(imageUri, minimumSize, cancellationToken).ConfigureAwait(false);
        }

        if (!Uri.TryCreate(imageUri, UriKind.Absolute, out Uri? uri))
        {
            throw new ImageDecodeException(imageUri, ImageDecodeError.Refused, "this is no valid URI");
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_options.Timeout);
        try
        {
            Uri sized = await ChooseSizeAsync(imageUri, uri, minimumSize, limited.Token).ConfigureAwait(false);
            return await GetAsync(imageUri, sized, _options.MaxBytes, limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ImageDecodeException(
                imageUri, ImageDecodeError.LimitExceeded, string.Create(CultureInfo.InvariantCulture, $"it did not come whole within the {_options.Timeout.TotalSeconds:0.###} s allowed"), e);
        }
        catch (HttpRequestException e) when (e.InnerException is ImageDecodeException { Error: ImageDecodeError.Refused } refused)
        {
            throw new ImageDecodeException(imageUri, ImageDecodeError.Refused, refused.Reason, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ImageDecodeException(imageUri, ImageDecodeError.Unreadable, e.Message, e);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    internal static bool IsHttp(string scheme) =>
        scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the image is to be had in a size of no more than is needed; the URI itself where that is not known.</summary>
    private async ValueTask<Uri> ChooseSizeAsync(string imageUri, Uri uri, ImageSize? minimumSize, CancellationToken cancellationToken)
    {
        IiifImageUri? known = IiifImageUri.Parse(uri);
        if (known is null || (known.IsImage && minimumSize is null))
        {
            return uri;
        }

        try
        {
            ImageSource json = await GetAsync(imageUri, known.Information, MaxInformationBytes, cancellationToken).ConfigureAwait(false);
            IiifInformation image = IiifInformation.Parse(json.ReadBytes(MaxInformationBytes));
            return known.WithSize(IiifSizeChoice.Choose(image, minimumSize));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return known.IsImage ? uri : throw new ImageDecodeException(imageUri, ImageDecodeError.Corrupt, $"the image information (IIIF) cannot be used: {e.Message}", e);
        }
        catch (ImageDecodeException) when (known.IsImage)
        {
            return uri;
        }
    }

    private async ValueTask<ImageSource> GetAsync(string imageUri, Uri uri, long maxBytes, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            if (!_options.AllowedSchemes.Contains(uri.Scheme))
            {
                throw new ImageDecodeException(imageUri, ImageDecodeError.Refused, $"{uri} has the scheme '{uri.Scheme}', and only {string.Join(" and ", _options.AllowedSchemes)} may be opened");
            }

            // IdnHost has no brackets round an IPv6 address, and every name in the form that is resolved.
            if (_options.AllowedHosts.Count > 0 && !_options.AllowedHosts.Contains(uri.IdnHost) && !_options.AllowedHosts.Contains(uri.Host))
            {
                throw new ImageDecodeException(imageUri, ImageDecodeError.Refused, $"{uri} is on the host {uri.IdnHost}, and only {string.Join(" and ", _options.AllowedHosts.Order(StringComparer.Ordinal))} may be asked");
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (IsRedirect(response.StatusCode) && response.Headers.Location is Uri location)
            {
                Uri next = location.IsAbsoluteUri ? location : new Uri(uri, location);
                if (redirects == _options.MaxRedirects)
                {
                    throw new ImageDecodeException(imageUri, ImageDecodeError.LimitExceeded, $"there are more redirects than the {redirects} allowed, the last to {next}");
                }

                if (uri.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
                {
                    throw new ImageDecodeException(imageUri, ImageDecodeError.Refused, $"{uri} redirects from https to {next}");
                }

                uri = next;
                continue;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new ImageDecodeException(
                    imageUri, ImageDecodeError.Unreadable, string.Create(CultureInfo.InvariantCulture, $"the server answered {(int)response.StatusCode} {response.ReasonPhrase} for {uri}"));
            }

            if (response.Content.Headers.ContentLength > maxBytes)
            {
                throw new ImageDecodeException(
                    imageUri, ImageDecodeError.LimitExceeded, string.Create(CultureInfo.InvariantCulture, $"{response.Content.Headers.ContentLength} bytes are more than the {maxBytes} allowed"));
            }

            Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                return await ImageSource.FromStreamAsync(body, imageUri, maxBytes, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Resolves the name and connects to what it found: whoever answers the name can give no other address between check and use.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false);
        IPAddress[] allowed = Array.FindAll(addresses, address => _isAllowed(address));
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new ImageDecodeException(
                context.DnsEndPoint.Host, ImageDecodeError.Refused, $"{context.DnsEndPoint.Host} has the address {addresses[0]}, which is not public ({nameof(HttpImageOpenerOptions.AllowPrivateAddresses)} allows it)");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
