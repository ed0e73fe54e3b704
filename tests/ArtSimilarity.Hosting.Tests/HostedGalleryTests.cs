using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace ArtSimilarity.Hosting.Tests;

public sealed class HostedGalleryTests : IDisposable
{
    private static readonly FeatureSpace Space = new("test#1", "none", 8);
    private readonly string _folder = Directory.CreateTempSubdirectory("hosted-gallery-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_warm_up_builds_the_index_and_the_gallery_is_healthy()
    {
        string path = await FillAsync("a.db");
        using IHost host = Build(services =>
        {
            services.AddArtSimilarity("a", options => options.ApproximateFrom = 100).AddSqliteGallery(path).AddFastScanIndex().AddWarmUp().AddWarmUp();
            services.AddHealthChecks().AddGallery("a");
        });
        await host.StartAsync(Cancellation);
        HealthReportEntry entry = await WaitForAsync(host, "a", HealthStatus.Healthy);
        Assert.Equal(300, entry.Data[$"signatures of {Space}"]);
        Assert.Equal("fastscan: current, built over 300", entry.Data[$"index of {Space}"]);
        Assert.NotEmpty(Directory.EnumerateFiles(path + ".index", "*.fastscan"));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_gallery_that_cannot_be_opened_is_unhealthy_and_the_host_goes_on()
    {
        string path = await FillAsync("good.db"), missing = Path.Combine(_folder, "missing.db");
        using IHost host = Build(services =>
        {
            services.AddArtSimilarity("good").AddSqliteGallery(path).AddWarmUp();
            services.AddArtSimilarity("bad").AddSqliteGallery(missing, options => options.MustExist = true).AddWarmUp();
            services.AddHealthChecks().AddGallery("good").AddGallery("bad", HealthStatus.Degraded);
        });
        await host.StartAsync(Cancellation);
        await WaitForAsync(host, "good", HealthStatus.Healthy);
        HealthReportEntry bad = await WaitForAsync(host, "bad", HealthStatus.Degraded);
        Assert.Contains("missing.db", bad.Exception!.Message, StringComparison.Ordinal);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_failed_warm_up_degrades_the_gallery()
    {
        string path = await FillAsync("a.db");
        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            await connection.OpenAsync(Cancellation);
            await using SqliteCommand damage = connection.CreateCommand();
            damage.CommandText = "UPDATE signatures SET checksum = checksum + 1 WHERE work_id = (SELECT id FROM works WHERE key = '7')";
            Assert.Equal(1, await damage.ExecuteNonQueryAsync(Cancellation));
        }

        using IHost host = Build(services =>
        {
            services.AddSingleton<TimeProvider>(new ShortClock());
            services.AddArtSimilarity("a").AddSqliteGallery(path).AddWarmUp();
            services.AddHealthChecks().AddGallery("a");
        });
        await host.StartAsync(Cancellation);
        HealthReportEntry entry = await WaitForAsync(host, "a", HealthStatus.Degraded, entry => entry.Exception is not null);
        Assert.IsType<GalleryStoreException>(entry.Exception);

        // What is mended is noticed: here the works of the damaged signature are removed.
        await host.Services.GetRequiredKeyedService<Gallery>("a").RemoveAsync(["7"], Cancellation);
        await WaitForAsync(host, "a", HealthStatus.Healthy);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task An_index_that_cannot_be_built_is_logged_once_for_each_try()
    {
        string path = await FillAsync("a.db");
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(path))
        {
            await store.WriteAsync([new GalleryEntry(new Painting("spoilt"), new string('0', 64), [new Signature(Space, Vector(new Random(2)))])], Cancellation);
        }

        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            await connection.OpenAsync(Cancellation);
            await using SqliteCommand damage = connection.CreateCommand();
            damage.CommandText = "UPDATE signatures SET checksum = checksum + 1 WHERE work_id = (SELECT id FROM works WHERE key = 'spoilt')";
            Assert.Equal(1, await damage.ExecuteNonQueryAsync(Cancellation));
        }

        var log = new ListLoggerProvider();
        using IHost host = Build(
            services =>
            {
                services.AddArtSimilarity("a", options => options.ApproximateFrom = 100).AddSqliteGallery(path).AddFastScanIndex().AddWarmUp();
                services.AddHealthChecks().AddGallery("a");
            },
            log);
        await host.StartAsync(Cancellation);
        await WaitForAsync(host, "a", HealthStatus.Degraded, entry => entry.Exception is not null);
        while (!log.Entries.Any(entry => entry.Level >= LogLevel.Warning))
        {
            await Task.Delay(10, Cancellation);
        }

        await host.StopAsync(Cancellation);
        (LogLevel level, string message, Exception? cause) = Assert.Single(log.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("could not be prepared", message, StringComparison.Ordinal);
        Assert.IsType<GalleryStoreException>(cause);
    }

    [Fact]
    public async Task A_gallery_is_healthy_while_its_index_is_built_and_degraded_when_the_build_has_failed()
    {
        string path = await FillAsync("a.db");
        var provider = new HeldIndexProvider();
        using IHost host = Build(services =>
        {
            services.AddArtSimilarity("a", options => options.ApproximateFrom = 100).AddSqliteGallery(path).AddPart<IVectorIndexProvider>(_ => provider);
            services.AddHealthChecks().AddGallery("a");
        });
        await host.StartAsync(Cancellation);
        Gallery gallery = host.Services.GetRequiredKeyedService<Gallery>("a");
        HealthReportEntry before = await WaitForAsync(host, "a", HealthStatus.Healthy);
        Assert.Equal("held: not open yet", before.Data[$"index of {Space}"]);

        Task preparing = gallery.PrepareAsync(Space, null, Cancellation);
        HealthReportEntry building = await WaitForAsync(host, "a", HealthStatus.Healthy, entry => !Equals(entry.Data[$"index of {Space}"], before.Data[$"index of {Space}"]));
        Assert.StartsWith("held: building", (string)building.Data[$"index of {Space}"], StringComparison.Ordinal);

        provider.Fail();
        await Assert.ThrowsAsync<InvalidDataException>(() => preparing);
        HealthReportEntry failed = await WaitForAsync(host, "a", HealthStatus.Degraded);
        Assert.IsType<InvalidDataException>(failed.Exception);
        Assert.Contains("There is no room for the index.", (string)failed.Data[$"index of {Space}"], StringComparison.Ordinal);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task The_host_refuses_to_start_with_options_out_of_range()
    {
        using IHost host = Build(services => services.AddArtSimilarity("a", options => options.BatchSize = 0).AddInMemoryGallery());
        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Equal("a", refusal.OptionsName);
        Assert.Contains("BatchSize", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_of_a_gallery_that_is_not_registered_is_refused()
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddHealthChecks().AddGallery("none"));
        Assert.Contains("'none'", refusal.Message, StringComparison.Ordinal);
    }

    private static IHost Build(Action<IServiceCollection> configure, ILoggerProvider? log = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        configure(builder.Services);
        return builder.Build();
    }

    private static async Task<HealthReportEntry> WaitForAsync(IHost host, string name, HealthStatus status, Func<HealthReportEntry, bool>? also = null)
    {
        while (true)
        {
            HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
            HealthReportEntry entry = report.Entries[name];
            if (entry.Status == status && also?.Invoke(entry) != false)
            {
                return entry;
            }

            await Task.Delay(20, Cancellation);
        }
    }

    private async Task<string> FillAsync(string name)
    {
        string path = Path.Combine(_folder, name);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        var random = new Random(1);
        await store.WriteAsync(
            [.. Enumerable.Range(0, 300).Select(i => new GalleryEntry(new Painting($"{i}"), new string('0', 64), [new Signature(Space, Vector(random))]))], Cancellation);
        return path;
    }

    private static float[] Vector(Random random) => [.. Enumerable.Range(0, Space.Dimensions).Select(_ => random.NextSingle() - 0.5f)];
}
