namespace ArtSimilarity.ImageSharp.Decoding;

/// <summary>Encoded bytes whose reading ends once the decoding is cancelled: few of ImageSharp's decoders look at their token.</summary>
internal sealed class CancellableStream(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count = (int)Math.Clamp(bytes.Length - _position, 0, buffer.Length);
        if (count > 0)
        {
            bytes.Span.Slice((int)_position, count).CopyTo(buffer);
            _position += count;
        }

        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => bytes.Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
