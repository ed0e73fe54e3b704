using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ArtSimilarity.TestSupport;

namespace SimArt.Tests;

/// <summary>What strangers may send: they get a readable refusal, and nothing of the host.</summary>
public sealed class HostileTests(PaintingsSite site)
{
    public static TheoryData<string> Paths =>
    [
        "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/images?id=../../etc/passwd", "/images?id=%00", "/images?key=../../../etc/passwd", "/images?size=99999999",
        "/images?id=" + "a", "/iiif/image/..%2f..%2f/info.json", "/iiif/image/abc/full/max/0/default.jpg", "/iiif/manifest?key=/etc/passwd", "/api/v1/work?key=<script>alert(1)</script>", "/api/v1/work",
        "/api/v1/works?offset=-1", "/api/v1/works?limit=1e9", "/api/v1/works?sort='; DROP TABLE works; --", "/api/v1/works?from=99999999999", "/api/v1/facets?from=x", "/api/v1/genealogy?key=%F0%9F%92%A9",
        "/api/v1/path?a=x&b=y", "/api/v1/graph?format=exe", "/api/v1/graph?neighbors=100000", "/api/v1/map?space=../x", "/api/v1/map/sheet?n=-1", "/api/v1/map/sheet?n=99999", "/api/v1/link?a=x",
        "/api/v1/difference?a=&b=", "/api/v1/guesses", "/api/v1/guesses?upload=../../x", "/api/v1/uploads/..%2f..%2fetc%2fpasswd", "/api/v1/uploads/x/image", "/appsettings.json", "/simart.dll", "/wwwroot/index.html",
    ];

