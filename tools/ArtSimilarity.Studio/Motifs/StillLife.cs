using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>A bowl of fruit on a cloth before a dark wall, sometimes with a bottle.</summary>
internal static class StillLife
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, unit = canvas.Unit;
        Vector3 wall = Ink.Rgb(chance.Pick(0x4A3628, 0x3B4238, 0x5B4640, 0x2F3640, 0x6B5A45, 0x54403A));
        Vector3 cloth = Ink.Rgb(chance.Pick(0xE6DCC8, 0xB8A27E, 0xD8C9B4, 0x8C6E54, 0xC9D0C8));
        var noise = new Noise(chance.Count(0, 100_000));
        double table = h * chance.Between(0.6, 0.7), cx = w * chance.Between(0.42, 0.58);
        canvas.Fill((x, y) => Ink.Shade(wall, (1.35 - (0.8 * x)) * (0.8 + (0.4 * noise.Fractal(x * 4, y * 4)))));
        canvas.Below(x => table + (h * 0.015 * Math.Sin(x * 9)), (x, depth) =>
            Ink.Shade(cloth, (1.05 - (0.3 * x)) * (0.86 + (0.28 * noise.Fractal((x * 10) + (depth * 0.02), depth * 0.03)))));

        if (chance.Happens(0.55))
        {
            double x = cx + (unit * 0.34 * (chance.Happens(0.5) ? 1 : -1)), half = unit * 0.065, foot = table + (unit * 0.1), tall = unit * chance.Between(0.48, 0.6);
            Vector3 glass = Ink.Rgb(chance.Pick(0x2D4A35, 0x5B3A22, 0x2E3F4E));
            canvas.Ellipse(x + (half * 1.4), foot, half * 2.2, half * 0.4, Ink.Shade(cloth, 0.55), 0.6);
            canvas.Ellipse(x, foot, half, half * 0.35, glass);
            canvas.Rectangle(x - half, foot - (tall * 0.6), half * 2, tall * 0.6, glass);
            canvas.Ellipse(x, foot - (tall * 0.6), half, half * 1.1, glass);
            canvas.Rectangle(x - (half * 0.32), foot - tall, half * 0.64, tall * 0.4, glass);
            canvas.Rectangle(x - (half * 0.4), foot - tall, half * 0.8, half * 0.35, Ink.Shade(glass, 1.5));
            canvas.Line(x - (half * 0.55), foot - (tall * 0.5), x - (half * 0.55), foot - (tall * 0.1), half * 0.18, Ink.Rgb(0xF0F4E8), 0.65);
        }

        double bowlWidth = unit * chance.Between(0.27, 0.33), rim = table - (unit * 0.03), deep = unit * 0.2;
        canvas.Ellipse(cx + (unit * 0.08), rim + deep, bowlWidth * 1.15, unit * 0.05, Ink.Shade(cloth, 0.5), 0.6);
        int[] fruits = [0xC8352B, 0xE2802A, 0xEFC23C, 0x8DA33A, 0xB4443C, 0x6C3B5E, 0xE5A23B];
        int firstFruit = chance.Count(0, fruits.Length - 1);
        void Fruit(double x, double y, double radius)
        {
            Vector3 skin = Ink.Vary(Ink.Rgb(fruits[(firstFruit + chance.Count(0, 3)) % fruits.Length]), chance, 0.08);
            canvas.Ball(x, y, radius, skin, chance.Between(0.92, 1.02));
            canvas.Line(x, y - (radius * 0.85), x + (radius * 0.12), y - (radius * 1.15), radius * 0.1, Ink.Rgb(0x3A2A1A));
        }

        double size = unit * chance.Between(0.085, 0.105);
        for (int i = -1; i <= 1; i++)
        {
            Fruit(cx + (i * size * 1.35), rim - (size * 1.25), size);
        }

        for (int i = 0; i < 4; i++)
        {
            Fruit(cx + ((i - 1.5) * size * 1.35), rim - (size * 0.35), size);
        }

        Vector3 clay = Ink.Rgb(chance.Pick(0x3F5F8A, 0xD9D2C2, 0x8C4B32, 0x5B6F5A, 0xB98B4E));
        (double X, double Y)[] bowl = new (double, double)[26];
        for (int i = 0; i < bowl.Length; i++)
        {
            double angle = Math.PI * i / (bowl.Length - 1);
            bowl[i] = (cx + (Math.Cos(angle) * bowlWidth), rim + (Math.Sin(angle) * deep));
        }

        canvas.Polygon(bowl, clay);
        canvas.Ellipse(cx - (bowlWidth * 0.45), rim + (deep * 0.4), bowlWidth * 0.22, deep * 0.3, Ink.Shade(clay, 1.35), 0.5, -0.4);
        canvas.Ellipse(cx + (bowlWidth * 0.5), rim + (deep * 0.42), bowlWidth * 0.3, deep * 0.4, Ink.Shade(clay, 0.55), 0.5, 0.4);
        canvas.Line(cx - bowlWidth, rim, cx + bowlWidth, rim, unit * 0.018, Ink.Shade(clay, 1.2));
        canvas.Rectangle(cx - (bowlWidth * 0.35), rim + (deep * 0.94), bowlWidth * 0.7, deep * 0.16, Ink.Shade(clay, 0.8));
        for (int i = chance.Count(1, 3); i > 0; i--)
        {
            double x = w * chance.Between(0.12, 0.88), y = rim + deep + (unit * chance.Between(0.0, 0.1));
            canvas.Ellipse(x + (size * 0.4), y + (size * 0.8), size * 1.2, size * 0.3, Ink.Shade(cloth, 0.5), 0.6);
            Fruit(x, y, size * 0.95);
        }
    }
}
