using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;

namespace SimArt.Pictures;

/// <summary>
/// Visitors' pictures. They live in memory for a while, under names that nobody can guess, and are never written anywhere. When there are too many, the
/// longest unused go first. Any number of threads may use this.
/// </summary>
internal sealed class Uploads(IOptions<SimArtOptions> options) : IDisposable
{
    private const double Share = 0.1; // of the room to free when it is full

    private readonly MemoryCache _held = new(new MemoryCacheOptions { SizeLimit = options.Value.MaxUploadMemory });

    /// <summary>Decodes within the limits of uploads, which are narrower than those of the gallery's own pictures.</summary>
    public NetVipsImageDecoder Decoder { get; } = new(new NetVipsOptions
    {
        MaxBytes = options.Value.MaxUploadBytes, MaxPixels = options.Value.MaxUploadPixels, MaxPixelsInMemory = options.Value.MaxUploadPixels,
    });

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public DateTimeOffset NextExpiry => DateTimeOffset.UtcNow + options.Value.UploadLifetime;

    public void Add(Upload upload)
    {
        // A full cache takes nothing: room is made first.
        for (double share = Share; !_held.TryGetValue(upload.Id, out _) && share <= 1; share += Share)
        {
            _held.Set(upload.Id, upload, new MemoryCacheEntryOptions { Size = upload.Bytes, AbsoluteExpiration = upload.Expires });
            if (!_held.TryGetValue(upload.Id, out _))
            {
                _held.Compact(share);
            }
        }
    }

    /// <exception cref="ApiException">There is no such upload, or not any more.</exception>
    public Upload Get(string? id, string field = "upload") => id is not null && _held.TryGetValue(id, out Upload? upload)
        ? upload!
        : throw ApiException.NotFound("This picture is not here any more. Pictures are forgotten after a while: give it again.", field);

    public void Remove(string id) => _held.Remove(id);

    public void Dispose() => _held.Dispose();
}
