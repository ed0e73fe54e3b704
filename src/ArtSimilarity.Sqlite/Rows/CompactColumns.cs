using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>The columns of a work as bytes: for each column its length and one more, 0 for none, and then its text or number.</summary>
/// <remarks>Texts are UTF-8. Lengths and numbers are four bytes, the lowest first.</remarks>
/// <param name="bytes">What <see cref="Write"/> has written.</param>
internal ref struct CompactColumns(ReadOnlySpan<byte> bytes) : IWorkColumns
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Writes the columns of a work.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="bytes">Receives the bytes, after what is there.</param>
    public static void Write<T>(T columns, ArrayBufferWriter<byte> bytes)
        where T : IWorkColumns, allows ref struct
    {
        for (int column = 0; column < WorkRow.ColumnCount; column++)
        {
            if (WorkRow.IsNumber(column))
            {
                int? number = columns.Number(column);
                WriteLength(bytes, number is null ? 0 : sizeof(int) + 1);
                if (number is int value)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(sizeof(int)), value);
                    bytes.Advance(sizeof(int));
                }
            }
            else
            {
                string? text = columns.Text(column);
                WriteLength(bytes, text is null ? 0 : Encoding.UTF8.GetByteCount(text) + 1);
                if (text is not null)
                {
                    Encoding.UTF8.GetBytes(text, bytes);
                }
            }
        }
    }

    public string? Text(int column) => Next(out ReadOnlySpan<byte> content) ? Encoding.UTF8.GetString(content) : null;

    public int? Number(int column) => Next(out ReadOnlySpan<byte> content) ? BinaryPrimitives.ReadInt32LittleEndian(content) : null;

    private static void WriteLength(ArrayBufferWriter<byte> bytes, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(sizeof(int)), length);
        bytes.Advance(sizeof(int));
    }

    private bool Next(out ReadOnlySpan<byte> content)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(_rest) - 1;
        content = length < 0 ? default : _rest.Slice(sizeof(int), length);
        _rest = _rest[(sizeof(int) + content.Length)..];
        return length >= 0;
    }
}
