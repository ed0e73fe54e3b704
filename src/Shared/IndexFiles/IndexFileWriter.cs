namespace ArtSimilarity.IndexFiles;

/// <summary>Writes the memory of an index to a file.</summary>
internal static unsafe class IndexFileWriter
{
    private const int ChunkLength = 1 << 20;

    /// <summary>Writes beside the file, flushes to the disk and renames: whoever opens it finds the old file or the new one.</summary>
    public static void Save(IndexMemory memory, string path, CancellationToken cancellationToken) =>
        Save(memory, path, static _ => { }, cancellationToken);

    /// <summary>Saves as <see cref="Save(IndexMemory, string, CancellationToken)"/> does, and maps the new file.</summary>
    /// <param name="memory">The whole file.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="shortest">How many bytes the shortest file of its kind has.</param>
    /// <param name="cancellationToken">Cancels before the renaming.</param>
    /// <returns>The new file, mapped before it got its name where the system allows that: another process may replace it at once.</returns>
    public static IndexMemory SaveAndMap(IndexMemory memory, string path, long shortest, CancellationToken cancellationToken)
    {
        MappedIndexMemory? mapped = null;
        try
        {
            // A mapped file cannot be renamed on Windows.
            Save(memory, path, temporary => mapped = OperatingSystem.IsWindows() ? null : MappedIndexMemory.Open(temporary, shortest), cancellationToken);
            return mapped ?? MappedIndexMemory.Open(path, shortest);
        }
        catch
        {
            mapped?.Dispose();
            throw;
        }
    }

    private static void Save(IndexMemory memory, string path, Action<string> beforeRenaming, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():n}.tmp");
        RemoveLeftovers(full);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                for (long at = 0; at < memory.Length; at += ChunkLength)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    stream.Write(new ReadOnlySpan<byte>(memory.Pointer + at, (int)Math.Min(ChunkLength, memory.Length - at)));
                }

                stream.Flush(flushToDisk: true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            beforeRenaming(temporary);
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes what builds of the same file left behind when their process was killed; one that is still written is locked.</summary>
    internal static void RemoveLeftovers(string path)
    {
        foreach (string leftover in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.*.tmp"))
        {
            try
            {
                using (new FileStream(leftover, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                File.Delete(leftover);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another build is writing it.
            }
        }
    }
}
