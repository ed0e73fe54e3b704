using System.Buffers.Binary;

namespace ArtSimilarity.SyntheticImages;

/// <summary>Writes little-endian TIFF files for tests, without any imaging library: a strip a page, not compressed.</summary>
internal sealed class SyntheticTiff
{
    private readonly SortedDictionary<ushort, uint[]> _tags = [];
    private readonly byte[] _pixels;

    /// <param name="pixels">The samples as they lie in the file.</param>
    public SyntheticTiff(int width, int height, int photometric, int samples, int bits, byte[] pixels)
    {
        _pixels = pixels;
        Set(256, (uint)width).Set(257, (uint)height).Set(258, [.. Enumerable.Repeat((uint)bits, samples)]).Set(259, 1)
            .Set(262, (uint)photometric).Set(277, (uint)samples).Set(278, (uint)height).Set(279, (uint)pixels.Length);
    }

    /// <summary>Strips of equal length that the pixels are cut into; planes, where they lie one after the other.</summary>
    public int StripCount { get; init; } = 1;

    public List<SyntheticTiff> SubIfds { get; } = [];

    /// <summary>A page of one colour.</summary>
    public static SyntheticTiff Solid(int width, int height, int photometric, params byte[] pixel)
    {
        byte[] pixels = new byte[width * height * pixel.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = pixel[i % pixel.Length];
        }

        return new SyntheticTiff(width, height, photometric, pixel.Length, 8, pixels);
    }

    public SyntheticTiff Set(ushort tag, params uint[] values)
    {
        _tags[tag] = values;
        return this;
    }

    public static byte[] File(params SyntheticTiff[] pages)
    {
        var file = new MemoryStream();
        file.Write([(byte)'I', (byte)'I', 42, 0, 0, 0, 0, 0]);
        long link = 4;
        foreach (SyntheticTiff page in pages)
        {
            (uint at, link) = page.Write(file, link);
        }

        return file.ToArray();
    }

    private (uint At, long Link) Write(MemoryStream file, long link)
    {
        uint[] subIfds = [.. SubIfds.Select(sub => sub.Write(file, -1).At)];
        if (subIfds.Length > 0)
        {
            Set(330, subIfds);
        }

        Set(273, [.. Enumerable.Range(0, StripCount).Select(strip => (uint)(file.Length + (strip * _pixels.Length / StripCount)))]);
        file.Seek(0, SeekOrigin.End);
        file.Write(_pixels);
        var places = new Dictionary<ushort, uint>();
        foreach ((ushort tag, uint[] values) in _tags.Where(t => t.Value.Length > 1))
        {
            places[tag] = (uint)file.Length;
            foreach (uint value in values)
            {
                file.Write(Number(value));
            }
        }

        if (file.Length % 2 == 1)
        {
            file.WriteByte(0);
        }

        uint at = (uint)file.Length;
        file.Write([(byte)_tags.Count, (byte)(_tags.Count >> 8)]);
        foreach ((ushort tag, uint[] values) in _tags)
        {
            file.Write([(byte)tag, (byte)(tag >> 8), 4, 0]);
            file.Write(Number((uint)values.Length));
            file.Write(Number(places.TryGetValue(tag, out uint place) ? place : values[0]));
        }

        long next = file.Length;
        file.Write(Number(0));
        if (link >= 0)
        {
            file.Seek(link, SeekOrigin.Begin);
            file.Write(Number(at));
            file.Seek(0, SeekOrigin.End);
        }

        return (at, next);
    }

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
