using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace SimArt.Api;

/// <summary>What every answer carries, and what strangers read of errors.</summary>
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

    /// <summary>Turns what went wrong into problem details. What names files of the host is said in other words.</summary>
    public static async Task AnswerErrorAsync(HttpContext context)
    {
        Exception? error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (error is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody listens any more
        }

        ApiException told = error switch
        {
            ApiException known => known,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(StatusCodes.Status413PayloadTooLarge, "Too large", "The request is longer than this server takes."),
            BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(StatusCodes.Status408RequestTimeout, "Too slow", "The request did not come whole in time."),
            BadHttpRequestException bad => new(bad.StatusCode, "Bad request", "The request cannot be read. A parameter or the JSON document is not as the API describes it."),
            InvalidDataException or IOException when context.Request.HasFormContentType => ApiException.BadRequest("The form cannot be read.", "file"),
            ImageDecodeException { Error: ImageDecodeError.Unreadable, ImageName: not Upload.Name } => ApiException.NotFound("The picture of the work is not where it was."),
            ImageDecodeException image => new(
                image.Error == ImageDecodeError.LimitExceeded ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity, "The picture cannot be used", $"{char.ToUpperInvariant(image.Reason[0])}{image.Reason[1..].TrimEnd('.')}.", "upload"),
            PaintingNotFoundException => ApiException.NotFound("The work is not in the gallery any more.", "key"),
            FeatureSpaceMismatchException => new(StatusCodes.Status409Conflict, "No signatures", "The gallery has no signatures in this space yet.", "space"),
            GalleryStoreException => new(StatusCodes.Status503ServiceUnavailable, "The gallery does not answer", "The gallery cannot be read at the moment."),
            OperationCanceledException => new(StatusCodes.Status504GatewayTimeout, "Too slow", "This took longer than a request may."),
            ArgumentException => ApiException.BadRequest("A value is outside its range."),
            _ => new(StatusCodes.Status500InternalServerError, "Something went wrong", "The server's log says what."),
        };
        context.Response.StatusCode = told.Status;
        var problem = new ProblemDetails { Status = told.Status, Title = told.Title, Detail = told.Message };
        if (told.Field is not null)
        {
            problem.Extensions["field"] = told.Field;
        }

        await Results.Problem(problem).ExecuteAsync(context);
    }
}
