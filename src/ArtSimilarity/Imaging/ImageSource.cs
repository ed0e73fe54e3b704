using System.Buffers;
using ArtSimilarity.Files;

namespace ArtSimilarity.Imaging;

/// <summary>An encoded image (JPEG, PNG, WebP, …) in a file, in memory or behind a stream, with a name for messages.</summary>
/// <remarks>It can be read several times, also by several threads at once.</remarks>
public sealed class ImageSource
{
    /// <summary>The longest image accepted where nothing else is said: 256 MiB.</summary>
    private const long UsualMaxBytes = 256L * 1024 * 1024;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Func<CancellationToken, ValueTask<Stream>>? _openStream;

    private ImageSource(string name, string? path, ReadOnlyMemory<byte> bytes, Func<CancellationToken, ValueTask<Stream>>? openStream = null)
    {
        Name = name;
        Path = path;
        _bytes = bytes;
        _openStream = openStream;
    }

    /// <summary>What error messages call this image: the path, or the name given.</summary>
    public string Name { get; }

    /// <summary>The file; <see langword="null"/> for an image in memory or behind a stream.</summary>
    public string? Path { get; }

    /// <summary>An image in a file; nothing is read yet.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static ImageSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ImageSource(path, path, default);
    }

    /// <summary>An image in memory, which must not change while the source is used.</summary>
    /// <param name="bytes">The encoded bytes.</param>
    /// <param name="name">What error messages call it.</param>
    /// <returns>The source.</returns>
    public static ImageSource FromBytes(ReadOnlyMemory<byte> bytes, string name = "image")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ImageSource(name, null, bytes);
    }

    /// <summary>An image behind a stream, such as an upload, an entry of an archive or an object of a remote store; nothing is opened yet.</summary>
    /// <param name="open">
    /// Opens the stream at the image's first byte. It is called for every reading, perhaps by several threads at once, and gives a fresh stream
    /// each time. Each stream is read to its end, or until it proves too long, and disposed of.
    /// </param>
    /// <param name="name">What error messages call it.</param>
    /// <returns>The source.</returns>
    /// <remarks>What <paramref name="open"/> and the streams throw becomes an <see cref="ImageDecodeException"/> that names the image.</remarks>
    public static ImageSource FromStream(Func<CancellationToken, ValueTask<Stream>> open, string name = "image")
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ImageSource(name, null, default, open);
    }

    /// <summary>Reads a stream that can be read only once to its end into memory.</summary>
    /// <param name="stream">The stream, read from its current position; not disposed.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="maxBytes">The longest stream accepted, so that an endless one cannot fill the memory.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ImageDecodeException">
    /// The stream is longer than <paramref name="maxBytes"/> (<see cref="ImageDecodeError.LimitExceeded"/>), or fails
    /// (<see cref="ImageDecodeError.Unreadable"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<ImageSource> FromStreamAsync(
        Stream stream, string name = "image", long maxBytes = UsualMaxBytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            return FromBytes(await ReadToEndAsync(stream, name, maxBytes, cancellationToken).ConfigureAwait(false), name);
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            throw new ImageDecodeException(name, ImageDecodeError.Unreadable, $"the stream failed: {e.Message}", e);
        }
    }

    /// <summary>The encoded bytes, read on this thread from the file where there is one.</summary>
    /// <param name="maxBytes">The longest image accepted.</param>
    /// <returns>The bytes; not to be changed.</returns>
    /// <exception cref="ImageDecodeException">
    /// The file is missing, unreadable, empty or no regular file (<see cref="ImageDecodeError.Unreadable"/>), or longer than
    /// <paramref name="maxBytes"/> (<see cref="ImageDecodeError.LimitExceeded"/>).
    /// </exception>
    /// <exception cref="NotSupportedException">The image is behind a stream: only <see cref="ReadBytesAsync"/> reads it.</exception>
    public ReadOnlyMemory<byte> ReadBytes(long maxBytes = UsualMaxBytes)
    {
        if (_openStream is not null)
        {
            throw new NotSupportedException($"{Name} comes from a stream, which is read without blocking only: call {nameof(ReadBytesAsync)}.");
        }

        if (Path is null)
        {
            return Checked(_bytes, maxBytes);
        }

        try
        {
            using FileStream file = OpenFile(Path, maxBytes, FileOptions.None);
            byte[] buffer = GC.AllocateUninitializedArray<byte>((int)file.Length);
            return Checked(buffer.AsMemory(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)), maxBytes);
        }
        catch (Exception e) when (IsFileFailure(e))
        {
            throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, e.Message, e);
        }
    }

    /// <summary>The encoded bytes, read from the file or a fresh stream where there is one. What is in memory is there at once.</summary>
    /// <param name="maxBytes">The longest image accepted. No more than this and some kilobytes are read.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The bytes; not to be changed.</returns>
    /// <exception cref="ImageDecodeException">
    /// The file is missing, unreadable, empty or no regular file, or the stream fails or is empty (<see cref="ImageDecodeError.Unreadable"/>); or
    /// there are more bytes than <paramref name="maxBytes"/> (<see cref="ImageDecodeError.LimitExceeded"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(long maxBytes = UsualMaxBytes, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _openStream is not null ? ReadStreamAsync(_openStream, maxBytes, cancellationToken)
            : Path is not null ? ReadFileAsync(Path, maxBytes, cancellationToken)
            : new(Checked(_bytes, maxBytes));
    }

    /// <summary>Returns <see cref="Name"/>.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;

    private async ValueTask<ReadOnlyMemory<byte>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            FileStream file = OpenFile(path, maxBytes, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                byte[] buffer = GC.AllocateUninitializedArray<byte>((int)file.Length);
                int length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                return Checked(buffer.AsMemory(0, length), maxBytes);
            }
        }
        catch (Exception e) when (IsFileFailure(e))
        {
            throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, e.Message, e);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadStreamAsync(
        Func<CancellationToken, ValueTask<Stream>> open, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            Stream stream = await open(cancellationToken).ConfigureAwait(false)
                ?? throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, "there is no stream to read: null was given for it");
            await using (stream.ConfigureAwait(false))
            {
                return Checked(await ReadToEndAsync(stream, Name, maxBytes, cancellationToken).ConfigureAwait(false), maxBytes);
            }
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, $"the stream failed: {e.Message}", e);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadToEndAsync(Stream stream, string name, long maxBytes, CancellationToken cancellationToken)
    {
        const int FirstLength = 81920;
        long longest = Math.Min(maxBytes, Array.MaxLength - 1);

        // The buffers that grow are lent, and what is kept is as long as the image: a host may keep it for long. A buffer that a failed read
        // may still write into is not given back.
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(FirstLength, longest + 1));
        int length = 0;
        while (true)
        {
            // One more than allowed, so that a stream of just as many bytes is seen to end.
            int room = (int)Math.Min(buffer.Length, longest + 1) - length;
            int read = await stream.ReadAsync(buffer.AsMemory(length, room), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                byte[] whole = buffer.AsSpan(0, length).ToArray();
                ArrayPool<byte>.Shared.Return(buffer);
                return whole;
            }

            length += read;
            if (length > longest)
            {
                throw new ImageDecodeException(name, ImageDecodeError.LimitExceeded, $"the stream is longer than the {maxBytes} bytes allowed");
            }

            if (length == buffer.Length)
            {
                byte[] longer = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, longest + 1));
                buffer.CopyTo(longer, 0);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = longer;
            }
        }
    }

    /// <summary>Whether a stream failed, or what it waits for: any exception, but for the caller's cancellation and what is an answer already.</summary>
    private static bool IsFailure(Exception exception, CancellationToken cancellationToken) =>
        exception is not (ImageDecodeException or OutOfMemoryException)
        && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private static bool IsFileFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    private FileStream OpenFile(string path, long maxBytes, FileOptions options)
    {
        ThrowIfNotRegular(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, options);
        try
        {
            ThrowIfTooLong(file.Length, maxBytes);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> bytes, long maxBytes)
    {
        ThrowIfTooLong(bytes.Length, maxBytes);
        return bytes.IsEmpty ? throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, "the image is empty (0 bytes)") : bytes;
    }

    /// <summary>Opening a pipe waits for a writer, and reading a device may never end. Neither has a length.</summary>
    private void ThrowIfNotRegular(string path)
    {
        if (FileKinds.Fault(path) is string fault)
        {
            throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, $"the image {fault}");
        }

        // Where the system does not tell, what has no length is not opened.
        var file = new FileInfo(path);
        FileSystemInfo real = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        if (real is FileInfo { Exists: true, Length: 0 })
        {
            throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? "the image is empty (0 bytes)" : "the image is empty (0 bytes), or not a regular file but a pipe, a socket or a device");
        }
    }

    private void ThrowIfTooLong(long length, long maxBytes)
    {
        if (length > Math.Min(maxBytes, Array.MaxLength))
        {
            throw new ImageDecodeException(Name, ImageDecodeError.LimitExceeded, $"{length} bytes are more than the {maxBytes} allowed");
        }
    }
}
