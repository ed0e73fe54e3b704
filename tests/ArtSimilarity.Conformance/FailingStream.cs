namespace ArtSimilarity.Conformance;

/// <summary>A stream that fails after so many bytes, or goes on for ever.</summary>
public sealed class FailingStream(byte[] bytes, int failsAfter) : Stream
{
    private long _read;

    /// <summary>A stream of zeros without an end.</summary>
    public static FailingStream Endless() => new(new byte[1], int.MaxValue) { IsEndless = true };

    /// <summary>Whether it has been disposed of.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>How many bytes were read.</summary>
    public long BytesRead => _read;

    public override bool CanRead => !IsDisposed;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    private bool IsEndless { get; init; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        int length = IsEndless ? count : (int)Math.Min(count, Math.Min(bytes.Length, failsAfter) - _read);
        if (length == 0 && _read < bytes.Length)
        {
            throw new IOException("the line is cut");
        }

        if (!IsEndless)
        {
            bytes.AsSpan((int)_read, length).CopyTo(buffer.AsSpan(offset));
        }

        _read += length;
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
