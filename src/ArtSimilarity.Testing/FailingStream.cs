namespace ArtSimilarity.Testing;

/// <summary>A stream that fails after so many bytes, or goes on for ever: an image that comes over a bad line.</summary>
/// <param name="bytes">What there is to read.</param>
/// <param name="failsAfter">After how many bytes a read throws an <see cref="IOException"/>, unless all of them were read.</param>
public sealed class FailingStream(byte[] bytes, int failsAfter) : Stream
{
    private long _read;

    /// <summary>A stream of zeros without an end.</summary>
    /// <returns>The stream.</returns>
    public static FailingStream Endless() => new(new byte[1], int.MaxValue) { IsEndless = true };

    /// <summary>Whether it has been disposed of.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>How many bytes were read.</summary>
    public long BytesRead => _read;

    /// <inheritdoc/>
    public override bool CanRead => !IsDisposed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    private bool IsEndless { get; init; }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
