using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ArtSimilarity.Onnx.Tests;

/// <summary>An HTTP server on 127.0.0.1 that answers each request as a test tells it to, down to the bytes on the wire.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly Func<Request, Response> _answer;
    private readonly Task _accepting;

    public LoopbackServer(Func<Request, Response> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/model.onnx");

    public IReadOnlyList<Request> Requests => [.. _requests];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                Request request = await ReadAsync(stream);
                int number = _requests.Count;
                request = request with { Number = number };
                _requests.Enqueue(request);
                Response response = _answer(request);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(response.Head()), _stop.Token);
                foreach (byte[] chunk in response.Body.Chunk(16 * 1024))
                {
                    await stream.WriteAsync(chunk, _stop.Token);
                    if (response.Pause > TimeSpan.Zero)
                    {
                        await Task.Delay(response.Pause, _stop.Token);
                    }
                }

                if (response.Stalls)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client hung up, or the test is over.
            }
        }
    }

    private async Task<Request> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                throw new IOException("The client hung up.");
            }

            head.Append((char)one[0]);
        }

        string Header(string name) => head.ToString().Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";
        string range = Header("Range");
        long? from = range.Length == 0 ? null : long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        return new Request(0, from, Header("If-Range"));
    }

    internal sealed record Request(int Number, long? From, string IfRange);

    internal sealed record Response(string Status, byte[] Body)
    {
        public long? Length { get; init; } = Body.Length;

        public string? ETag { get; init; }

        public string? ContentRange { get; init; }

        public TimeSpan Pause { get; init; }

        /// <summary>Whether the connection stays open and silent after the body.</summary>
        public bool Stalls { get; init; }

        public static Response Whole(byte[] content, string? etag = "\"one\"") => new("200 OK", content) { ETag = etag };

        public static Response Part(byte[] content, long from, string? etag = "\"one\"") => new("206 Partial Content", content[(int)from..])
        {
            ETag = etag,
            ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}",
        };

        public static Response Error(string status) => new(status, []);

        /// <summary>Announces everything but hangs up, or falls silent, after so many bytes.</summary>
        public Response CutAfter(int bytes, bool stalls = false) => this with { Body = Body[..bytes], Stalls = stalls, Length = Body.Length };

        public string Head()
        {
            var head = new StringBuilder($"HTTP/1.1 {Status}\r\nConnection: close\r\n");
            if (Length is not null)
            {
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Length}\r\n");
            }

            if (ETag is not null)
            {
                head.Append(CultureInfo.InvariantCulture, $"ETag: {ETag}\r\n");
            }

            if (ContentRange is not null)
            {
                head.Append(CultureInfo.InvariantCulture, $"Content-Range: {ContentRange}\r\n");
            }

            return head.Append("\r\n").ToString();
        }
    }
}
