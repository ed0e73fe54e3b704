using ArtSimilarity;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Finds the five pictures of a folder that look most like its first: dotnet run --project samples/ArtSimilarity.HostSample -- FOLDER
if (args is not [string folder] || !Directory.Exists(folder))
{
    Console.Error.WriteLine("Give a folder of images.");
    return 2;
}

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddArtSimilarity().AddNetVips().AddClassicalFeatureExtractor().AddFastScanIndex().AddSqliteGallery("gallery.db");
using IHost host = builder.Build();

Gallery gallery = host.Services.GetRequiredService<Gallery>();
PaintingImage[] works = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
    .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png" or ".webp")
    .Select(file => new PaintingImage(new Painting(Path.GetFullPath(file)) { ImageUri = Path.GetFullPath(file) }, ImageSource.FromFile(file)))];
AddReport report = await gallery.AddAsync(works);
Console.WriteLine($"Added {report.Added}, skipped {report.Skipped} that were there, {report.Failures.Count} failed.");

string first = works.First(work => report.Failures.All(failure => failure.Key != work.Painting.Key)).Painting.Key;
foreach (SimilarPainting found in (await gallery.SearchByKeyAsync(first, 5)).Results)
{
    Console.WriteLine($"{found.Distance:0.000}  {found.Painting.Key}");
}

return 0;
