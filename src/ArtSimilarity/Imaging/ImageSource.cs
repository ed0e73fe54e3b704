using ArtSimilarity.Files;

namespace ArtSimilarity.Imaging;

/// <summary>An encoded image (JPEG, PNG, WebP, …) in a file or in memory, with a name for messages.</summary>
public sealed class ImageSource
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private ImageSource(string name, string? path, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        Path = path;
        _bytes = bytes;
    }

    /// <summary>What error messages call this image: the path, or the name given.</summary>
    public string Name { get; }

    /// <summary>The file, or <see langword="null"/> for an image in memory.</summary>
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

    /// <summary>Reads a stream to its end into memory.</summary>
    /// <param name="stream">The stream, read from its current position; not disposed.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="maxBytes">The longest stream accepted, so that an endless one cannot fill the memory.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ImageDecodeException">The stream is longer than <paramref name="maxBytes"/>.</exception>
    public static async Task<ImageSource> FromStreamAsync(
        Stream stream, string name = "image", int maxBytes = 256 * 1024 * 1024, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        byte[] buffer = new byte[81920];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (memory.Length + read > maxBytes)
            {
                throw new ImageDecodeException(name, ImageDecodeError.LimitExceeded, $"the stream is longer than the {maxBytes} bytes allowed");
            }

            memory.Write(buffer, 0, read);
        }

        return FromBytes(memory.ToArray(), name);
    }

    /// <summary>The encoded bytes, read from the file where there is one.</summary>
    /// <param name="maxBytes">The longest image accepted.</param>
    /// <returns>The bytes; not to be changed.</returns>
    /// <exception cref="ImageDecodeException">
    /// The file is missing, unreadable, empty or no regular file (<see cref="ImageDecodeError.Unreadable"/>), or longer than
    /// <paramref name="maxBytes"/> (<see cref="ImageDecodeError.LimitExceeded"/>).
    /// </exception>
    public ReadOnlyMemory<byte> ReadBytes(long maxBytes = 256L * 1024 * 1024)
    {
        ReadOnlyMemory<byte> bytes = _bytes;
        if (Path is not null)
        {
            try
            {
                ThrowIfNotRegular(Path);
                using FileStream file = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
                ThrowIfTooLong(file.Length, maxBytes);
                byte[] buffer = GC.AllocateUninitializedArray<byte>((int)file.Length);
                int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                bytes = buffer.AsMemory(0, length);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
            {
                throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, e.Message, e);
            }
        }

        ThrowIfTooLong(bytes.Length, maxBytes);
        return bytes.IsEmpty ? throw new ImageDecodeException(Name, ImageDecodeError.Unreadable, "the image is empty (0 bytes)") : bytes;
    }

    /// <summary>Returns <see cref="Name"/>.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;

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
