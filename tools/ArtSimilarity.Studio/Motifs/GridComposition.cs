using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Black bars at right angles, a few fields in primary colours, the rest off-white.</summary>
internal static class GridComposition
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, bar = canvas.Unit * chance.Between(0.018, 0.03);
        Vector3 paper = Ink.Vary(Ink.Rgb(0xF0ECE0), chance, 0.04);
        Vector3[] primaries = [Ink.Rgb(0xC8281E), Ink.Rgb(0x1E4694), Ink.Rgb(0xF0C818), Ink.Rgb(0x1A1A1C)];
        canvas.Fill(paper);
        Split(canvas, chance, 0, 0, w, h, chance.Count(3, 4), primaries, bar);
    }

    private static void Split(Canvas canvas, Chance chance, double x, double y, double width, double height, int depth, Vector3[] primaries, double bar)
    {
        bool upright = width > height == chance.Happens(0.85);
        double side = upright ? width : height;
        if (depth == 0 || side < canvas.Unit * 0.16)
        {
            if (chance.Happens(0.36))
            {
                canvas.Rectangle(x, y, width, height, chance.Happens(0.1) ? primaries[3] : primaries[chance.Count(0, 2)]);
            }

            return;
        }

        double cut = side * chance.Pick(0.25, 0.35, 0.5, 0.62, 0.72);
        if (upright)
        {
            Split(canvas, chance, x, y, cut, height, depth - 1, primaries, bar);
            Split(canvas, chance, x + cut, y, width - cut, height, depth - 1, primaries, bar);
            canvas.Rectangle(x + cut - (bar / 2), y - (bar / 2), bar, height + bar, primaries[3]);
        }
        else
        {
            Split(canvas, chance, x, y, width, cut, depth - 1, primaries, bar);
            Split(canvas, chance, x, y + cut, width, height - cut, depth - 1, primaries, bar);
            canvas.Rectangle(x - (bar / 2), y + cut - (bar / 2), width + bar, bar, primaries[3]);
        }
    }
}
