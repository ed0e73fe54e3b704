using ArtSimilarity;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

// Two galleries in one host, by colour and by genre, with warm-up, health checks and OpenTelemetry on the console:
// dotnet run --project samples/ArtSimilarity.TwoGalleries -- FOLDER
if (args is not [string folder] || !Directory.Exists(folder))
{
    Console.Error.WriteLine("Give a folder of images.");
    return 2;
}

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("ArtSimilarity", LogLevel.Information);
builder.Services.AddArtSimilarity().AddNetVips().AddFastScanIndex(); // both galleries take these
builder.Services.AddArtSimilarity("colours").AddClassicalFeatureExtractor().AddSqliteGallery("colours.db").AddWarmUp();
builder.Services.AddArtSimilarity("genres", options => options.BatchSize = 8).AddOnnxFeatureExtractor().AddSqliteGallery("genres.db").AddWarmUp();
builder.Services.AddHealthChecks().AddGallery("colours").AddGallery("genres");
builder.Services.AddOpenTelemetry()
    .WithMetrics(metrics => metrics.AddMeter(ArtSimilarityTelemetry.MeterName).AddConsoleExporter())
    .WithTracing(traces => traces.AddSource(ArtSimilarityTelemetry.ActivitySourceName).AddConsoleExporter());
using IHost host = builder.Build();
await host.StartAsync();

PaintingImage[] works = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
    .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png" or ".webp")
    .Select(file => new PaintingImage(new Painting(Path.GetFileName(file)) { ImageUri = Path.GetFullPath(file) }, ImageSource.FromFile(file)))];
foreach (string name in new[] { "colours", "genres" })
{
    Gallery gallery = host.Services.GetRequiredKeyedService<Gallery>(name);
    AddReport report = await gallery.AddAsync(works);
    Console.WriteLine($"{name}: added {report.Added}, skipped {report.Skipped} that were there, {report.Failures.Count} failed.");
    string first = works.First(work => report.Failures.All(failure => failure.Key != work.Painting.Key)).Painting.Key;
    foreach (SimilarPainting found in (await gallery.SearchByKeyAsync(first, 3)).Results)
    {
        Console.WriteLine($"{name}: {first} → {found.Painting.Key} at {found.Distance:0.000}");
    }
}

HealthReport health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
foreach ((string name, HealthReportEntry entry) in health.Entries)
{
    Console.WriteLine($"{name}: {entry.Status}. {entry.Description}");
}

await host.StopAsync(); // sends the last measurements
return 0;
