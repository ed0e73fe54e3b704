using NetVips;

namespace ArtSimilarity.NetVips.Decoding;

/// <summary>Encoded bytes that end with an error once the decoding is cancelled: libvips stops at its next read.</summary>
internal sealed class CancellableSource : SourceCustom
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly CancellationToken _cancellationToken;
    private long _position;

    public CancellableSource(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _bytes = bytes;
        _cancellationToken = cancellationToken;
        OnRead += Read;
        OnSeek += Seek;
    }

    private int Read(byte[] buffer, int length)
    {
        if (_cancellationToken.IsCancellationRequested)
        {
            return -1;
        }

        int count = (int)Math.Min(length, _bytes.Length - _position);
        _bytes.Span.Slice((int)_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    private long Seek(long offset, SeekOrigin origin)
    {
        long position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => _bytes.Length,
        };
        if (position < 0 || position > _bytes.Length)
        {
            return -1;
        }

        return _position = position;
    }
}
