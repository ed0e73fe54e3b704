using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace SimArt.Api;

/// <summary>A request that cannot be answered, in words for its sender; and how answers tell what went wrong.</summary>
internal sealed class ApiException(int status, string title, string detail, string? at = null) : Exception(detail)
{
    public int Status => status;

    public string Title => title;

    /// <summary>The field or parameter at fault.</summary>
    public string? Field => at;

    public static ApiException BadRequest(string detail, string? field = null) => new(StatusCodes.Status400BadRequest, "Bad request", detail, field);

    public static ApiException NotFound(string detail, string? field = null) => new(StatusCodes.Status404NotFound, "Not found", detail, field);

    /// <summary>Turns what went wrong into problem details. What names files of the host is said in other words.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        Exception? error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        error = error is ImageDecodeException { InnerException: BadHttpRequestException request } ? request : error; // the upload broke off, not the picture
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
            InvalidDataException or IOException when context.Request.HasFormContentType => BadRequest("The form cannot be read.", "file"),
            ImageDecodeException { Error: ImageDecodeError.Unreadable, ImageName: not Upload.Name } => NotFound("The picture of the work is not where it was."),
            ImageDecodeException image => new(
                image.Error == ImageDecodeError.LimitExceeded ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity, "The picture cannot be used", $"{char.ToUpperInvariant(image.Reason[0])}{image.Reason[1..].TrimEnd('.')}.", "upload"),
            PaintingNotFoundException => NotFound("The work is not in the gallery any more.", "key"),
            FeatureSpaceMismatchException => new(StatusCodes.Status409Conflict, "No signatures", "The gallery has no signatures in this space yet.", "space"),
            GalleryStoreException => new(StatusCodes.Status503ServiceUnavailable, "The gallery does not answer", "The gallery cannot be read at the moment."),
            OperationCanceledException => new(StatusCodes.Status504GatewayTimeout, "Too slow", "This took longer than a request may."),
            ArgumentException => BadRequest("A value is outside its range."),
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
