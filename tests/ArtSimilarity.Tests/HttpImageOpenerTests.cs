using System.Net;
using System.Net.Sockets;
using System.Text;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>Against a real server on this machine.</summary>
public sealed class HttpImageOpenerTests : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _asked = [];
    private readonly int _port;
    private Func<HttpListenerContext, Task> _answer = _ => Task.CompletedTask;

    public HttpImageOpenerTests()
    {
        (_listener, _port) = Listen();
        _serving = ServeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => $"http://127.0.0.1:{_port}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Close();
        await _serving;
        _stop.Dispose();
    }

    [Fact]
    public async Task An_image_comes_with_its_uri_as_name()
    {
        _answer = context => WriteAsync(context, "pattern:5");
        using HttpImageOpener opener = Open();
        ImageSource source = await opener.OpenAsync(Root + "/a.jpg", new ImageSize(5, 5), Token);
        Assert.Equal(Root + "/a.jpg", source.Name);
        Assert.Equal("pattern:5", Encoding.ASCII.GetString(source.ReadBytes().Span));
        Assert.Equal(["/a.jpg"], _asked);
    }

    [Fact]
    public async Task What_is_too_long_is_not_read_to_its_end()
    {
        using HttpImageOpener opener = Open(options => options.MaxBytes = 1000);
        _answer = context => WriteAsync(context, new string('x', 1000));
        Assert.Equal(1000, (await opener.OpenAsync(Root + "/fits", null, Token)).ReadBytes().Length);

        // Announced, and without any end.
        _answer = context => WriteAsync(context, new string('x', 1001));
        await FailsAsync(opener, Root + "/long", ImageDecodeError.LimitExceeded, "1001 bytes are more than the 1000 allowed");
        _answer = async context =>
        {
            context.Response.SendChunked = true;
            byte[] more = new byte[4096];
            while (true)
            {
                await context.Response.OutputStream.WriteAsync(more, _stop.Token);
            }
        };
        await FailsAsync(opener, Root + "/endless", ImageDecodeError.LimitExceeded, "longer than the 1000 bytes");
    }

    [Fact]
    public async Task Redirects_are_followed_and_counted()
    {
        _answer = context =>
        {
            int left = int.Parse(context.Request.RawUrl![1..], System.Globalization.CultureInfo.InvariantCulture);
            return left == 0 ? WriteAsync(context, "pattern:5") : RedirectAsync(context, $"/{left - 1}");
        };
        using HttpImageOpener opener = Open(options => options.MaxRedirects = 3);
        Assert.Equal(Root + "/3", (await opener.OpenAsync(Root + "/3", null, Token)).Name);
        await FailsAsync(opener, Root + "/4", ImageDecodeError.LimitExceeded, "more redirects than the 3 allowed");
        _answer = context => RedirectAsync(context, context.Request.RawUrl!);
        await FailsAsync(opener, Root + "/loop", ImageDecodeError.LimitExceeded, "more redirects than the 3 allowed");
        Assert.Equal(4, _asked.Count(path => path == "/loop"));
    }

    [Theory]
    [InlineData("http://127.0.0.2:{0}/secret", "127.0.0.2, which is not public")]
    [InlineData("http://[::ffff:127.0.0.2]:{0}/secret", "which is not public")]
    [InlineData("file:///etc/passwd", "the scheme 'file'")]
    [InlineData("https://127.0.0.1:{0}/", "the scheme 'https'")]
    public async Task A_redirect_is_checked_like_any_other_request(string target, string reason)
    {
        string location = string.Format(System.Globalization.CultureInfo.InvariantCulture, target, _port);
        _answer = context => RedirectAsync(context, location);
        var options = new HttpImageOpenerOptions();
        options.AllowedSchemes.Remove("https");
        using var opener = new HttpImageOpener(options, null, address => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).Equals(IPAddress.Loopback));
        await FailsAsync(opener, Root + "/open", ImageDecodeError.Refused, reason);
        Assert.Equal(["/open"], _asked);
    }

    [Fact]
    public async Task Only_the_hosts_named_are_asked_and_a_redirect_leads_to_no_other()
    {
        _answer = context => context.Request.RawUrl == "/moved" ? RedirectAsync(context, $"http://localhost:{_port}/a.jpg") : WriteAsync(context, "pattern:5");
        using HttpImageOpener opener = Open(options => options.AllowedHosts.Add("127.0.0.1"));
        Assert.Equal("pattern:5", Encoding.ASCII.GetString((await opener.OpenAsync(Root + "/a.jpg", null, Token)).ReadBytes().Span));
        await FailsAsync(opener, $"http://localhost:{_port}/a.jpg", ImageDecodeError.Refused, "is on the host localhost, and only 127.0.0.1 may be asked");
        await FailsAsync(opener, Root + "/moved", ImageDecodeError.Refused, "is on the host localhost, and only 127.0.0.1 may be asked");
        Assert.Equal(["/a.jpg", "/moved"], _asked);
        Assert.Throws<ArgumentException>(() => Open(options => options.AllowedHosts.Add("https://example.org/")));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/a.jpg")]
    [InlineData("http://localhost:{0}/a.jpg")]
    [InlineData("http://[::1]:{0}/a.jpg")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/a.jpg")]
    [InlineData("http://2130706433:{0}/a.jpg")]
    [InlineData("http://0x7f.1:{0}/a.jpg")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.0.0.1/a.jpg")]
    public async Task Addresses_that_are_not_public_are_refused_unless_they_are_allowed(string uri)
    {
        using var opener = new HttpImageOpener();
        await FailsAsync(opener, string.Format(System.Globalization.CultureInfo.InvariantCulture, uri, _port), ImageDecodeError.Refused, "is not public");
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Time_is_limited_for_answer_and_body_and_cancelling_is_not_a_failure()
    {
        using HttpImageOpener opener = Open(options => options.Timeout = TimeSpan.FromMilliseconds(300));
        _answer = _ => Task.Delay(Timeout.Infinite, _stop.Token);
        await FailsAsync(opener, Root + "/silent", ImageDecodeError.LimitExceeded, "within the 0.3 s allowed");
        _answer = async context =>
        {
            context.Response.SendChunked = true;
            while (true)
            {
                await context.Response.OutputStream.WriteAsync(new byte[1], _stop.Token);
                await context.Response.OutputStream.FlushAsync(_stop.Token);
                await Task.Delay(20, _stop.Token);
            }
        };
        await FailsAsync(opener, Root + "/dripping", ImageDecodeError.LimitExceeded, "within the 0.3 s allowed");

        using HttpImageOpener patient = Open();
        using var stop = new CancellationTokenSource();
        _answer = async _ =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, _stop.Token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await patient.OpenAsync(Root + "/a", null, stop.Token));
    }

    [Fact]
    public async Task Errors_of_the_server_and_of_the_network_name_the_uri()
    {
        using HttpImageOpener opener = Open();
        _answer = context =>
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
            return Task.CompletedTask;
        };
        await FailsAsync(opener, Root + "/gone.jpg", ImageDecodeError.Unreadable, "404");
        (HttpListener closed, int port) = Listen();
        closed.Close();
        await FailsAsync(opener, $"http://127.0.0.1:{port}/a.jpg", ImageDecodeError.Unreadable, "refused");
        await FailsAsync(opener, "http://[bad", ImageDecodeError.Refused, "no valid URI");
    }

    [Fact]
    public async Task Files_are_opened_as_without_it_and_other_schemes_refused()
    {
        using HttpImageOpener opener = Open();
        Assert.Equal("/a/b.png", (await opener.OpenAsync("/a/b.png", null, Token)).Path);
        await FailsAsync(opener, "ftp://a.org/b.png", ImageDecodeError.Refused, "'ftp'");
    }

    [Theory]
    [InlineData("/iiif/x/info.json", "/iiif/x/full/299,/0/default.jpg")]
    [InlineData("/iiif/x/full/full/0/default.jpg", "/iiif/x/full/299,/0/default.jpg")]
    public async Task Of_a_iiif_image_no_more_is_asked_for_than_is_needed(string asked, string sized)
    {
        _answer = context => context.Request.RawUrl == "/iiif/x/info.json"
            ? WriteAsync(context, """{ "@context": "http://iiif.io/api/image/2/context.json", "width": 4000, "height": 3000, "profile": ["http://iiif.io/api/image/2/level1.json"] }""")
            : WriteAsync(context, "pattern:1");
        using HttpImageOpener opener = Open();
        ImageSource source = await opener.OpenAsync(Root + asked, new ImageSize(224, 224), Token);
        Assert.Equal(Root + asked, source.Name);
        Assert.Equal(["/iiif/x/info.json", sized], _asked);
    }

    [Fact]
    public async Task A_iiif_information_that_cannot_be_used_fails_and_beside_a_request_it_is_done_without()
    {
        _answer = context => WriteAsync(context, context.Request.RawUrl!.EndsWith(".json", StringComparison.Ordinal) ? "<html>" : "pattern:1");
        using HttpImageOpener opener = Open();
        await FailsAsync(opener, Root + "/iiif/x/info.json", ImageDecodeError.Corrupt, "image information");
        _asked.Clear();
        await opener.OpenAsync(Root + "/iiif/x/full/max/0/default.jpg", new ImageSize(8, 8), Token);
        Assert.Equal(["/iiif/x/info.json", "/iiif/x/full/max/0/default.jpg"], _asked);
    }

    [Fact]
    public async Task A_gallery_searches_a_region_of_a_work_on_the_web_and_names_what_is_no_image()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddInMemoryGallery().AddClassicalFeatureExtractor().AddHttpImageOpener(options => options.AllowPrivateAddresses = true)
            .Services.AddSingleton<IImageDecoder, PatternDecoder>();
        await using ServiceProvider provider = services.BuildServiceProvider();
        Gallery gallery = provider.GetRequiredService<Gallery>();
        await gallery.AddAsync([.. Enumerable.Range(0, 10).Select(i => new PaintingImage(new Painting($"work-{i}") { ImageUri = $"{Root}/{i}" }, PatternDecoder.Source(i)))], null, Token);
        var options = new GallerySearchOptions { Region = new ImageRegion(0, 0, 0.5, 1) };
        _answer = context => WriteAsync(context, "pattern:" + context.Request.RawUrl![1..]);
        GallerySearchResult expected = await gallery.SearchAsync(PatternDecoder.Source(4), 4, options, Token);
        Assert.Equal(expected.Results, (await gallery.SearchByKeyAsync("work-4", 4, new GallerySearchOptions { Region = options.Region, IncludeQuery = true }, Token)).Results);

        _answer = context => WriteAsync(context, "<html>not found</html>");
        var e = await Assert.ThrowsAsync<ImageDecodeException>(() => gallery.SearchByKeyAsync("work-4", 4, options, Token));
        Assert.Equal((ImageDecodeError.UnsupportedFormat, $"{Root}/4"), (e.Error, e.ImageName));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(options => options.MaxBytes = 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(options => options.Timeout = TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(options => options.MaxRedirects = -1));
        Assert.Throws<ArgumentException>(() => Open(options => options.AllowedSchemes.Clear()));
        Assert.Throws<ArgumentException>(() => Open(options => options.AllowedSchemes.Add("ftp")));
        Assert.Throws<ArgumentException>(() => Open(options => options.UserAgent = "two\nlines"));
    }

    private static HttpImageOpener Open(Action<HttpImageOpenerOptions>? configure = null)
    {
        var options = new HttpImageOpenerOptions { AllowPrivateAddresses = true };
        configure?.Invoke(options);
        return new HttpImageOpener(options);
    }

    private static async Task FailsAsync(HttpImageOpener opener, string uri, ImageDecodeError error, string reason)
    {
        var e = await Assert.ThrowsAsync<ImageDecodeException>(async () => await opener.OpenAsync(uri, null, Token));
        Assert.Equal((error, uri), (e.Error, e.ImageName));
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(HttpListenerContext context, string body)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(body);
        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(bytes, Token);
        context.Response.Close();
    }

    private static Task RedirectAsync(HttpListenerContext context, string location)
    {
        context.Response.StatusCode = 302;
        context.Response.AddHeader("Location", location);
        context.Response.Close();
        return Task.CompletedTask;
    }

    private static (HttpListener Listener, int Port) Listen()
    {
        // A port that was free a moment ago may be taken meanwhile.
        for (int attempt = 0; ; attempt++)
        {
            var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return (listener, port);
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        List<Task> answers = [];
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                lock (_asked)
                {
                    _asked.Add(context.Request.RawUrl!);
                }

                answers.Add(AnswerAsync(context));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await _answer(context);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            context.Response.Abort(); // the client hung up, or the test is over
        }
    }
}
