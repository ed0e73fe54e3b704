using System.Text;
using ArtSimilarity.Files;

namespace ArtSimilarity.Catalogues;

/// <summary>The text of a CSV file, whatever program wrote it.</summary>
/// <param name="Text">The text, without a byte order mark.</param>
/// <param name="Encoding">The name of the encoding it was read by.</param>
/// <param name="IsGuess">Whether the encoding is a guess: nothing in the file tells, and it is not UTF-8.</param>
/// <param name="HasReplacements">Whether the file has bytes that are no text in its encoding; each stands as U+FFFD.</param>
internal sealed record CsvText(string Text, string Encoding, bool IsGuess, bool HasReplacements)
{
    private const int MaxBytes = 1 << 30;
    private const int Windows1252 = 1252;

    /// <param name="path">The file.</param>
    /// <param name="encodingName">The encoding, e.g. <c>windows-1250</c>; <see langword="null"/> to find out.</param>
    /// <param name="strict">Whether bytes that are no text refuse the file. Those of an encoding that the caller named always do.</param>
    /// <exception cref="CatalogueException">The file cannot be read, is too large, or is not in the encoding named; or that is not known.</exception>
    public static CsvText Read(string path, string? encodingName, bool strict)
    {
        Encoding? wanted = encodingName is null ? null : Named(encodingName)
            ?? throw new CatalogueException(CatalogueError.UnknownEncoding, $"{path}: the encoding '{encodingName}' is not known.");
        if (!File.Exists(path))
        {
            throw new CatalogueException(CatalogueError.Unreadable, Directory.Exists(path) ? $"{path} is a folder, not a CSV file." : $"{path}: there is no such CSV file.");
        }

        if (FileKinds.Fault(path) is string fault)
        {
            throw new CatalogueException(CatalogueError.Unreadable, $"{path} {fault}.");
        }

        byte[] bytes = ReadBytes(path);
        (Encoding encoding, int mark, bool guess) = wanted is null ? Detect(bytes) : (wanted, MarkLength(wanted, bytes), false);
        try
        {
            return new CsvText(encoding.GetString(bytes, mark, bytes.Length - mark), encoding.WebName, guess, HasReplacements: false);
        }
        catch (DecoderFallbackException) when (wanted is null && !strict)
        {
            var lenient = (Encoding)encoding.Clone();
            lenient.DecoderFallback = new DecoderReplacementFallback("\uFFFD");
            return new CsvText(lenient.GetString(bytes, mark, bytes.Length - mark), encoding.WebName, guess, HasReplacements: true);
        }
        catch (DecoderFallbackException e)
        {
            throw new CatalogueException(CatalogueError.Encoding, $"{path}: the file is not {encoding.WebName}: byte {mark + Math.Max(0, e.Index)} cannot be read.", e);
        }
    }

    /// <summary>All bytes of a file or a pipe. What has no length may have no end, so it is counted as it comes.</summary>
    private static byte[] ReadBytes(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream(file.CanSeek ? (int)Math.Min(file.Length, MaxBytes) : 0);
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            if (memory.Length + read > MaxBytes)
            {
                throw new CatalogueException(CatalogueError.Unreadable, $"{path}: a CSV file of more than {MaxBytes:N0} bytes cannot be read; split it.");
            }

            memory.Write(buffer, 0, read);
        }

        return memory.ToArray();
    }

    /// <summary>The encoding of a name, or <see langword="null"/> where none is known.</summary>
    public static Encoding? Named(string name)
    {
        if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || name.Equals("utf8", StringComparison.OrdinalIgnoreCase))
        {
            return Strict(new UTF8Encoding(false));
        }

        try
        {
            return Strict(CodePagesEncodingProvider.Instance.GetEncoding(name) ?? System.Text.Encoding.GetEncoding(name));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static (Encoding Encoding, int MarkLength, bool IsGuess) Detect(byte[] bytes)
    {
        // UTF-32 before UTF-16, whose mark its own begins with.
        foreach (Encoding marked in (Encoding[])[new UTF8Encoding(true), new UTF32Encoding(false, true), new UTF32Encoding(true, true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true)])
        {
            if (bytes.AsSpan().StartsWith(marked.Preamble))
            {
                return (Strict(marked), marked.Preamble.Length, false);
            }
        }

        // A text of mostly Latin letters in UTF-16 has a zero at every other byte, and no other text has any.
        ReadOnlySpan<byte> head = bytes.AsSpan(0, Math.Min(bytes.Length, 512) & ~1);
        int evenZeros = 0, oddZeros = 0;
        for (int i = 0; i < head.Length; i++)
        {
            evenZeros += (i & 1) == 0 && head[i] == 0 ? 1 : 0;
            oddZeros += (i & 1) == 1 && head[i] == 0 ? 1 : 0;
        }

        if (Math.Max(evenZeros, oddZeros) > head.Length / 4)
        {
            return (Strict(new UnicodeEncoding(bigEndian: evenZeros > oddZeros, byteOrderMark: false)), 0, false);
        }

        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? (Strict(new UTF8Encoding(false)), 0, false)
            : (CodePagesEncodingProvider.Instance.GetEncoding(Windows1252)!, 0, true);
    }

    private static int MarkLength(Encoding encoding, byte[] bytes) =>
        encoding.Preamble.Length > 0 && bytes.AsSpan().StartsWith(encoding.Preamble) ? encoding.Preamble.Length
        : encoding is UTF8Encoding && bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3
        : 0;

    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }
}
