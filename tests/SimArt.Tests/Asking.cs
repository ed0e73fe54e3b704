using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace SimArt.Tests;

/// <summary>Short ways to ask a server.</summary>
internal static class Asking
{
    public static async Task<JsonElement> GetAsync(this SimArtServer server, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return await ReadAsync(answer, expected);
    }

    public static async Task<JsonElement> PostAsync(this SimArtServer server, string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage answer = await server.Client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        return await ReadAsync(answer, expected);
    }

    public static async Task<HttpResponseMessage> UploadAsync(this SimArtServer server, byte[] bytes, string type = "image/jpeg")
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await server.Client.PostAsync("/api/v1/uploads", content, TestContext.Current.CancellationToken);
    }

    public static async Task<string> UploadedAsync(this SimArtServer server, byte[] bytes)
    {
        using HttpResponseMessage answer = await server.UploadAsync(bytes);
        return (await ReadAsync(answer, HttpStatusCode.OK)).GetProperty("id").GetString()!;
    }

    public static async Task<byte[]> BytesAsync(this SimArtServer server, string path) => await server.Client.GetByteArrayAsync(path, TestContext.Current.CancellationToken);

    public static string[] Keys(this JsonElement answer) => [.. answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("work").GetProperty("key").GetString()!)];

    public static string Quoted(string text) => Uri.EscapeDataString(text);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
