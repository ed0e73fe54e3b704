using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Trunks in rows, near ones dark and far ones pale, under leaves of one season.</summary>
internal static class Forest
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, unit = canvas.Unit;
        (int mist, int leaf, int floor) = chance.Pick(
            (0xDDE6C8, 0x5F8A3A, 0x6B6A3A), (0xF3DDA8, 0xD98A2B, 0x8A5A2E), (0xCFE0DC, 0x3F6F56, 0x4F5A40), (0xE8E3DA, 0xB5542E, 0x7A4A34), (0xDDE8EE, 0x8FA9A0, 0xD5DADB), (0xEAF0B8, 0x8FB03A, 0x5F7A3A));
        bool birch = chance.Happens(0.35);
        Vector3 air = Ink.Rgb(mist), leaves = Ink.Rgb(leaf), ground = Ink.Rgb(floor);
        Vector3 bark = birch ? Ink.Rgb(0xEAE6DC) : Ink.Rgb(chance.Pick(0x3A2C22, 0x4A3A30, 0x2E2A28));
        var noise = new Noise(chance.Count(0, 100_000));
        double soil = h * chance.Between(0.7, 0.8);
        canvas.Fill((x, y) => Ink.Mix(Ink.Mix(leaves, air, 0.35 + (0.5 * y)), air, 0.7 * noise.Fractal(x * 5, y * 5)));
        canvas.Glow(w * chance.Between(0.3, 0.7), h * 0.45, unit * 0.6, Ink.Mix(air, Vector3.One, 0.5), 0.7);
        canvas.Below(x => soil - (h * 0.06) + (h * 0.05 * noise.Fractal(x * 4, 1)), (x, depth) =>
            Ink.Shade(Ink.Mix(Ink.Mix(ground, air, 0.35), ground, depth / (h * 0.2)), 0.75 + (0.5 * noise.Fractal(x * 20, depth * 0.12))));
        for (int layer = 0; layer < 3; layer++)
        {
            double near = layer / 2.0;
            for (int tree = (int)(chance.Count(9, 13) * (1 - (0.45 * near))); tree > 0; tree--)
            {
                double x = w * chance.Between(-0.02, 1.02), width = unit * (0.014 + (0.04 * near)) * chance.Between(0.7, 1.3), foot = soil + (h * (0.2 * near)) - (h * 0.02 * chance.Between(0, 1));
                double sway = unit * chance.Between(-0.05, 0.05);
                Vector3 ink = Ink.Vary(Ink.Mix(Ink.Mix(bark, air, 0.62), bark, near), chance, 0.06);
                canvas.Curve((x, foot), (x + (sway * 0.3), h * 0.4), (x + sway, -h * 0.05), width * 1.25, width * 0.75, ink);
                canvas.Line(x + (width * 0.35), foot, x + (width * 0.35) + sway, 0, width * 0.3, Ink.Shade(ink, birch ? 0.75 : 0.65), 0.6);
                for (int branch = 0; branch < 3; branch++)
                {
                    double y = h * chance.Between(0.06, 0.42), reach = unit * chance.Between(0.06, 0.16) * (chance.Happens(0.5) ? 1 : -1), joint = x + (sway * (1 - (y / foot)));
                    canvas.Curve((joint, y), (joint + (reach * 0.6), y - Math.Abs(reach * 0.2)), (joint + reach, y - Math.Abs(reach * 0.8)), width * 0.3, width * 0.08, ink);
                }

                for (int mark = birch ? chance.Count(5, 9) : 0; mark > 0; mark--)
                {
                    double y = chance.Between(h * 0.05, foot * 0.97), at = x + (sway * (1 - (y / foot)));
                    canvas.Line(at - (width * 0.4), y, at + (width * chance.Between(-0.1, 0.35)), y, unit * 0.006, Ink.Rgb(0x2A2624), 0.8);
                }
            }

            for (int cluster = 160; cluster > 0; cluster--)
            {
                double size = unit * chance.Between(0.01, 0.028), y = h * 0.42 * Math.Pow(chance.Between(0, 1), 1.3);
                canvas.Ellipse(w * chance.Between(0, 1), y, size, size * 0.75, Ink.Vary(Ink.Mix(Ink.Mix(leaves, air, 0.5), leaves, near), chance, 0.22), 0.8);
            }
        }
    }
}
