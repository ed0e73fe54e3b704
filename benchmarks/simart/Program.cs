using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

// Measures a running SimArt, and prints Markdown: dotnet run -c Release --project benchmarks/simart -- URL PHOTO.jpg [USERS SECONDS [PROCESS-ID]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [string address, string photo, ..] || !File.Exists(photo))
{
    Console.Error.WriteLine("Give the address of a running SimArt and a photograph (JPEG); then the number of users and the seconds of a load, and the server's process.");
    return 2;
}

int users = args.Length > 2 ? int.Parse(args[2]) : 0, seconds = args.Length > 3 ? int.Parse(args[3]) : 0;
int? server = args.Length > 4 ? int.Parse(args[4]) : null;
using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200 }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
JsonElement gallery = await client.GetFromJsonAsync<JsonElement>("/api/v1/gallery");
int works = gallery.GetProperty("works").GetInt32();
var random = new Random(1);
List<string> keys = [];
for (int i = 0; i < 40; i++)
{
    JsonElement page = await client.GetFromJsonAsync<JsonElement>($"/api/v1/works?limit=10&offset={random.Next(Math.Max(1, works - 10))}");
    keys.AddRange(page.GetProperty("items").EnumerateArray().Select(work => work.GetProperty("key").GetString()!));
}

byte[] picture = await File.ReadAllBytesAsync(photo);
Console.WriteLine($"{works:N0} works, {Environment.ProcessorCount} processors, {picture.Length / 1024:N0} kB photograph.");
Console.WriteLine();
Console.WriteLine("| request, one after the other | median ms | 95 % | requests |");
Console.WriteLine("|---|--:|--:|--:|");
await MeasureAsync("search by work, k = 24", 200, () => SearchAsync(Key()));
await MeasureAsync("the same with ranks both ways", 100, () => SearchAsync(Key(), ranks: true));
await MeasureAsync("search by work in both spaces", 100, () => SearchAsync(Key(), gallery));
await MeasureAsync("upload and search by it", 40, async () =>
{
    string upload = await UploadAsync();
    await SearchAsync(null, null, upload);
});
await MeasureAsync("explanation of two works", 60, () => PostAsync("/api/v1/explain", new { a = new { key = Key() }, b = new { key = Key() } }));
await MeasureAsync("page of 60 works", 60, () => GetAsync("/api/v1/works?limit=60&offset=" + Random.Shared.Next(Math.Max(1, works - 60))));
await MeasureAsync("facets", 40, () => GetAsync("/api/v1/facets"));
await MeasureAsync("earlier and later works", 60, () => GetAsync("/api/v1/genealogy?key=" + Uri.EscapeDataString(Key())), mayBeRefused: true);
if (users == 0)
{
    return 0;
}

// A visitor looks at a page, at some thumbnails, at look-alikes, now and then at an explanation or with a picture of their own, and thinks in between.
var times = new ConcurrentBag<double>();
var errors = new ConcurrentDictionary<string, int>();
long begin = Stopwatch.GetTimestamp();
List<long> memory = [];
Task watching = Task.Run(async () =>
{
    while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
    {
        if (server is int id)
        {
            using Process process = Process.GetProcessById(id);
            memory.Add(process.WorkingSet64);
        }

        await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, seconds / 10.0)));
    }
});
await Task.WhenAll(Enumerable.Range(0, users).Select(user => Task.Run(async () =>
{
    var chance = new Random(user);
    while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
    {
        await TimedAsync("page", () => GetAsync($"/api/v1/works?limit=60&offset={chance.Next(Math.Max(1, works - 60))}"));
        await TimedAsync("search", () => SearchAsync(keys[chance.Next(keys.Count)]));
        for (int i = 0; i < 5; i++)
        {
            await TimedAsync("thumbnail", () => GetAsync($"/images?key={Uri.EscapeDataString(keys[chance.Next(keys.Count)])}"));
        }

        if (chance.Next(5) == 0)
        {
            await TimedAsync("explain", () => PostAsync("/api/v1/explain", new { a = new { key = keys[chance.Next(keys.Count)] }, b = new { key = keys[chance.Next(keys.Count)] } }));
        }

        if (chance.Next(10) == 0)
        {
            await TimedAsync("upload", async () => await SearchAsync(null, null, await UploadAsync()));
        }

        await Task.Delay(chance.Next(500, 3000));
    }
})));
await watching;
double[] sorted = [.. times.Order()];
Console.WriteLine();
Console.WriteLine($"{users} users for {seconds} s: {sorted.Length:N0} requests, {sorted.Length / (double)seconds:0} a second, {errors.Values.Sum()} errors, median {sorted[sorted.Length / 2]:0} ms, p95 {sorted[(int)(sorted.Length * 0.95)]:0} ms, p99 {sorted[(int)(sorted.Length * 0.99)]:0} ms.");
if (memory.Count > 0)
{
    Console.WriteLine($"Working set of the server over that time: {string.Join(", ", memory.Select(bytes => $"{bytes / 1024 / 1024}"))} MB.");
}

foreach ((string error, int count) in errors)
{
    Console.WriteLine($"- {count} × {error}");
}

return errors.IsEmpty ? 0 : 1;

string Key() => keys[random.Next(keys.Count)];

async Task TimedAsync(string what, Func<Task> ask)
{
    long start = Stopwatch.GetTimestamp();
    try
    {
        await ask();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
    {
        errors.AddOrUpdate($"{what}: {e.Message}", 1, (_, count) => count + 1);
    }
}

async Task MeasureAsync(string what, int count, Func<Task> ask, bool mayBeRefused = false)
{
    List<double> measured = [];
    for (int i = 0; i < count + 3; i++)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await ask();
        }
        catch (HttpRequestException) when (mayBeRefused)
        {
            continue;
        }

        if (i >= 3)
        {
            measured.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    measured.Sort();
    Console.WriteLine($"| {what} | {measured[measured.Count / 2]:0.0} | {measured[(int)(measured.Count * 0.95)]:0.0} | {measured.Count} |");
}

Task SearchAsync(string? key, JsonElement? both = null, string? upload = null, bool ranks = false) => PostAsync("/api/v1/search", new
{
    parts = new object[] { upload is null ? new { key } : new { upload } },
    k = 24,
    ranks,
    spaces = both is JsonElement all ? all.GetProperty("spaces").EnumerateArray().Select(space => new { id = space.GetProperty("id").GetString(), weight = 1 }).ToArray() : null,
});

async Task<string> UploadAsync()
{
    using var content = new ByteArrayContent(picture);
    content.Headers.TryAddWithoutValidation("Content-Type", "image/jpeg");
    using HttpResponseMessage answer = await client.PostAsync("/api/v1/uploads", content);
    answer.EnsureSuccessStatusCode();
    return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
}

async Task PostAsync(string path, object body)
{
    using HttpResponseMessage answer = await client.PostAsJsonAsync(path, body);
    answer.EnsureSuccessStatusCode();
    await answer.Content.ReadAsByteArrayAsync();
}

async Task GetAsync(string path)
{
    using HttpResponseMessage answer = await client.GetAsync(path);
    answer.EnsureSuccessStatusCode();
    await answer.Content.ReadAsByteArrayAsync();
}
