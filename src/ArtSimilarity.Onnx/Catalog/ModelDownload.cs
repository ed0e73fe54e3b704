using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace ArtSimilarity.Onnx.Catalog;

/// <summary>One download of one model, by a caller that holds the model's lock.</summary>
/// <remarks>
/// Beside the partial file lies a note of the address and the strong ETag it came with, so that only bytes of the same file are
/// appended to it (If-Range). Whatever servers claim, the SHA-256 of the whole decides.
/// </remarks>
internal sealed class ModelDownload(ModelDescription model, string path, ModelCatalogOptions options, IProgress<ModelDownloadProgress>? progress)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);
    private static readonly Lazy<HttpClient> OwnClient = new(() => new HttpClient { Timeout = Timeout.InfiniteTimeSpan });

    private readonly string _partialPath = path + ".partial";
    private readonly string _originPath = path + ".origin";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        Exception? cause = null;
        foreach (Uri uri in model.Uris)
        {
            TimeSpan delay = options.RetryDelay;
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    await AttemptAsync(uri, cancellationToken).ConfigureAwait(false);
                    return;
                }
                catch (AttemptFailedException e)
                {
                    cause = e.InnerException ?? e;
                    if (!e.IsTransient || attempt == options.MaxAttempts)
                    {
                        failures.Add($"{uri} ({(attempt == 1 ? "1 attempt" : $"{attempt} attempts")}): {e.Message}");
                        break;
                    }
                }

                await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }

        throw new ModelDownloadException(model.Name, "could not be downloaded. " + string.Join(" ", failures), cause);
    }

    private async Task AttemptAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bool resumed;
        try
        {
            stall.CancelAfter(options.StallTimeout);
            resumed = await ReceiveAsync(uri, stall).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AttemptFailedException($"no byte came for {options.StallTimeout.TotalSeconds:0.###} s", isTransient: true, e);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            throw new AttemptFailedException(e.Message, isTransient: true, e);
        }

        await CheckAndPublishAsync(resumed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fetches what is missing of the partial file.</summary>
    /// <returns>Whether there was a part already.</returns>
    private async Task<bool> ReceiveAsync(Uri uri, CancellationTokenSource stall)
    {
        long offset = File.Exists(_partialPath) ? new FileInfo(_partialPath).Length : 0;
        if (offset >= model.Size)
        {
            if (offset == model.Size)
            {
                return true;
            }

            Discard();
            offset = 0;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        if (offset > 0)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
            if (ReadOrigin() is (string address, EntityTagHeaderValue tag) && address == uri.AbsoluteUri)
            {
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            }
        }

        using HttpResponseMessage response = await (options.HttpClient ?? OwnClient.Value)
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
        offset = CheckResponse(response, offset);
        WriteOrigin(uri, response.Headers.ETag);

        using FileStream file = new(_partialPath, offset == 0 ? FileMode.Create : FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 1);
        file.Seek(offset, SeekOrigin.Begin);
        Stream body = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        byte[] buffer = new byte[128 * 1024];
        long received = offset;
        long lastReport = 0;
        while (true)
        {
            stall.CancelAfter(options.StallTimeout);
            int read = await ReadAsync(body, buffer, stall.Token).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            if (received + read > model.Size)
            {
                file.Dispose();
                Discard();
                throw new AttemptFailedException($"the server sends more than the {model.Size} bytes the model has", isTransient: false);
            }

            await file.WriteAsync(buffer.AsMemory(0, read), stall.Token).ConfigureAwait(false);
            received += read;
            if (progress is not null && (received == model.Size || Stopwatch.GetElapsedTime(lastReport) >= ProgressInterval))
            {
                lastReport = Stopwatch.GetTimestamp();
                progress.Report(new ModelDownloadProgress(model.Name, received, model.Size));
            }
        }

        if (received < model.Size)
        {
            throw new AttemptFailedException($"the connection ended after {received} of {model.Size} bytes", isTransient: true);
        }

        file.Flush(flushToDisk: true);
        return offset > 0;
    }

    /// <summary>Checks the response's status and lengths.</summary>
    /// <returns>Where in the file the response's body belongs.</returns>
    private long CheckResponse(HttpResponseMessage response, long offset)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                // The whole file, asked for or not: what there was is overwritten.
                ThrowIfOtherLength(response.Content.Headers.ContentLength, model.Size);
                return 0;

            case HttpStatusCode.PartialContent when offset > 0:
                ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
                if (range?.From != offset || (range.HasLength && range.Length != model.Size))
                {
                    Discard();
                    throw new AttemptFailedException($"asked for the bytes from {offset} of {model.Size}, the server sent '{range}'", isTransient: true);
                }

                ThrowIfOtherLength(response.Content.Headers.ContentLength, model.Size - offset);
                return offset;

            case HttpStatusCode.RequestedRangeNotSatisfiable:
                Discard();
                throw new AttemptFailedException("the server cannot continue the download", isTransient: true);

            default:
                bool transient = (int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
                throw new AttemptFailedException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}", transient);
        }
    }

    private static void ThrowIfOtherLength(long? announced, long expected)
    {
        if (announced is not null && announced != expected)
        {
            throw new AttemptFailedException($"the server offers {announced} bytes where {expected} are expected: not this model", isTransient: false);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // Of the network, not of the disk: a failure to write must not be taken for one to be tried again.
            throw new AttemptFailedException(e.Message, isTransient: true, e);
        }
    }

    private async Task CheckAndPublishAsync(bool resumed, CancellationToken cancellationToken)
    {
        string actual;
        using (FileStream file = new(_partialPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1))
        {
            actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }

        if (!actual.Equals(model.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            Discard();

            // Parts of two different files may have been joined: one from the start may be right.
            throw new AttemptFailedException($"the SHA-256 of what was received is {actual}, not {model.Sha256}", isTransient: resumed);
        }

        File.Move(_partialPath, path, overwrite: true);
        File.Delete(_originPath);
    }

    private void Discard()
    {
        File.Delete(_partialPath);
        File.Delete(_originPath);
    }

    private (string Address, EntityTagHeaderValue Tag)? ReadOrigin()
    {
        if (!File.Exists(_originPath))
        {
            return null;
        }

        string[] lines = File.ReadAllLines(_originPath);
        return lines.Length == 2 && EntityTagHeaderValue.TryParse(lines[1], out EntityTagHeaderValue? tag) ? (lines[0], tag) : null;
    }

    private void WriteOrigin(Uri uri, EntityTagHeaderValue? tag)
    {
        if (tag is { IsWeak: false })
        {
            File.WriteAllLines(_originPath, [uri.AbsoluteUri, tag.ToString()]);
        }
        else
        {
            File.Delete(_originPath);
        }
    }

    /// <summary>One attempt failed; a transient failure is worth another attempt at the same address.</summary>
    private sealed class AttemptFailedException(string message, bool isTransient, Exception? innerException = null) : Exception(message, innerException)
    {
        public bool IsTransient { get; } = isTransient;
    }
}
