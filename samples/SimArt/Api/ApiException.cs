namespace SimArt.Api;

/// <summary>A request that cannot be answered, in words for its sender.</summary>
internal sealed class ApiException(int status, string title, string detail, string? at = null) : Exception(detail)
{
    public int Status => status;

    public string Title => title;

    /// <summary>The field or parameter at fault.</summary>
    public string? Field => at;

    public static ApiException BadRequest(string detail, string? field = null) => new(StatusCodes.Status400BadRequest, "Bad request", detail, field);

    public static ApiException NotFound(string detail, string? field = null) => new(StatusCodes.Status404NotFound, "Not found", detail, field);
}
