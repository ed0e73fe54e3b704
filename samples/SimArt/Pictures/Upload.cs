using System.Collections.Concurrent;

namespace SimArt.Pictures;

/// <summary>A visitor's picture, in memory alone.</summary>
internal sealed class Upload(string id, ReadOnlyMemory<byte> bytes, ImageSize size, byte[] preview, DateTimeOffset expires, IReadOnlyList<string> warnings)
{
    /// <summary>What errors call it.</summary>
    public const string Name = "the upload";

    private const int MaxSignatures = 50;

    private readonly ConcurrentDictionary<(string Space, ImageRegion? Region), Signature> _signatures = new();

    public string Id => id;

    public ImageSource Source { get; } = ImageSource.FromBytes(bytes, Name);

    /// <summary>The size of the preview in pixels, upright.</summary>
    public ImageSize Size => size;

    /// <summary>A JPEG to show.</summary>
    public byte[] Preview => preview;

    public DateTimeOffset Expires => expires;

    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>How much memory it takes.</summary>
    public long Bytes => bytes.Length + preview.Length;

    /// <summary>A signature of the picture or a detail, computed once: the question is refined while its picture stays.</summary>
    public async Task<Signature> SignatureAsync((string Space, ImageRegion? Region) of, Func<Task<Signature>> extract)
    {
        if (!_signatures.TryGetValue(of, out Signature? signature))
        {
            signature = await extract();
            if (_signatures.Count < MaxSignatures)
            {
                _signatures.TryAdd(of, signature);
            }
        }

        return signature;
    }
}
