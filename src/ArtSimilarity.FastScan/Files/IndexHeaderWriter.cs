using System.IO.Hashing;
using ArtSimilarity.IndexFiles;

namespace ArtSimilarity.FastScan.Files;

/// <summary>Completes a built index: sets its header.</summary>
internal static unsafe class IndexHeaderWriter
{
    private const int ChunkLength = 1 << 20;

    /// <summary>Writes the header, with the checksums of all sections.</summary>
    public static void Write(IndexLayout layout, IndexMemory memory, CancellationToken cancellationToken)
    {
        byte[] hashes = new byte[IndexLayout.SectionCount * IndexLayout.HashLength];
        var hash = new XxHash128();
        for (IndexSection section = IndexSection.Stamp; (int)section <= IndexLayout.SectionCount; section++)
        {
            byte* bytes = memory.Pointer + layout.OffsetOf(section);
            for (long left = layout.PaddedLengthOf(section); left > 0; left -= ChunkLength, bytes += ChunkLength)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.Append(new ReadOnlySpan<byte>(bytes, (int)Math.Min(left, ChunkLength)));
            }

            hash.GetHashAndReset(hashes.AsSpan(((int)section - 1) * IndexLayout.HashLength));
        }

        layout.ToHeader(hashes).CopyTo(new Span<byte>(memory.Pointer, IndexLayout.HeaderLength));
    }
}
