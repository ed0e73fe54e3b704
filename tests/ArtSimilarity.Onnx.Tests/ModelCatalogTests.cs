using System.Security.Cryptography;
using ArtSimilarity.Imaging;
using Xunit;
using Response = ArtSimilarity.Onnx.Tests.LoopbackServer.Response;

namespace ArtSimilarity.Onnx.Tests;

public sealed class ModelCatalogTests : IDisposable
{
    private static readonly byte[] Content = MakeContent();
    private readonly string _folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string ModelPath => Path.Combine(_folder, "model.onnx");

    private string PartialPath => ModelPath + ".partial";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_model_is_downloaded_once_and_reported()
    {
        await using var server = new LoopbackServer(_ => Response.Whole(Content));
        var reports = new Reports();
        ModelCatalog catalog = Catalog([server.Uri]);
        Assert.False(catalog.IsDownloaded("model"));

        Assert.Equal(ModelPath, await catalog.DownloadAsync("model", reports, Token));
        Assert.Equal(Content, await File.ReadAllBytesAsync(ModelPath, Token));
        Assert.Equal(new ModelDownloadProgress("model", Content.Length, Content.Length), reports.Last);
        Assert.True(catalog.IsDownloaded("MODEL"));

        await catalog.DownloadAsync("Model", cancellationToken: Token);
        Assert.Single(server.Requests);
        Assert.Equal(["model.onnx", "model.onnx.lock"], Files());
    }

