using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace SimArt.Api;

/// <summary>How much one address may ask for. The rest waits or is refused with 429 and the time to wait.</summary>
internal static class Limits
{
    public const string Uploads = "uploads", Heavy = "heavy";

    private const int HeavyAtOnce = 4, HeavyWaiting = 200;

    public static void Configure(RateLimiterOptions limiter, SimArtOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/mcp") || context.Request.Path.StartsWithSegments("/iiif/collection")
                ? RateLimitPartition.GetFixedWindowLimiter(Address(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = options.RequestsPerTenSeconds, Window = TimeSpan.FromSeconds(10) })
                : RateLimitPartition.GetNoLimiter(""));
        limiter.AddPolicy(Uploads, context => RateLimitPartition.GetFixedWindowLimiter(
            Address(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = options.UploadsPerMinute, Window = TimeSpan.FromMinutes(1) }));
        limiter.AddPolicy(Heavy, _ => RateLimitPartition.GetConcurrencyLimiter("", _ => new ConcurrencyLimiterOptions { PermitLimit = HeavyAtOnce, QueueLimit = HeavyWaiting }));
        limiter.OnRejected = (context, cancellationToken) =>
        {
            int seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
            context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
    }

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";
}
