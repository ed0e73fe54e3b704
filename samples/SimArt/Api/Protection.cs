namespace SimArt.Api;

/// <summary>What every answer carries, and who may act here.</summary>
internal static class Protection
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

    public static Task AddHeadersAsync(HttpContext context, RequestDelegate next)
    {
        // When the answer begins: whoever turns an exception into an answer clears the headers first.
        context.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers.CacheControl = headers.CacheControl.Count == 0 && context.Request.Path.StartsWithSegments("/api") ? "no-store" : headers.CacheControl;
            return Task.CompletedTask;
        });

        // A page of another site may link to this one, but not act in it: simple forms need no permission otherwise.
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && (string?)context.Request.Headers["Sec-Fetch-Site"] is "cross-site" or "same-site")
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    }
}