    [Fact]
    public async Task A_failing_server_is_asked_again()
    {
        await using var server = new LoopbackServer(request => request.Number < 2 ? Response.Error("503 Service Unavailable") : Response.Whole(Content));
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal(3, server.Requests.Count);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_given_up()
    {
        await using var server = new LoopbackServer(_ => Response.Error("500 Internal Server Error"));
        ModelDownloadException e = await Fails([server.Uri]);
        Assert.Contains("(3 attempts): the server answered 500", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_missing_file_is_not_asked_for_again_but_for_at_the_next_address()
    {
        await using var first = new LoopbackServer(_ => Response.Error("404 Not Found"));
        await using var second = new LoopbackServer(_ => Response.Whole(Content));
        await Catalog([first.Uri, second.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Single(first.Requests);
        AssertDownloaded();
    }

    [Fact]
    public async Task Every_address_that_failed_is_named()
    {
        await using var first = new LoopbackServer(_ => Response.Error("404 Not Found"));
        await using var second = new LoopbackServer(_ => Response.Error("410 Gone"));
        ModelDownloadException e = await Fails([first.Uri, second.Uri]);
        Assert.Contains($"{first.Uri} (1 attempt): the server answered 404", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{second.Uri} (1 attempt): the server answered 410", e.Message, StringComparison.Ordinal);
        Assert.Equal("model", e.ModelName);
    }

    [Fact]
    public async Task A_connection_that_is_refused_is_an_error()
    {
        var server = new LoopbackServer(_ => Response.Whole(Content));
        Uri uri = server.Uri;
        await server.DisposeAsync();
        await Fails([uri]);
    }

    [Fact]
    public async Task A_download_that_is_cut_continues_where_it_stopped()
    {
        await using var server = new LoopbackServer(request => request.From is long from ? Response.Part(Content, from) : Response.Whole(Content).CutAfter(100_000));
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal([null, 100_000], server.Requests.Select(request => request.From));
        Assert.Equal("\"one\"", server.Requests[1].IfRange);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_cut_without_an_announced_length_continues_too()
    {
        await using var server = new LoopbackServer(request =>
            request.From is long from ? Response.Part(Content, from) : Response.Whole(Content).CutAfter(100_000) with { Length = null });
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        AssertDownloaded();
    }

    [Fact]
    public async Task Many_cuts_are_survived_as_long_as_there_are_attempts()
    {
        await using var server = new LoopbackServer(request =>
            request.From is long from ? request.Number < 4 ? Response.Part(Content, from).CutAfter(30_000) : Response.Part(Content, from) : Response.Whole(Content).CutAfter(30_000));
        await Catalog([server.Uri], attempts: 5).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal([null, 30_000, 60_000, 90_000, 120_000], server.Requests.Select(request => request.From));
        AssertDownloaded();
    }

    [Fact]
    public async Task A_server_that_ignores_the_range_starts_the_file_over()
    {
        await using var server = new LoopbackServer(request => request.Number == 0 ? Response.Whole(Content).CutAfter(100_000) : Response.Whole(Content));
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal(100_000, server.Requests[1].From);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_server_that_cannot_continue_starts_the_file_over()
    {
        await using var server = new LoopbackServer(request => request.Number switch
        {
            0 => Response.Whole(Content).CutAfter(100_000),
            1 => Response.Error("416 Range Not Satisfiable"),
            _ => Response.Whole(Content),
        });
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Null(server.Requests[2].From);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_part_from_the_wrong_place_starts_the_file_over()
    {
        await using var server = new LoopbackServer(request => request.Number switch
        {
            0 => Response.Whole(Content).CutAfter(100_000),
            1 => Response.Part(Content, 50_000),
            _ => Response.Whole(Content),
        });
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Null(server.Requests[2].From);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_part_of_another_file_is_found_out_and_the_file_started_over()
    {
        // The server changes the file between the two requests, and pays no heed to If-Range.
        byte[] other = [.. Content.Reverse()];
        await using var server = new LoopbackServer(request => request.Number switch
        {
            0 => Response.Whole(other, "\"old\"").CutAfter(100_000),
            1 => Response.Part(Content, request.From!.Value, "\"new\""),
            _ => Response.Whole(Content, "\"new\""),
        });
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal("\"old\"", server.Requests[1].IfRange);
        Assert.Null(server.Requests[2].From);
        AssertDownloaded();
    }

    [Theory]
    [InlineData("W/\"weak\"")]
    [InlineData(null)]
    public async Task Without_a_strong_ETag_no_condition_is_sent(string? etag)
    {
        await using var server = new LoopbackServer(request => request.From is long from ? Response.Part(Content, from, etag) : Response.Whole(Content, etag).CutAfter(100_000));
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal("", server.Requests[1].IfRange);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_and_asked_again()
    {
        await using var server = new LoopbackServer(request => request.From is long from ? Response.Part(Content, from) : Response.Whole(Content).CutAfter(100_000, stalls: true));
        await Catalog([server.Uri], stall: 0.5).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal(100_000, server.Requests[1].From);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_server_that_stays_silent_is_an_error_that_says_so()
    {
        await using var server = new LoopbackServer(_ => Response.Whole(Content).CutAfter(0, stalls: true));
        ModelDownloadException e = await Fails([server.Uri], stall: 0.2);
        Assert.Contains("no byte came for 0.2 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_server_is_not_a_stalled_one()
    {
        // Twelve pauses of 100 ms, well over the limit together.
        await using var server = new LoopbackServer(_ => Response.Whole(Content) with { Pause = TimeSpan.FromMilliseconds(100) });
        await Catalog([server.Uri], stall: 0.9).DownloadAsync("model", cancellationToken: Token);
        Assert.Single(server.Requests);
        AssertDownloaded();
    }

    [Fact]
    public async Task Wrong_bytes_are_refused_and_not_kept()
    {
        await using var server = new LoopbackServer(_ => Response.Whole([.. Content.Reverse()]));
        ModelDownloadException e = await Fails([server.Uri]);
        Assert.Contains("SHA-256", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Equal(["model.onnx.lock"], Files());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_file_of_another_announced_length_is_refused_unread(int difference)
    {
        await using var server = new LoopbackServer(_ => Response.Whole(Content) with { Length = Content.Length + difference });
        ModelDownloadException e = await Fails([server.Uri]);
        Assert.Contains($"offers {Content.Length + difference} bytes where {Content.Length} are expected", e.Message, StringComparison.Ordinal);
        Assert.Equal(["model.onnx.lock"], Files());
    }

    [Fact]
    public async Task An_endless_file_is_cut_off_at_the_models_size()
    {
        await using var server = new LoopbackServer(_ => Response.Whole([.. Content, .. Content, .. Content]) with { Length = null });
        ModelDownloadException e = await Fails([server.Uri]);
        Assert.Contains($"more than the {Content.Length} bytes", e.Message, StringComparison.Ordinal);
        Assert.Equal(["model.onnx.lock"], Files());
    }

    [Fact]
    public async Task A_cancelled_download_keeps_its_part_for_the_next_call()
    {
        await using var server = new LoopbackServer(request => request.From is long from ? Response.Part(Content, from) : Response.Whole(Content).CutAfter(100_000, stalls: true));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task download = Catalog([server.Uri], stall: 60).DownloadAsync("model", cancellationToken: cancel.Token);
        while (!File.Exists(PartialPath) || new FileInfo(PartialPath).Length < 100_000)
        {
            await Task.Delay(10, Token);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Assert.False(File.Exists(ModelPath));

        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Equal(100_000, server.Requests[1].From);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_part_as_long_as_the_model_but_wrong_is_downloaded_anew()
    {
        await File.WriteAllBytesAsync(PartialPath, new byte[Content.Length], Token);
        await using var server = new LoopbackServer(_ => Response.Whole(Content));
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        Assert.Null(Assert.Single(server.Requests).From);
        AssertDownloaded();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task A_damaged_file_is_replaced(int missing)
    {
        await File.WriteAllBytesAsync(ModelPath, new byte[Content.Length - missing], Token);
        await using var server = new LoopbackServer(_ => Response.Whole(Content));
        await Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token);
        AssertDownloaded();
    }

    [Fact]
    public async Task Two_downloads_at_once_fetch_the_file_once()
    {
        await using var server = new LoopbackServer(_ => Response.Whole(Content) with { Pause = TimeSpan.FromMilliseconds(20) });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Catalog([server.Uri]).DownloadAsync("model", cancellationToken: Token)));
        Assert.Single(server.Requests);
        AssertDownloaded();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_a_typed_error()
    {
        string file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Token);
        var catalog = new ModelCatalog(new ModelCatalogOptions { Models = [Description([new Uri("http://127.0.0.1:9/")])], CacheDirectory = Path.Combine(file, "models") });
        await Assert.ThrowsAsync<ModelDownloadException>(() => catalog.DownloadAsync("model", cancellationToken: Token));
    }

    [Fact]
    public async Task An_unknown_name_is_refused_with_the_known_ones()
    {
        var catalog = new ModelCatalog();
        var e = await Assert.ThrowsAsync<ArgumentException>(() => catalog.DownloadAsync("resnet", cancellationToken: Token));
        Assert.Contains("called 'resnet', but", e.Message, StringComparison.Ordinal);
        Assert.Contains("resnet50-v2-7, mobilenetv2-7", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("")]
    public void A_name_that_is_no_file_name_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new ModelCatalog(new ModelCatalogOptions { Models = [Description([new Uri("http://127.0.0.1/")]) with { Name = name }] }));

    [Fact]
    public void A_description_without_hash_size_or_address_is_refused()
    {
        ModelDescription valid = Description([new Uri("http://127.0.0.1/")]);
        foreach (ModelDescription model in new[] { valid with { Sha256 = "abc" }, valid with { Size = 0 }, valid with { Uris = [] }, valid with { Uris = [new Uri("file:///etc/hosts")] } })
        {
            Assert.Throws<ArgumentException>(() => new ModelCatalog(new ModelCatalogOptions { Models = [model] }));
        }
    }

    [Fact]
    public void An_extractor_by_name_says_how_to_download_what_is_missing()
    {
        ModelCatalog catalog = Catalog([new Uri("http://127.0.0.1:9/")]);
        var e = Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelName = "model", Catalog = catalog }));
        Assert.Contains("DownloadAsync(\"model\")", e.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extractor_by_name_downloads_where_it_may_and_takes_the_catalogues_tap_and_preprocessing()
    {
        byte[] model = TinyModel.ChannelMeans();
        await using var server = new LoopbackServer(_ => Response.Whole(model));
        ImagePreprocessing preprocessing = ImagePreprocessing.ImageNet with { InputSize = new ImageSize(4, 4) };
        ModelDescription description = Description([server.Uri], model) with { OutputName = "same", Preprocessing = preprocessing };
        var catalog = new ModelCatalog(new ModelCatalogOptions { Models = [description], CacheDirectory = _folder });
        var options = new OnnxFeatureExtractorOptions { ModelName = "model", Catalog = catalog, AllowDownload = true };
        using (OnnxFeatureExtractor extractor = await OnnxFeatureExtractor.CreateAsync(options, cancellationToken: Token))
        {
            Assert.Equal($"model@{description.Sha256[..12]}:same", extractor.Space.ModelId);
            Assert.Equal(preprocessing.ToString(), extractor.Space.Preprocessing);
        }

        // By the constructor, and from the cache.
        using var again = new OnnxFeatureExtractor(options);
        Assert.Single(server.Requests);
        using OnnxFeatureExtractor byPath = new(new OnnxFeatureExtractorOptions { ModelPath = catalog.GetPath("model"), Catalog = catalog });
        Assert.Equal(again.Space, byPath.Space);
    }

    [Fact]
    public async Task An_extractor_by_name_refuses_a_damaged_file()
    {
        await File.WriteAllBytesAsync(ModelPath, TinyModel.ChannelMeans(), Token);
        var e = Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(
            new OnnxFeatureExtractorOptions { ModelName = "model", Catalog = Catalog([new Uri("http://127.0.0.1:9/")]) }));
        Assert.Contains("is damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_models_are_complete_and_are_kept_in_the_users_folder()
    {
        var catalog = new ModelCatalog();
        ModelDescription[] downloadable = [.. catalog.Models.Where(model => !model.IsEmbedded)];
        Assert.Equal(["resnet50-v2-7", "mobilenetv2-7"], downloadable.Select(model => model.Name));
        Assert.All(downloadable, model =>
        {
            Assert.Equal("https", model.Uris[0].Scheme);
            Assert.Equal("github.com", model.Uris[0].Host);
            Assert.Equal("Apache-2.0", model.License);
            Assert.NotNull(model.OutputName);
        });
        Assert.EndsWith(Path.Combine("ArtSimilarity", "models"), catalog.CacheDirectory, StringComparison.Ordinal);
    }

    private static byte[] MakeContent()
    {
        byte[] content = new byte[200_000];
        new Random(7).NextBytes(content);
        return content;
    }

    private static ModelDescription Description(Uri[] uris, byte[]? content = null) => new()
    {
        Name = "model",
        Uris = uris,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(content ?? Content)),
        Size = (content ?? Content).Length,
        License = "MIT",
        Dimensions = 3,
    };

    private ModelCatalog Catalog(Uri[] uris, int attempts = 3, double stall = 10) => new(new ModelCatalogOptions
    {
        Models = [Description(uris)],
        CacheDirectory = _folder,
        MaxAttempts = attempts,
        StallTimeout = TimeSpan.FromSeconds(stall),
        RetryDelay = TimeSpan.FromMilliseconds(1),
    });

    private Task<ModelDownloadException> Fails(Uri[] uris, double stall = 10) =>
        Assert.ThrowsAsync<ModelDownloadException>(() => Catalog(uris, stall: stall).DownloadAsync("model", cancellationToken: Token));

    private void AssertDownloaded()
    {
        Assert.Equal(Content, File.ReadAllBytes(ModelPath));
        Assert.Equal(["model.onnx", "model.onnx.lock"], Files());
    }

    private string[] Files() => [.. Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private sealed class Reports : IProgress<ModelDownloadProgress>
    {
        public ModelDownloadProgress Last { get; private set; }

        public void Report(ModelDownloadProgress value) => Last = value;
    }
}
