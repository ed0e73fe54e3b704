using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Sunflowers in a vase on a table's edge.</summary>
internal static class Sunflowers
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, unit = canvas.Unit;
        Vector3 wall = Ink.Rgb(chance.Pick(0x8FC4BE, 0xE9D889, 0x9CB7D6, 0xC9DCC0, 0x6FA7A8, 0xF0E3B2)), board = Ink.Rgb(chance.Pick(0xC98A3A, 0xB5763A, 0xD8B25A, 0x9A6A4A));
        Vector3 glaze = Ink.Rgb(chance.Pick(0xE0B84A, 0xC9763A, 0xE8DFC8, 0x4F7FA0, 0x7A9A6A)), green = Ink.Rgb(0x4F7A36);
        double table = h * chance.Between(0.78, 0.84), cx = w * chance.Between(0.45, 0.55), neckY = h * 0.6, foot = table + (h * 0.07), half = unit * chance.Between(0.15, 0.19);
        var noise = new Noise(chance.Count(0, 100_000));
        canvas.Fill((x, y) => Ink.Shade(wall, 0.92 + (0.16 * noise.Fractal(x * 7, y * 7))));
        canvas.Below(_ => table, (x, depth) => Ink.Shade(board, 0.85 + (0.3 * noise.Fractal(x * 3, depth * 0.2))));
        canvas.Line(0, table, w, table, unit * 0.008, Ink.Shade(board, 0.5));

        int blooms = chance.Count(6, 10);
        List<(double X, double Y, double Size)> heads = [];
        for (int attempt = 0; heads.Count < blooms && attempt < 300; attempt++)
        {
            double angle = chance.Between(-2.75, -0.4), far = unit * chance.Between(0.12, 0.42), size = unit * chance.Between(0.075, 0.11);
            double x = cx + (Math.Cos(angle) * far), y = (h * 0.52) + (Math.Sin(angle) * far * 1.1);
            if (x > size && x < w - size && y > size * 0.9 && heads.TrueForAll(head => Math.Abs(head.X - x) + Math.Abs(head.Y - y) > size * 1.7))
            {
                heads.Add((x, y, size));
            }
        }

        foreach ((double x, double y, double _) in heads)
        {
            canvas.Curve((cx + (chance.Bell() * half * 0.4), neckY), (cx + ((x - cx) * 0.2), y + (unit * 0.15)), (x, y), unit * 0.016, unit * 0.012, Ink.Vary(green, chance, 0.1));
        }

        for (int leaf = chance.Count(6, 10); leaf > 0; leaf--)
        {
            double angle = chance.Between(-2.9, -0.2), far = unit * chance.Between(0.1, 0.26);
            canvas.Ellipse(cx + (Math.Cos(angle) * far), (h * 0.56) + (Math.Sin(angle) * far * 0.9), unit * 0.08, unit * 0.032, Ink.Vary(green, chance, 0.16), turn: angle + (chance.Bell() * 0.5));
        }

        canvas.Ellipse(cx, (neckY + foot) / 2 + (h * 0.02), half, (foot - neckY) / 2, (u, v) => Ink.Shade(v < 0.05 ? glaze : Ink.Shade(glaze, 0.78), 1.12 - (0.35 * u)));
        canvas.Rectangle(cx - (half * 0.52), neckY - (h * 0.015), half * 1.04, h * 0.07, Ink.Shade(glaze, 1.02));
        canvas.Ellipse(cx, neckY - (h * 0.015), half * 0.56, h * 0.014, Ink.Shade(glaze, 0.7));
        canvas.Ellipse(cx - (half * 0.42), neckY + (h * 0.09), half * 0.12, h * 0.04, Ink.Rgb(0xFBF6E4), 0.6, 0.2);

        foreach ((double x, double y, double size) in heads)
        {
            double start = chance.Between(0, 6.28), squash = chance.Between(0.8, 1);
            Vector3 petal = Ink.Hsv(chance.Between(36, 52), chance.Between(0.75, 0.95), chance.Between(0.88, 1));
            for (int ring = 0; ring < 2; ring++)
            {
                int petals = chance.Count(13, 17);
                for (int i = 0; i < petals; i++)
                {
                    double angle = start + (i * 6.2832 / petals) + (ring * 0.2), far = size * (0.72 - (0.14 * ring));
                    canvas.Ellipse(x + (Math.Cos(angle) * far), y + (Math.Sin(angle) * far * squash), size * 0.36, size * 0.13, Ink.Vary(Ink.Shade(petal, 0.88 + (0.14 * ring)), chance, 0.12), turn: angle);
                }
            }

            canvas.Ellipse(x, y, size * 0.46, size * 0.46 * squash, (u, v) => Ink.Mix(Ink.Rgb(0x3A2414), Ink.Rgb(0x8A5A22), Math.Sqrt((u * u) + (v * v)) * 0.9));
            for (int seed = 26; seed > 0; seed--)
            {
                double angle = chance.Between(0, 6.28), far = size * 0.42 * Math.Sqrt(chance.Between(0, 1));
                canvas.Ellipse(x + (Math.Cos(angle) * far), y + (Math.Sin(angle) * far * squash), size * 0.045, size * 0.045, Ink.Rgb(0xC98A3A), 0.8);
            }
        }
    }
}
