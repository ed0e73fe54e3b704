using System.Net;
using System.Net.Sockets;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Works whose pictures lie on the web; a real server on this machine has them.</summary>
public sealed class WebImageTests(PaintedGallery painted) : IAsyncLifetime
{
    private const string Host = "127.0.0.1";

    private readonly ScratchFolder _scratch = new();
    private readonly List<string> _asked = [];
    private HttpListener _server = new();
    private Task _serving = Task.CompletedTask;
    private string _image = "";
    private string _address = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Gallery => _scratch["g.db"];

    public async ValueTask InitializeAsync()
    {
        _image = painted.ImageOf("art006");
        _address = Listen() + Path.GetFileName(_image);
        _serving = ServeAsync();
        _scratch.Write("works.csv", $"id,file\nweb,{_image}\nfile,{painted.ImageOf("art007")}\n");
        Assert.Equal(0, (await CliRun.Of("index", _scratch["works.csv"], "--gallery", Gallery, "--model", "classical")).ExitCode);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(Gallery);
        Painting work = (await store.FindAsync(["web"], Token))["web"].Painting;
        await store.WriteAsync([new GalleryEntry(work with { ImageUri = _address }, null, [])], Token);
    }

    public async ValueTask DisposeAsync()
    {
        _server.Close();
        await _serving;
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("0.5,0,0.5,0.5")]
    [InlineData("0,0,20,10")]
    public async Task A_detail_of_a_picture_on_the_web_is_searched_where_its_host_is_named(string region)
    {
        string[] search = ["search", "web", "--gallery", Gallery, "--region", region, "--json"];
        CliRun run = await CliRun.Of([.. search, "--allow-http", Host, "--allow-private-addresses"]);
        CliRun file = await CliRun.Of("search", _image, "--gallery", Gallery, "--region", region, "--json");
        double expected = file.Json().GetProperty("results").EnumerateArray().Single(result => result.GetProperty("key").GetString() == "file").GetProperty("distance").GetDouble();
        Assert.Equal(expected, run.Json().GetProperty("results")[0].GetProperty("distance").GetDouble(), 1e-6);
        Assert.NotEmpty(_asked);
    }

    [Fact]
    public async Task Nothing_on_the_web_is_asked_unless_it_is_allowed()
    {
        string[] search = ["search", "web", "--gallery", Gallery, "--region", "0,0,0.5,0.5"];
        foreach ((string[] options, string reason) in ((string[], string)[])
            [
                ([], "pictures on the web are not read unless --allow-http HOST names their host"),
                (["--allow-http", "example.org"], $"is on the host {Host}, and only example.org may be asked"),
                (["--allow-http", Host], "is not public"),
            ])
        {
            CliRun run = await CliRun.Of([.. search, .. options]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(_address, run.Error, StringComparison.Ordinal);
            Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        }

        CliRun direct = await CliRun.Of("search", _address, "--gallery", Gallery);
        Assert.Equal(1, direct.ExitCode);
        Assert.Contains("--allow-http HOST", direct.Error, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_report_shows_pictures_on_the_web_and_tells_of_those_it_may_not_open()
    {
        string[] search = ["search", "file", "--gallery", Gallery, "--html"];
        CliRun refused = await CliRun.Of([.. search, _scratch["refused.html"]]);
        Assert.Equal(0, refused.ExitCode);
        Assert.Contains($"1 picture is not shown in the report, e.g. {_address}", refused.Error, StringComparison.Ordinal);
        Assert.Empty(_asked);
        CliRun shown = await CliRun.Of([.. search, _scratch["shown.html"], "--allow-http", Host, "--allow-private-addresses"]);
        Assert.DoesNotContain("not shown", shown.Error, StringComparison.Ordinal);
        Assert.Equal((1, 2), (Pictures("refused.html"), Pictures("shown.html")));
    }

    [Fact]
    public async Task A_query_may_be_an_address()
    {
        CliRun run = await CliRun.Of("search", _address, "--gallery", Gallery, "--allow-http", Host, "--allow-private-addresses", "--json");
        Assert.Equal("web", run.Json().GetProperty("results")[0].GetProperty("key").GetString());
        Assert.Equal(0, run.Json().GetProperty("results")[0].GetProperty("distance").GetDouble(), 1e-3);
    }

    [Theory]
    [InlineData("--allow-http", "https://example.org/")]
    [InlineData("--allow-http", "example.org:80")]
    [InlineData("--allow-private-addresses")]
    public async Task Hosts_that_make_no_sense_are_wrong_usage(params string[] options)
    {
        CliRun run = await CliRun.Of(["search", "web", "--gallery", Gallery, .. options]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(options[0], run.Error, StringComparison.Ordinal);
    }

    private int Pictures(string page) => File.ReadAllText(_scratch[page]).Split("data:image/webp;base64,").Length - 1;

    private string Listen()
    {
        // A port that was free a moment ago may be taken meanwhile.
        for (int attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            string root = $"http://{Host}:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            _server = new HttpListener { Prefixes = { root } };
            try
            {
                _server.Start();
                return root;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                _server.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _server.GetContextAsync();
                _asked.Add(context.Request.RawUrl!);
                byte[] bytes = await File.ReadAllBytesAsync(_image);
                context.Response.ContentLength64 = bytes.Length;
                await context.Response.OutputStream.WriteAsync(bytes);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
