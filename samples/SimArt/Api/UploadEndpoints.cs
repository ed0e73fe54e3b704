using System.Text.Json;
using ArtSimilarity.Imaging;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SimArt.Collections;
using SimArt.Pictures;

namespace SimArt.Api;

/// <summary>Visitors' pictures: from their devices, or by IIIF from hosts that are allowed.</summary>
internal static class UploadEndpoints
{
    private const int PreviewSide = 1280, MaxManifestBytes = 4 * 1024 * 1024;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/uploads", UploadAsync).Accepts<IFormFile>("multipart/form-data", "image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/avif", "image/heic")
            .WithSummary("Gives a picture to ask with. It lives in memory for a while, and is written nowhere.").DisableAntiforgery().RequireRateLimiting(Limits.Uploads);
        api.MapPost("/uploads/iiif", FetchAsync).WithSummary("Takes a picture from a IIIF service or manifest of an allowed host.").RequireRateLimiting(Limits.Uploads);
        api.MapGet("/uploads/{id}", (string id, Uploads uploads) => Describe(uploads.Get(id, "id"))).WithSummary("A picture that was given.");
        api.MapGet("/uploads/{id}/image", Preview).WithSummary("The picture to show: a JPEG.");
        api.MapDelete("/uploads/{id}", Forget).WithSummary("Forgets a picture at once.");
    }

    private static async Task<UploadAnswer> UploadAsync(
        HttpRequest request, Collection collection, Uploads uploads, Workshop workshop, IOptions<SimArtOptions> options, CancellationToken cancellationToken)
    {
        long limit = options.Value.MaxUploadBytes;
        if (request.ContentLength > limit + 4096)
        {
            throw TooLong(limit);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit + 4096; // the boundaries of a form
        }

        using var bytes = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 0, 0, limit));
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type);
        if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true && HeaderUtilities.RemoveQuotes(type.Boundary).Value is string boundary)
        {
            await CopyAsync(await FileOfFormAsync(new MultipartReader(boundary, request.Body), cancellationToken), bytes, limit, cancellationToken);
        }
        else if (type is null || type.MediaType.StartsWith("image/", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase))
        {
            await CopyAsync(request.Body, bytes, limit, cancellationToken);
        }
        else
        {
            throw NotAnImage($"'{Shown.Text(type.MediaType.Value)}' is no type of picture.");
        }

        return await KeepAsync(bytes.ToArray(), collection, uploads, workshop, cancellationToken);
    }

    private static async Task<UploadAnswer> FetchAsync(
        IiifRequest request, Collection collection, Uploads uploads, Workshop workshop, HttpImageOpener web, IOptions<SimArtOptions> options, CancellationToken cancellationToken)
    {
        if (options.Value.IiifHostList.Count == 0)
        {
            throw new ApiException(StatusCodes.Status403Forbidden, "Not allowed", "This server takes no pictures from the web.", "uri");
        }

        string uri = WebAddress(request.Uri);
        try
        {
            if (!uri.Contains("/info.json", StringComparison.Ordinal) && (uri.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || uri.Contains("manifest", StringComparison.OrdinalIgnoreCase)))
            {
                ImageSource manifest = await web.OpenAsync(uri, null, cancellationToken);
                uri = WebAddress(IiifManifest.FirstImage(await manifest.ReadBytesAsync(MaxManifestBytes, cancellationToken)));
            }

            ImageSource picture = await web.OpenAsync(uri, new ImageSize(PreviewSide, PreviewSide), cancellationToken);
            return await KeepAsync(await picture.ReadBytesAsync(options.Value.MaxUploadBytes, cancellationToken), collection, uploads, workshop, cancellationToken);
        }
        catch (ImageDecodeException e) when (e.Error == ImageDecodeError.Refused)
        {
            throw new ApiException(StatusCodes.Status403Forbidden, "Not allowed", $"Pictures may come from {string.Join(", ", options.Value.IiifHostList)} only.", "uri");
        }
        catch (ImageDecodeException e) when (e.Error == ImageDecodeError.Unreadable)
        {
            throw new ApiException(StatusCodes.Status502BadGateway, "No answer", "The host of the picture does not give it.", "uri");
        }
        catch (JsonException)
        {
            throw ApiException.BadRequest("This is no IIIF manifest with a picture in it.", "uri");
        }
    }

    private static IResult Preview(string id, Uploads uploads, HttpResponse response)
    {
        response.Headers.CacheControl = "private, no-store";
        return Results.Bytes(uploads.Get(id, "id").Preview, "image/jpeg");
    }

    private static IResult Forget(string id, Uploads uploads)
    {
        uploads.Remove(id);
        return Results.NoContent();
    }

    /// <summary>Decodes a picture once, to be sure of it and to show it, and keeps it in memory.</summary>
    private static async Task<UploadAnswer> KeepAsync(ReadOnlyMemory<byte> bytes, Collection collection, Uploads uploads, Workshop workshop, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
        {
            throw ApiException.BadRequest("There is no picture in the request.", "file");
        }

        Upload upload = await workshop.RunAsync(
            async ct =>
            {
                ImageSource source = ImageSource.FromBytes(bytes, "the upload");
                using RgbImage shown = await collection.Decoder.DecodeAsync(source, new ImageSize(PreviewSide / 2, PreviewSide / 2), null, ct);
                return new Upload(Uploads.NewId(), bytes, shown.Size, JpegWriter.Fit(shown, PreviewSide), uploads.NextExpiry, shown.Damage is string damage ? [damage] : []);
            },
            cancellationToken);
        uploads.Add(upload);
        return Describe(upload);
    }

    private static UploadAnswer Describe(Upload upload) =>
        new(upload.Id, upload.Size.Width, upload.Size.Height, $"/api/v1/uploads/{upload.Id}/image", upload.Expires, upload.Warnings);

    private static async Task<Stream> FileOfFormAsync(MultipartReader form, CancellationToken cancellationToken)
    {
        while (await form.ReadNextSectionAsync(cancellationToken) is MultipartSection section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) && disposition.IsFileDisposition())
            {
                return section.Body;
            }
        }

        throw ApiException.BadRequest("There is no file in the form.", "file");
    }

    private static async Task CopyAsync(Stream from, MemoryStream to, long limit, CancellationToken cancellationToken)
    {
        var buffer = new byte[81920];
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (to.Length + read > limit)
            {
                throw TooLong(limit);
            }

            to.Write(buffer, 0, read);
        }
    }

    private static string WebAddress(string? uri) =>
        uri is { Length: <= 2000 } && Uri.TryCreate(uri, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
            ? address.AbsoluteUri
            : throw ApiException.BadRequest("A picture on the web has an address that begins with https:// or http://.", "uri");

    private static ApiException TooLong(long limit) =>
        new(StatusCodes.Status413PayloadTooLarge, "Too large", $"A picture may have {limit / 1024 / 1024} MB at most.", "file");

    private static ApiException NotAnImage(string detail) => new(StatusCodes.Status415UnsupportedMediaType, "Not a picture", detail, "file");
}