    public static TheoryData<string, string> Bodies => new()
    {
        { "/api/v1/search", "" }, { "/api/v1/search", "{" }, { "/api/v1/search", "[]" }, { "/api/v1/search", "null" }, { "/api/v1/search", "{}" }, { "/api/v1/search", "{\"parts\":[]}" }, { "/api/v1/search", "{\"parts\":[null]}" },
        { "/api/v1/search", "{\"parts\":[{}]}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"x\",\"upload\":\"y\"}]}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"no such work\"}]}" }, { "/api/v1/search", "{\"parts\":[{\"upload\":\"no such upload\"}]}" },
        { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"k\":0}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"k\":1000000}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"surprise\":7}" },
        { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"relevance\":-1}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\",\"region\":[0,0,0,0]}]}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\",\"region\":[2,2,1,1]}]}" },
        { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\",\"region\":[0]}]}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\",\"weight\":-1}]}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"spaces\":[{\"id\":\"nope\"}]}" },
        { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"spaces\":[{\"id\":\"genre\",\"weight\":0}]}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"spaces\":[null]}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\",\"unwanted\":true}]}" },
        { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"inRegions\":true}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"filter\":{\"genres\":[null]}}" }, { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"filter\":{\"q\":\"no-work-has-this\"}}" },
        { "/api/v1/search", "{\"parts\":[{\"key\":\"KEY\"}],\"filter\":{\"fields\":{\"\":[\"x\"]}}}" }, { "/api/v1/identify", "{}" }, { "/api/v1/identify", "{\"upload\":\"x\"}" }, { "/api/v1/explain", "{}" }, { "/api/v1/explain", "{\"a\":{\"key\":\"KEY\"}}" },
        { "/api/v1/explain/points", "{\"a\":{\"key\":\"KEY\"},\"b\":{\"key\":\"KEY\"},\"x\":5,\"y\":5}" }, { "/api/v1/export", "{}" }, { "/api/v1/export", "{\"format\":\"exe\",\"items\":[{\"key\":\"KEY\"}]}" }, { "/api/v1/export", "{\"format\":\"csv\",\"items\":[null]}" },
        { "/api/v1/uploads/iiif", "{\"uri\":\"http://169.254.169.254/latest/meta-data/\"}" }, { "/api/v1/uploads/iiif", "{\"uri\":\"file:///etc/passwd\"}" }, { "/api/v1/uploads/iiif", "{\"uri\":\"/etc/passwd\"}" }, { "/api/v1/uploads/iiif", "{}" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_bad_address_is_refused(string path)
    {
        using HttpResponseMessage answer = await site.Client.GetAsync(path, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(answer);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_document_is_refused(string path, string body)
    {
        using var content = new StringContent(body.Replace("KEY", site.Keys[0], StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await site.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(answer);
    }

    [Fact]
    public async Task Deep_and_long_documents_are_refused()
    {
        foreach (string body in (string[])[new string('[', 100_000), "{\"parts\":" + new string('[', 5000) + new string(']', 5000) + "}", "{\"q\":\"" + new string('x', 2_000_000) + "\"}"])
        {
            // The server refuses what is too long by its header and hangs up. A client that waits for its word reads the answer before it sends.
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/search") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.ExpectContinue = true;
            using HttpResponseMessage answer = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
            await AssertRefusedAsync(answer);
        }
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("image/jpeg")]
    [InlineData("nonsense")]
    public async Task What_is_no_picture_is_refused(string type)
    {
        using HttpResponseMessage answer = await site.Server.UploadAsync(Encoding.UTF8.GetBytes("<html>no picture</html>"), type);
        await AssertRefusedAsync(answer);
    }

    [Fact]
    public async Task A_name_of_an_upload_is_never_used()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(TestPictures.Noise(64, 64)), "file", "../../../../tmp/simart-was-here.bmp" } };
        using HttpResponseMessage answer = await site.Client.PostAsync("/api/v1/uploads", form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("was-here", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(site.Scratch, "*", SearchOption.AllDirectories), file => file.Contains("was-here", StringComparison.Ordinal));
        Assert.False(File.Exists("/tmp/simart-was-here.bmp"));
    }

    [Fact]
    public async Task Too_long_an_upload_is_refused_before_it_is_read()
    {
        using var socket = new TcpClient(site.Server.Address.Host, site.Server.Address.Port);
        await using NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1:{site.Server.Address.Port}\r\nContent-Type: image/png\r\nContent-Length: 999999999\r\n\r\n"), TestContext.Current.CancellationToken);
        byte[] answer = new byte[64];
        int read = await stream.ReadAtLeastAsync(answer, 12, cancellationToken: TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 413", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\n")]
    [InlineData("POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: ")]
    public async Task A_slow_upload_is_given_up_and_says_so(string beginning)
    {
        using var socket = new TcpClient(site.Server.Address.Host, site.Server.Address.Port);
        await using NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning.Replace("PORT", $"{site.Server.Address.Port}", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        byte[] answer = new byte[64];
        Task<int> reading = stream.ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, TestContext.Current.CancellationToken).AsTask();
        for (int second = 0; second < 60 && !reading.IsCompleted; second++)
        {
            await stream.WriteAsync("x"u8.ToArray(), TestContext.Current.CancellationToken);
            await Task.WhenAny(reading, Task.Delay(1000, TestContext.Current.CancellationToken));
        }

        Assert.True(reading.IsCompleted, "A request of one byte a second goes on for a minute.");
        Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(answer, 0, await reading), StringComparison.Ordinal);
        using HttpResponseMessage alive = await site.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.True(alive.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_picture_of_too_many_pixels_is_refused_without_decoding_it()
    {
        byte[] header = TestPictures.Noise(16, 16);
        BitConverter.TryWriteBytes(header.AsSpan(18), 100_000);
        BitConverter.TryWriteBytes(header.AsSpan(22), 100_000);
        using HttpResponseMessage answer = await site.Server.UploadAsync(header, "image/bmp");
        await AssertRefusedAsync(answer);

        // More than an upload may have, and less than a picture of the gallery may: the limit that the page names holds.
        BitConverter.TryWriteBytes(header.AsSpan(18), 9_000);
        BitConverter.TryWriteBytes(header.AsSpan(22), 9_000);
        using HttpResponseMessage second = await site.Server.UploadAsync(header, "image/bmp");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, second.StatusCode);
    }

    [Fact]
    public async Task Other_sites_and_other_hosts_may_not_act_here()
    {
        using var cross = new HttpRequestMessage(HttpMethod.Post, "/api/v1/search") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        cross.Headers.Add("Sec-Fetch-Site", "cross-site");
        using HttpResponseMessage refused = await site.Client.SendAsync(cross, TestContext.Current.CancellationToken);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/v1/gallery");
        rebound.Headers.Host = "evil.example";
        using HttpResponseMessage unknown = await site.Client.SendAsync(rebound, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/v1/gallery")]
    [InlineData("/nothing-here")]
    [InlineData("/api/v1/works?limit=x")]
    [InlineData("/api/v1/work?key=nothing")]
    [InlineData("/images?id=nothing")]
    public async Task Every_answer_carries_the_headers_that_protect_visitors(string path)
    {
        using HttpResponseMessage answer = await site.Client.GetAsync(path, TestContext.Current.CancellationToken);
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Every_shared_picture_is_taken_or_refused_in_words()
    {
        string[] files = [.. Directory.EnumerateFiles(SharedData.Require("images"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 20);
        int taken = 0;
        foreach (string file in files.Where(file => new FileInfo(file).Length < 20 * 1024 * 1024))
        {
            using HttpResponseMessage answer = await site.Server.UploadAsync(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), "application/octet-stream");
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                await AssertRefusedAsync(answer);
                continue;
            }

            taken++;
            string id = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetString()!;
            JsonElement found = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { upload = id } }, k = 3 });
            Assert.Equal(3, found.Keys().Length);
            using HttpResponseMessage gone = await site.Client.DeleteAsync("/api/v1/uploads/" + id, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        }

        Assert.True(taken > files.Length / 3, $"{taken} of {files.Length} pictures were taken.");
        Assert.True(site.Server.IsRunning);
    }

    /// <summary>Set SIMART_MUTATIONS to 10000 for the long run of samples/SimArt/README.md.</summary>
    [Fact]
    public async Task Damaged_pictures_never_stop_the_server()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("SIMART_MUTATIONS"), out int asked) ? asked : 200;
        byte[][] originals = [.. Directory.EnumerateFiles(SharedData.Require("images"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(file => new FileInfo(file).Length is > 0 and < 300_000).Select(File.ReadAllBytes)];
        var random = new Random(1);
        for (int i = 0; i < count; i++)
        {
            byte[] mutated = [.. originals[random.Next(originals.Length)]];
            for (int flips = random.Next(1, 20); flips > 0; flips--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            byte[] sent = random.Next(4) == 0 ? mutated[..random.Next(1, mutated.Length)] : mutated;
            using HttpResponseMessage answer = await site.Server.UploadAsync(sent, "image/jpeg");
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                await AssertRefusedAsync(answer);
            }
        }

        Assert.Equal("Healthy", await site.Client.GetStringAsync("/health", TestContext.Current.CancellationToken));
    }

    /// <summary>4xx with words in it, and no file of the host.</summary>
    private async Task AssertRefusedAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{(int)answer.StatusCode}: {text}");
        foreach (string leaked in (string[])[site.Scratch, SimArtServer.RepositoryRoot(), "root:", "   at ", "Exception", "/usr/"])
        {
            Assert.DoesNotContain(leaked, text, StringComparison.Ordinal);
        }

        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            JsonElement problem = JsonDocument.Parse(text).RootElement;
            Assert.Equal((int)answer.StatusCode, problem.GetProperty("status").GetInt32());
            Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        }
    }
}
