using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Ranges behind ranges, snow on the far ones, a meadow in front.</summary>
internal static class Mountains
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height;
        (int top, int bottom, int rock, int grass) = chance.Pick(
            (0x6FA3CF, 0xEAF0EC, 0x4F5F7B, 0x6E8A3F), (0x8A9BB0, 0xF3E3CB, 0x5E5566, 0x8A8A45), (0x3F5F9A, 0xF1C9A5, 0x4A4A6E, 0x4F6B45),
            (0xA7C4C9, 0xF6F3E2, 0x51706F, 0x7C9A52), (0x7C6FA0, 0xF8D9C4, 0x574B70, 0x6B7048));
        Vector3 mist = Ink.Rgb(bottom), stone = Ink.Rgb(rock), meadow = Ink.Rgb(grass);
        var noise = new Noise(chance.Count(0, 100_000));
        canvas.Fill((x, y) => Ink.Mix(Ink.Mix(Ink.Rgb(top), mist, y * 1.7), Vector3.One, Math.Clamp((noise.Fractal(x * 3, y * 7) - 0.55) * 3, 0, 0.8)));

        int ranges = chance.Count(3, 4);
        double snowline = chance.Between(0.08, 0.2) * h;
        for (int range = 0; range < ranges; range++)
        {
            double near = range / (double)(ranges - 1), seedY = 20 * (range + 1), roughness = chance.Between(2.2, 3.4);
            double peak = h * (0.14 + (0.38 * near) + chance.Between(-0.03, 0.03)), relief = h * (0.5 - (0.3 * near));
            Vector3 ink = Ink.Mix(Ink.Mix(mist, stone, 0.45 + (0.4 * near)), meadow, near * 0.35);
            double[] skyline = new double[(2 * canvas.Width) + 1];
            for (int i = 0; i < skyline.Length; i++)
            {
                // Folding the noise at its middle makes ridges rather than hills.
                double fold = Math.Abs((2 * noise.Fractal(i * roughness / skyline.Length, seedY, 5)) - 1);
                skyline[i] = peak + (relief * Math.Min(1, fold * 1.9));
            }

            double Skyline(double x) => skyline[Math.Clamp((int)(x * (skyline.Length - 1)), 0, skyline.Length - 1)];
            double ragged = chance.Between(11, 16);
            bool snow = range < 2;
            canvas.Below(Skyline, (x, depth) =>
            {
                double side = Skyline(x + 0.012) - Skyline(x - 0.012);
                double light = 1 + Math.Clamp(-side * 0.02, -0.28, 0.28) + (0.14 * (noise.Fractal(x * 18, depth * 0.06) - 0.5));
                double limit = (snowline * (0.5 + noise.Fractal(x * ragged, 3 + (depth * 0.02), 2))) - (0.4 * (Skyline(x) - peak));
                Vector3 face = snow && depth < limit ? Ink.Rgb(0xF4F6F8) : ink;
                return Ink.Shade(Ink.Mix(face, mist, Math.Min(0.35, depth / h)), light);
            });
        }

        double edge = h * chance.Between(0.78, 0.86), slope = chance.Between(-0.1, 0.1);
        canvas.Below(x => edge + (h * slope * (x - 0.5)) + (h * 0.03 * noise.Fractal(x * 5, 90)), (x, depth) =>
            Ink.Shade(Ink.Mix(meadow, Ink.Shade(meadow, 0.6), depth / (h * 0.25)), 0.8 + (0.5 * noise.Fractal(x * 22, depth * 0.2))));
        for (int tree = chance.Count(4, 14); tree > 0; tree--)
        {
            double x = w * chance.Between(0, 1), size = h * chance.Between(0.05, 0.13), y = edge + (h * 0.03) + (size * 0.2);
            Vector3 fir = Ink.Vary(Ink.Rgb(0x2C4632), chance, 0.12);
            for (int tier = 0; tier < 3; tier++)
            {
                double half = size * (0.12 + (0.08 * tier)), foot = y - (size * (0.62 - (0.3 * tier)));
                canvas.Polygon([(x, foot - (size * 0.42)), (x - half, foot), (x + half, foot)], fir);
            }
        }
    }
}
