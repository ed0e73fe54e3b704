namespace SimArt.Tests;

/// <summary>Pictures that need no file: BMP, 24 bits.</summary>
internal static class TestPictures
{
    /// <summary>Smooth noise, the same each time, that resembles no painting.</summary>
    public static byte[] Noise(int width, int height)
    {
        int row = ((width * 3) + 3) / 4 * 4;
        byte[] file = new byte[54 + (row * height)];
        "BM"u8.CopyTo(file);
        BitConverter.TryWriteBytes(file.AsSpan(2), file.Length);
        BitConverter.TryWriteBytes(file.AsSpan(10), 54);
        BitConverter.TryWriteBytes(file.AsSpan(14), 40);
        BitConverter.TryWriteBytes(file.AsSpan(18), width);
        BitConverter.TryWriteBytes(file.AsSpan(22), height);
        BitConverter.TryWriteBytes(file.AsSpan(26), (short)1);
        BitConverter.TryWriteBytes(file.AsSpan(28), (short)24);
        var random = new Random(17);
        for (int i = 54; i < file.Length; i++)
        {
            file[i] = (byte)random.Next(256);
        }

        return file;
    }
}
