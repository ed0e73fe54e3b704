using System.Text;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>Writes protobuf fields.</summary>
internal static class ProtobufWriter
{
    /// <summary>A field of text.</summary>
    public static byte[] Text(int number, string text) => Message(number, Encoding.UTF8.GetBytes(text));

    /// <summary>A field that is a message, a string or bytes.</summary>
    public static byte[] Message(int number, params ReadOnlySpan<byte> content)
    {
        var bytes = new List<byte>(content.Length + 8);
        WriteVarint(bytes, (uint)((number << 3) | ProtobufFields.LengthDelimited));
        WriteVarint(bytes, (uint)content.Length);
        bytes.AddRange(content);
        return [.. bytes];
    }

    /// <summary>A field that is a number.</summary>
    public static byte[] Number(int number, uint value)
    {
        var bytes = new List<byte>(8);
        WriteVarint(bytes, (uint)(number << 3));
        WriteVarint(bytes, value);
        return [.. bytes];
    }

    private static void WriteVarint(List<byte> bytes, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }
}
