using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace SimArt.Api;

/// <summary>Visitors' pictures: from their devices, or by IIIF from hosts that are allowed.</summary>
internal static class UploadEndpoints
{
    private const int PreviewSide = 1280, MaxManifestBytes = 4 * 1024 * 1024;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/uploads", UploadAsync).Accepts<IFormFile>("multipart/form-data", "image/*", "application/octet-stream")
            .WithSummary("Gives a picture to ask with. It lives in memory for a while, and is written nowhere.").DisableAntiforgery().RequireRateLimiting(Limits.Uploads);
        api.MapPost("/uploads/iiif", FetchAsync).WithSummary("Takes a picture from a IIIF service or manifest of an allowed host.").RequireRateLimiting(Limits.Uploads);
        api.MapGet("/uploads/{id}", (string id, Uploads uploads) => Describe(uploads.Get(id, "id"))).WithSummary("A picture that was given.");
        api.MapGet("/uploads/{id}/image", Preview).WithSummary("The picture to show: a JPEG.");
        api.MapDelete("/uploads/{id}", Forget).WithSummary("Forgets a picture at once.");
    }

    private static async Task<UploadAnswer> UploadAsync(
        HttpRequest request, Uploads uploads, Workshop workshop, IOptions<SimArtOptions> options, CancellationToken cancellationToken)
    {
        long limit = options.Value.MaxUploadBytes;
        if (request.ContentLength > limit + 4096)
        {
            throw new ApiException(StatusCodes.Status413PayloadTooLarge, "Too large", $"A picture may have {limit / 1024 / 1024} MB at most.", "file");
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit + 4096; // the boundaries of a form
        }

        MediaTypeHeaderValue? type = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? known) ? known : null;
        Stream body = type?.MediaType.Value?.ToLowerInvariant() switch
        {
            "multipart/form-data" when HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 } boundary =>
                await FileOfFormAsync(new MultipartReader(boundary, request.Body), cancellationToken),
            null or "application/octet-stream" => request.Body,
            string image when image.StartsWith("image/", StringComparison.Ordinal) => request.Body,
            string other => throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Not a picture", $"'{Shown.Text(other)}' is no type of picture.", "file"),
        };
        ImageSource picture = await ImageSource.FromStreamAsync(body, Upload.Name, limit, cancellationToken);
        return await KeepAsync(await picture.ReadBytesAsync(limit, cancellationToken), uploads, workshop, cancellationToken);
    }

    private static async Task<UploadAnswer> FetchAsync(
        IiifRequest request, Uploads uploads, Workshop workshop, HttpImageOpener web, IOptions<SimArtOptions> options, CancellationToken cancellationToken)
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
                uri = WebAddress(IiifManifest.FindFirstImage(await manifest.ReadBytesAsync(MaxManifestBytes, cancellationToken)).AbsoluteUri);
            }

            ImageSource picture = await web.OpenAsync(uri, new ImageSize(PreviewSide, PreviewSide), cancellationToken);
            return await KeepAsync(await picture.ReadBytesAsync(options.Value.MaxUploadBytes, cancellationToken), uploads, workshop, cancellationToken);
        }
        catch (ImageDecodeException e) when (e.Error == ImageDecodeError.Refused)
        {
            throw new ApiException(StatusCodes.Status403Forbidden, "Not allowed", $"Pictures may come from {string.Join(", ", options.Value.IiifHostList)} only.", "uri");
        }
        catch (ImageDecodeException e) when (e.Error == ImageDecodeError.Unreadable)
        {
            throw new ApiException(StatusCodes.Status502BadGateway, "No answer", "The host of the picture does not give it.", "uri");
        }
        catch (FormatException)
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
    private static async Task<UploadAnswer> KeepAsync(ReadOnlyMemory<byte> bytes, Uploads uploads, Workshop workshop, CancellationToken cancellationToken)
    {
        Upload upload = await workshop.RunAsync(
            async ct =>
            {
                ImageSource source = ImageSource.FromBytes(bytes, Upload.Name);
                using RgbImage shown = await uploads.Decoder.DecodeAsync(source, new ImageSize(PreviewSide / 2, PreviewSide / 2), null, ct);
                return new Upload(Uploads.NewId(), bytes, shown.Size, NetVipsImageEncoder.EncodeJpeg(shown, PreviewSide), uploads.NextExpiry, shown.Damage is string damage ? [damage] : []);
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

    private static string WebAddress(string? uri) =>
        uri is { Length: <= 2000 } && Uri.TryCreate(uri, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
            ? address.AbsoluteUri
            : throw ApiException.BadRequest("A picture on the web has an address that begins with https:// or http://.", "uri");
}
