using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Two or three soft-edged rectangles that float on a ground of a kindred colour.</summary>
internal static class ColourFields
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height;
        int[] palette = chance.Pick<int[]>(
            [0x7A1F1A, 0xE0562B, 0xB3261E, 0xF0A03C], [0x2B1B2E, 0x5B1E2D, 0x1A1420, 0x8A3A2A], [0xE3B23C, 0xF2D16B, 0xE07B2A, 0xF6E7B4],
            [0x1F2F4F, 0x2F5F8A, 0x16203A, 0x6FA0B8], [0x3A4A36, 0x6B7A4A, 0x24301F, 0xA9A46A], [0xB85C5A, 0xE8A08A, 0x8A3A44, 0xF3CDB8],
            [0x4A2A3A, 0x8E3B5A, 0x2E1A2A, 0xD98A9A], [0x6A5A4A, 0xA08A6A, 0x3A3028, 0xD9CBB0], [0x12343A, 0x1F6A6A, 0x0C2024, 0xE0A24A]);
        Vector3 ground = Ink.Vary(Ink.Rgb(palette[0]), chance, 0.08);
        var noise = new Noise(chance.Count(0, 100_000));
        int fields = chance.Count(2, 3);
        double margin = chance.Between(0.07, 0.1), top = 0.06, gap = 0.03;
        double[] shares = new double[fields];
        for (int i = 0; i < fields; i++)
        {
            shares[i] = chance.Between(0.6, 1.6);
        }

        double total = shares.Sum(), usable = 0.88 - (gap * (fields - 1));
        int turn = chance.Count(0, 2);
        List<(double From, double To, Vector3 Ink)> bands = [];
        foreach (double share in shares)
        {
            double height = usable * share / total;
            Vector3 ink = Ink.Vary(Ink.Rgb(palette[1 + ((bands.Count + turn) % 3)]), chance, 0.12);
            bands.Add((top, top + height, ink));
            top += height + gap;
        }

        canvas.Fill((x, y) =>
        {
            Vector3 ink = ground;
            double cloud = noise.Fractal(x * 14, y * 14);
            foreach ((double from, double to, Vector3 band) in bands)
            {
                // The edge wavers and the paint thins out towards it.
                double waver = 0.022 * (cloud - 0.5);
                double inside = Math.Min(Math.Min(x - margin, 1 - margin - x) * w / h, Math.Min(y - from, to - y)) + waver;
                double cover = Math.Clamp((inside / 0.035) + 0.2, 0, 1) * (0.86 + (0.14 * cloud));
                ink = Ink.Mix(ink, band, cover);
            }

            return Ink.Shade(ink, 0.93 + (0.14 * noise.Fractal(x * 9, y * 40, 2)));
        });
    }
}
