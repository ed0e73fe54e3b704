using System.Buffers.Binary;
using System.Text;

namespace ArtSimilarity.CommandLine.Figures;

/// <summary>Recognises by their content the files that artsim writes. Tables are not among them: they may have been edited since.</summary>
public static class OwnFiles
{
    /// <summary>What stands in each figure and report as the program that made it.</summary>
    public const string Generator = "artsim";

    /// <summary>The element by which a report is recognised.</summary>
    public const string ReportMark = "<meta name=\"generator\" content=\"" + Generator + "\"/>";

    /// <summary>The comment by which a figure in SVG is recognised.</summary>
    public const string SvgMark = "<!-- Generator: " + Generator + " -->";

    private const int HeadLength = 4096;
    private const int ApplicationIdOffset = 68;
    private const byte PngFirstByte = 0x89;

    private static readonly byte[] PngMark = [.. "tEXtSoftware\0"u8, .. Encoding.ASCII.GetBytes(Generator)];

    /// <summary>Why a file must not be replaced without asking; <see langword="null"/> where artsim wrote it, or it is empty.</summary>
    public static string? WhyForeign(string path)
    {
        byte[] head = Head(path);
        if (head.Length == 0)
        {
            return null;
        }

        if (head.AsSpan().StartsWith("SQLite format 3\0"u8))
        {
            return head.Length >= ApplicationIdOffset + 4 && head.AsSpan(ApplicationIdOffset, 4).SequenceEqual("ArtS"u8) ? "it is a gallery" : "it is a database";
        }

        if (head.AsSpan().StartsWith("ARTSFAST"u8))
        {
            return "it is an index";
        }

        string text = Encoding.UTF8.GetString(head);
        bool own = head[0] == PngFirstByte && head.AsSpan(1).StartsWith("PNG"u8)
            ? head.AsSpan().IndexOf(PngMark) >= 0
            : (text.StartsWith("<!DOCTYPE html>", StringComparison.Ordinal) && text.Contains(ReportMark, StringComparison.Ordinal))
                || (text.StartsWith("<?xml", StringComparison.Ordinal) && text.Contains(SvgMark, StringComparison.Ordinal));
        return own ? null : "artsim did not write it";
    }

    /// <summary>The chunk of a PNG by which a figure is recognised.</summary>
    public static byte[] PngChunk()
    {
        byte[] chunk = new byte[4 + PngMark.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(chunk, PngMark.Length - 4); // the type is not counted
        PngMark.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + PngMark.Length), Checksum(PngMark));
        return chunk;
    }

    /// <summary>The CRC-32 that PNG asks for.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
            }
        }

        return ~crc;
    }

    private static byte[] Head(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        byte[] head = new byte[HeadLength];
        return head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }
}
