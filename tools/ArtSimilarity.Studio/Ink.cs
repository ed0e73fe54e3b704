using System.Numerics;

namespace ArtSimilarity.Studio;

/// <summary>Colours as vectors of red, green and blue, each 0 to 1.</summary>
internal static class Ink
{
    /// <summary>A colour written as in a style sheet: <c>0xRRGGBB</c>.</summary>
    public static Vector3 Rgb(int hex) => new Vector3((hex >> 16) & 255, (hex >> 8) & 255, hex & 255) / 255f;

    /// <summary>A colour from its hue in degrees (any), saturation and value (0 to 1).</summary>
    public static Vector3 Hsv(double hue, double saturation, double value)
    {
        float Channel(double offset)
        {
            double position = (((offset + (hue / 60)) % 6) + 6) % 6;
            return (float)(value - (value * saturation * Math.Clamp(Math.Min(position, 4 - position), 0, 1)));
        }

        return new Vector3(Channel(5), Channel(3), Channel(1));
    }

    public static Vector3 Mix(Vector3 from, Vector3 to, double share) => Vector3.Lerp(from, to, (float)Math.Clamp(share, 0, 1));

    public static Vector3 Shade(Vector3 ink, double factor) => Vector3.Clamp(ink * (float)factor, Vector3.Zero, Vector3.One);

    /// <summary>A neighbouring colour: lighter or darker, warmer or cooler, by at most <paramref name="amount"/>.</summary>
    public static Vector3 Vary(Vector3 ink, Chance chance, double amount)
    {
        var shift = new Vector3((float)chance.Bell(), (float)chance.Bell(), (float)chance.Bell());
        float light = (float)chance.Bell();
        return Vector3.Clamp(ink + ((shift * 0.5f) + new Vector3(light)) * (float)amount, Vector3.Zero, Vector3.One);
    }
}
