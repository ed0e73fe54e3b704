using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Sky, sun and its path of light on the water, and perhaps a sail.</summary>
internal static class Seascape
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, unit = canvas.Unit;
        (int high, int low, int sun, int sea) = chance.Pick(
            (0x3E6FA8, 0xF4D9A0, 0xFFF3C4, 0x2F5F86), (0x4B3B6B, 0xF08A4B, 0xFFE08A, 0x4A4468), (0x7FB2D9, 0xE9F1EE, 0xFFFBE0, 0x3B87A0),
            (0x2B3A67, 0xE4B7A0, 0xFFDFC0, 0x35506E), (0x5C7F92, 0xD9D2BC, 0xFFF6DA, 0x4E6E74), (0x8C4A5E, 0xF7C46C, 0xFFF0B0, 0x5A4A63));
        double horizon = h * chance.Between(0.42, 0.62), sunX = w * chance.Between(0.2, 0.8), sunY = horizon - (h * chance.Between(0.04, 0.28));
        double sunSize = unit * chance.Between(0.035, 0.07);
        var noise = new Noise(chance.Count(0, 100_000));
        Vector3 skyHigh = Ink.Rgb(high), skyLow = Ink.Rgb(low), water = Ink.Rgb(sea), light = Ink.Rgb(sun);

        canvas.Fill((x, y) =>
        {
            Vector3 sky = Ink.Mix(skyHigh, skyLow, y * h / horizon);
            double cloud = Math.Clamp((noise.Fractal(x * 4, y * 14) - 0.52) * 3.2, 0, 0.7);
            return Ink.Mix(sky, Ink.Mix(Vector3.One, skyLow, 0.55), cloud);
        });
        canvas.Glow(sunX, sunY, unit * 0.5, light, 0.75);
        canvas.Ellipse(sunX, sunY, sunSize, sunSize, light);

        canvas.Below(_ => horizon, (x, depth) =>
        {
            double near = depth / (h - horizon);
            double wave = noise.Fractal(x * (9 - (4 * near)), (40 / (1 + (6 * near))) + (near * 9), 3);
            return Ink.Shade(Ink.Mix(Ink.Mix(water, skyLow, 0.45 * (1 - near)), Ink.Shade(water, 0.62), near), 0.78 + (0.44 * wave));
        });
        for (int i = 0; i < 130; i++)
        {
            double near = Math.Pow(chance.Between(0, 1), 1.4), y = horizon + 1 + (near * (h - horizon));
            double x = sunX + (chance.Bell() * (sunSize + (near * w * 0.16))), half = unit * (0.008 + (0.035 * near));
            canvas.Line(x - half, y, x + half, y, unit * (0.004 + (0.009 * near)), light, 0.75);
        }

        for (int sail = chance.Count(0, 3); sail > 0; sail--)
        {
            double near = chance.Between(0.02, 0.3), size = unit * (0.07 + (0.3 * near)), x = w * chance.Between(0.08, 0.92), y = horizon + (near * (h - horizon));
            Vector3 cloth = Ink.Vary(Ink.Rgb(0xF5EBDC), chance, 0.1);
            canvas.Polygon([(x - (size * 0.45), y), (x + (size * 0.45), y), (x + (size * 0.28), y + (size * 0.16)), (x - (size * 0.3), y + (size * 0.16))], Ink.Rgb(0x4A2E22));
            canvas.Polygon([(x, y - size), (x, y - (size * 0.05)), (x + (size * 0.42), y - (size * 0.08))], cloth);
            canvas.Polygon([(x - (size * 0.05), y - (size * 0.85)), (x - (size * 0.05), y - (size * 0.06)), (x - (size * 0.36), y - (size * 0.06))], Ink.Shade(cloth, 0.86));
        }
    }
}
