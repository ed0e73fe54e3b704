using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Stripes that bend: waves, rings, bulges and zigzags in two or three colours.</summary>
internal static class OpArt
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double aspect = canvas.Width / (double)canvas.Height, bands = chance.Between(11, 20), tilt = chance.Pick(0, 0, 0.4, -0.4, Math.PI / 2);
        (int dark, int light) = chance.Pick((0x111114, 0xF6F4EE), (0x111114, 0xF6F4EE), (0x14306A, 0xF2EFE4), (0x8E1B2E, 0xF4EAD9), (0x0F4A45, 0xF3EBD0), (0x2A1A4A, 0xF0B53A));
        Vector3 first = Ink.Rgb(dark), second = Ink.Rgb(light);
        double cx = chance.Between(0.35, 0.65), cy = chance.Between(0.35, 0.65), sway = chance.Between(0.03, 0.07), waves = chance.Between(1.2, 2.8), phase = chance.Between(0, 6);
        int form = chance.Count(0, 3);
        double cos = Math.Cos(tilt), sin = Math.Sin(tilt);
        canvas.Fill((x, y) =>
        {
            double u = (x - cx) * aspect, v = y - cy, radius = Math.Sqrt((u * u) + (v * v));
            double s = (u * cos) + (v * sin), t = (v * cos) - (u * sin);
            double stripe = form switch
            {
                0 => t + (sway * Math.Sin((s * waves * 6.28) + phase)),
                1 => radius + (sway * 0.5 * Math.Sin((Math.Atan2(v, u) * 4) + phase)),
                2 => t * (1 + (1.6 * Math.Exp(-9 * radius * radius))),
                _ => t + (sway * 2.2 * Math.Abs((((s * waves) + phase) % 1 + 1) % 1 - 0.5)),
            };
            return ((int)Math.Floor(stripe * bands * 2) & 1) == 0 ? first : second;
        });
    }
}
