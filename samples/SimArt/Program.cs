using System.Security.Cryptography;
using System.Text;
using SimArt;
using ArtSimilarity.Sqlite;
using Microsoft.AspNetCore.Http.Timeouts;
using OpenTelemetry.Metrics;

// dotnet run -c Release --project samples/SimArt [-- --gallery FILE | --folder DIR]
ServerMemory.ReturnLargeBuffers();
WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseStaticWebAssets(); // wwwroot among the sources, where the program was not published
if (args.FirstOrDefault(arg => arg.StartsWith("--", StringComparison.Ordinal) && !SimArtOptions.Switches.ContainsKey(arg.Split('=')[0]) && !arg.StartsWith("--SimArt:", StringComparison.OrdinalIgnoreCase)) is string unknown)
{
    Console.Error.WriteLine($"There is no option {unknown}; there are {string.Join(", ", SimArtOptions.Switches.Keys)}.");
    return 2;
}

builder.Configuration.AddCommandLine(args, SimArtOptions.Switches);
builder.Services.Configure<SimArtOptions>(builder.Configuration.GetSection("SimArt"));
SimArtOptions options = builder.Configuration.GetSection("SimArt").Get<SimArtOptions>() ?? new SimArtOptions();
if ((options.Gallery is string file && !File.Exists(file)) || (options.Folder is string folder && !Directory.Exists(folder)))
{
    Console.Error.WriteLine($"{options.Gallery ?? options.Folder}: there is no such {(options.Gallery is null ? "folder" : "gallery")}.");
    return 2;
}

// A host that names no address serves this machine alone.
if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
{
    builder.WebHost.UseUrls("http://127.0.0.1:5080");
}

builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = 1024 * 1024; // uploads raise it for themselves
    kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
});

// The gallery: its file, the models of its spaces, and the packages that make them a search engine.
Directory.CreateDirectory(options.Data);
string galleryFile = options.Gallery ?? Path.Combine(options.Data, options.Folder is null ? "gallery.db" : $"folder-{Fingerprint(options.Folder)}.db");
IReadOnlyList<SearchSpace> spaces;
if (options.Gallery is null)
{
    spaces = SearchSpaces.BuiltIn();
}
else
{
    try
    {
        using var logging = LoggerFactory.Create(log => log.AddConsole());
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(galleryFile, new SqliteGalleryOptions { MustExist = true });
        spaces = await SearchSpaces.OfGalleryAsync(store, logging.CreateLogger("SimArt"), CancellationToken.None);
    }
    catch (GalleryStoreException e)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
}

if (spaces.Count == 0)
{
    Console.Error.WriteLine($"{galleryFile}: the gallery has no signatures yet. Add works with 'artsim index'.");
    return 2;
}

ArtSimilarityBuilder artSimilarity = builder.Services.AddArtSimilarity()
    .AddNetVips()
    .AddFastScanIndex()
    .AddSqliteGallery(galleryFile)
    .AddWarmUp();
foreach (SearchSpace space in spaces.Where(space => space.Extractor is not null))
{
    artSimilarity.AddPart(_ => space.Extractor!);
}

builder.Services.AddSingleton<IImageOpener, FileImageOpener>();
builder.Services.AddSingleton(_ =>
{
    var web = new HttpImageOpenerOptions { MaxBytes = options.MaxUploadBytes, AllowPrivateAddresses = options.AllowPrivateAddresses, Timeout = TimeSpan.FromSeconds(15), UserAgent = "SimArt" };
    web.AllowedHosts.UnionWith(options.IiifHostList);
    return new HttpImageOpener(web);
});
builder.Services.AddSingleton(_ => new OnnxImageClassifier(new OnnxImageClassifierOptions()));
builder.Services.AddSingleton(provider => new GalleryBrowser(provider.GetRequiredService<Gallery>().Store));
builder.Services.AddSingleton(provider => new PictureCache(
    provider.GetRequiredService<IImageDecoder>(), provider.GetRequiredService<IImageOpener>(), Path.Combine(options.Data, "cache"), new PictureCacheOptions { MaxBytes = options.MaxCacheBytes }));
builder.Services.AddSingleton(provider => new Collection(
    provider.GetRequiredService<Gallery>(), provider.GetRequiredService<IImageDecoder>(), provider.GetRequiredService<IImageOpener>(), spaces, provider.GetRequiredService<GalleryBrowser>(), provider.GetRequiredService<IOptions<SimArtOptions>>()));
builder.Services.AddSingleton<FolderIndexing>().AddHostedService(provider => provider.GetRequiredService<FolderIndexing>());
builder.Services.AddSingleton<Workshop>().AddSingleton<Uploads>();
builder.Services.AddSingleton<QueryBuilder>().AddSingleton<Explainer>().AddSingleton<Guesser>();

// The web: errors, limits, documentation, health, measurements.
builder.Services.AddProblemDetails();
builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
builder.Services.AddRateLimiter(limiter => Limits.Configure(limiter, options));
builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = options.RequestTimeout });
builder.Services.AddResponseCompression(compression => compression.EnableForHttps = true);
builder.Services.AddOpenApi("v1", api => api.AddDocumentTransformer((document, _, _) =>
{
    document.Info.Title = "SimArt";
    document.Info.Description = "Search in paintings by how they look.";
    document.Servers = null;
    return Task.CompletedTask;
}));
builder.Services.AddHealthChecks().AddGallery();
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("ArtSimilarity*").AddMeter("System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.RateLimiting").AddPrometheusExporter());
builder.Services.AddMcpServer().WithHttpTransport(transport => transport.Stateless = true).WithTools<McpTools>();

WebApplication app = builder.Build();
app.Use(next => context => Protection.AddHeadersAsync(context, next));
app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = ApiException.AnswerAsync, SuppressDiagnosticsCallback = context => context.Exception is ApiException or ImageDecodeException or BadHttpRequestException or OperationCanceledException });
app.UseStatusCodePages();
app.UseResponseCompression();
app.UseStaticFiles();
app.UseRouting();
app.UseRateLimiter();
app.UseRequestTimeouts();

RouteGroupBuilder api = app.MapGroup("/api/v1").WithTags("SimArt");
WorkEndpoints.Map(api);
UploadEndpoints.Map(api);
SearchEndpoints.Map(api);
Explainer.Map(api);
PictureEndpoints.MapApi(api);
GenealogyEndpoints.Map(api);
MapEndpoints.Map(api);
Guesser.Map(api);
ExportEndpoints.Map(api);
PictureEndpoints.Map(app);
IiifEndpoints.Map(app);
app.MapOpenApi();
app.MapHealthChecks("/health");
app.MapPrometheusScrapingEndpoint();
app.MapMcp("/mcp").RequireRateLimiting(Limits.Heavy);
foreach (string page in (string[])["/", "/work", "/search", "/identify", "/compare", "/genealogy", "/path", "/graph", "/map", "/table", "/link", "/about", "/api"])
{
    app.MapGet(page, () => Results.Stream(app.Environment.WebRootFileProvider.GetFileInfo("index.html").CreateReadStream(), "text/html; charset=utf-8")).ExcludeFromDescription();
}

await app.RunAsync();
return 0;

// A name of its own for the gallery of each folder.
static string Fingerprint(string folder) =>
    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))))[..12];
