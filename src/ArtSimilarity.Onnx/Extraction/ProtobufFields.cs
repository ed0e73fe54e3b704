namespace ArtSimilarity.Onnx.Extraction;

/// <summary>Walks over the fields of one protobuf message.</summary>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    /// <summary>The wire type of strings, messages and packed numbers.</summary>
    public const int LengthDelimited = 2;

    /// <summary>The wire type of numbers of 32 bits.</summary>
    public const int Fixed32 = 5;

    private readonly int _length = message.Length;
    private ReadOnlySpan<byte> _rest = message;

    public int Number { get; private set; }

    public int WireType { get; private set; }

    /// <summary>The bytes of a field that is no varint, without tag and length.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The number of a field of wire type 0.</summary>
    public ulong Value { get; private set; }

    /// <summary>Where the field lies in the message, its tag included.</summary>
    public Range Whole { get; private set; }

    /// <summary>Where <see cref="Content"/> lies in the message.</summary>
    public readonly Range ContentRange => (_length - _rest.Length - Content.Length)..(_length - _rest.Length);

    /// <summary>Where the message ends within a field: how many bytes are missing at least. 0 where something else is wrong.</summary>
    public ulong Missing { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        int start = _length - _rest.Length;
        ulong tag = ReadVarint();
        Number = (int)Math.Min(tag >> 3, int.MaxValue);
        WireType = (int)(tag & 7);
        Content = default;
        switch (WireType)
        {
            case 0:
                Value = ReadVarint();
                break;
            case 1:
                Content = Take(sizeof(ulong));
                break;
            case LengthDelimited:
                Content = Take(ReadVarint());
                break;
            case Fixed32:
                Content = Take(sizeof(uint));
                break;
            default:
                throw new InvalidDataException("Unknown wire type.");
        }

        Whole = start..(_length - _rest.Length);
        return Number > 0 ? true : throw new InvalidDataException("Field 0.");
    }

    private ulong ReadVarint()
    {
        Missing = _rest.Length < ProtobufNumbers.LongestNumber ? 1u : 0;
        ulong value = ProtobufNumbers.Read(ref _rest);
        Missing = 0;
        return value;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            Missing = length - (ulong)_rest.Length;
            throw new InvalidDataException("Unfinished field.");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
