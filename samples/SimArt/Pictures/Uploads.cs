using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SimArt.Api;

namespace SimArt.Pictures;

/// <summary>
/// Visitors' pictures. They live in memory for a while, under names that nobody can guess, and are never written anywhere. When there are too many, the
/// oldest goes first. Any number of threads may use this.
/// </summary>
internal sealed class Uploads(IOptions<SimArtOptions> options, TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Upload> _held = new(StringComparer.Ordinal);
    private readonly List<Upload> _oldestFirst = [];
    private ITimer? _sweep;
    private long _bytes;

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public DateTimeOffset NextExpiry => clock.GetUtcNow() + options.Value.UploadLifetime;

    public void Add(Upload upload)
    {
        lock (_lock)
        {
            _sweep ??= clock.CreateTimer(_ => Sweep(), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
            _held.Add(upload.Id, upload);
            _oldestFirst.Add(upload);
            _bytes += upload.Bytes;
            while (_oldestFirst.Count > 1 && (_oldestFirst.Count > options.Value.MaxUploads || _bytes > options.Value.MaxUploadMemory))
            {
                RemoveHeld(_oldestFirst[0]);
            }
        }
    }

    /// <exception cref="ApiException">There is no such upload, or not any more.</exception>
    public Upload Get(string? id, string field = "upload")
    {
        lock (_lock)
        {
            return id is not null && _held.TryGetValue(id, out Upload? upload) && upload.Expires > clock.GetUtcNow()
                ? upload
                : throw ApiException.NotFound("This picture is not here any more. Pictures are forgotten after a while: give it again.", field);
        }
    }

    public void Remove(string id)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(id, out Upload? upload))
            {
                RemoveHeld(upload);
            }
        }
    }

    public void Dispose() => _sweep?.Dispose();

    private void Sweep()
    {
        lock (_lock)
        {
            while (_oldestFirst.Count > 0 && _oldestFirst[0].Expires <= clock.GetUtcNow())
            {
                RemoveHeld(_oldestFirst[0]);
            }
        }
    }

    private void RemoveHeld(Upload upload)
    {
        _held.Remove(upload.Id);
        _oldestFirst.Remove(upload);
        _bytes -= upload.Bytes;
    }
}
