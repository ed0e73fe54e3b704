using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Paint poured, flung and dripped in layers.</summary>
internal static class Splashes
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, unit = canvas.Unit;
        Vector3 ground = Ink.Vary(Ink.Rgb(chance.Pick(0xD9CDB4, 0xC9BDA0, 0xE6E0D2, 0xA89878, 0x7A8488)), chance, 0.05);
        var noise = new Noise(chance.Count(0, 100_000));
        canvas.Fill((x, y) => Ink.Shade(ground, 0.9 + (0.2 * noise.Fractal(x * 8, y * 8))));
        int[] paints = [0x16161A, 0xF4F1EA, 0xB5332A, 0xE0A92E, 0x2C5A8C, 0x55757A, 0x3D6A46, 0xD7743A];
        int used = chance.Count(3, 5);
        chance.Shuffle<int>(paints.AsSpan(1));
        for (int layer = 0; layer < used; layer++)
        {
            Vector3 paint = Ink.Rgb(paints[layer]);
            for (int pour = chance.Count(8, 15); pour > 0; pour--)
            {
                double x = w * chance.Between(-0.1, 1.1), y = h * chance.Between(-0.1, 1.1), width = unit * chance.Between(0.004, 0.014), heading = chance.Between(0, 6.28);
                for (int loop = chance.Count(3, 6); loop > 0; loop--)
                {
                    double length = unit * chance.Between(0.12, 0.4), bend = chance.Between(-1.6, 1.6);
                    double endX = x + (Math.Cos(heading) * length), endY = y + (Math.Sin(heading) * length);
                    double midX = ((x + endX) / 2) + (Math.Cos(heading + 1.57) * length * bend * 0.6), midY = ((y + endY) / 2) + (Math.Sin(heading + 1.57) * length * bend * 0.6);
                    double next = width * chance.Between(0.5, 1.7);
                    canvas.Curve((x, y), (midX, midY), (endX, endY), width, next, paint);
                    (x, y, width) = (endX, endY, Math.Clamp(next, unit * 0.003, unit * 0.018));
                    heading = Math.Atan2(endY - midY, endX - midX);
                }
            }

            for (int splash = chance.Count(3, 6); splash > 0; splash--)
            {
                double x = w * chance.Between(0, 1), y = h * chance.Between(0, 1), size = unit * chance.Between(0.012, 0.035);
                canvas.Ellipse(x, y, size, size * chance.Between(0.6, 1), paint, turn: chance.Between(0, 3));
                for (int drop = chance.Count(10, 26); drop > 0; drop--)
                {
                    double angle = chance.Between(0, 6.28), far = size * chance.Between(1.2, 5), radius = size * chance.Between(0.06, 0.22);
                    canvas.Ellipse(x + (Math.Cos(angle) * far), y + (Math.Sin(angle) * far), radius, radius, paint);
                }
            }
        }
    }
}
