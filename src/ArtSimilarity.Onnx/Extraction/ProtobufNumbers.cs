namespace ArtSimilarity.Onnx.Extraction;

/// <summary>Walks over varints that are packed into one protobuf field.</summary>
internal ref struct ProtobufNumbers(ReadOnlySpan<byte> content)
{
    /// <summary>As many bytes as a number of 64 bits takes.</summary>
    public const int LongestNumber = 10;

    private ReadOnlySpan<byte> _rest = content;

    public ulong Value { get; private set; }

    /// <summary>Reads one varint and moves behind it.</summary>
    public static ulong Read(ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (int i = 0; i < Math.Min(rest.Length, LongestNumber); i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("Unfinished number.");
    }

    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Value = Read(ref _rest);
        return true;
    }
}
