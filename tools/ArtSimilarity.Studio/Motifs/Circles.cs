using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Squares with concentric circles, or circles afloat among lines: abstraction in a warm key.</summary>
internal static class Circles
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, hue = chance.Between(-20, 50);
        Vector3 Colour() => Ink.Hsv(hue + chance.Pick(0, 0, 30, 45, 165, 190) + chance.Between(-12, 12), chance.Between(0.35, 0.78), chance.Between(0.4, 0.95));
        if (chance.Happens(0.6))
        {
            int columns = chance.Count(3, 4), rows = Math.Max(2, (int)Math.Round(columns * h / w));
            double cellWidth = w / columns, cellHeight = h / rows;
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double x = (column + 0.5) * cellWidth, y = (row + 0.5) * cellHeight;
                    canvas.Rectangle(column * cellWidth, row * cellHeight, cellWidth, cellHeight, Colour());
                    int rings = chance.Count(4, 6);
                    for (int ring = rings; ring > 0; ring--)
                    {
                        double share = 0.49 * (ring - chance.Between(0, 0.35)) / rings;
                        canvas.Ellipse(x + (chance.Bell() * 1.5), y + (chance.Bell() * 1.5), cellWidth * share, cellHeight * share, Colour());
                    }
                }
            }

            return;
        }

        Vector3 ground = Ink.Vary(Ink.Rgb(chance.Pick(0xEFE4CC, 0xE4DCC6, 0x262A44, 0xD9D6C9)), chance, 0.05);
        canvas.Fill(ground);
        for (int i = chance.Count(9, 15); i > 0; i--)
        {
            double x = w * chance.Between(0.05, 0.95), y = h * chance.Between(0.05, 0.95), size = canvas.Unit * Math.Pow(chance.Between(0.2, 0.52), 1.6);
            Vector3 halo = Colour();
            canvas.Glow(x, y, size * 1.5, halo, 0.6);
            for (int ring = chance.Count(2, 5); ring > 0; ring--)
            {
                canvas.Ellipse(x, y, size * ring / 5, size * ring / 5, Colour(), 0.92);
            }
        }

        for (int i = chance.Count(5, 9); i > 0; i--)
        {
            canvas.Line(w * chance.Between(0, 1), h * chance.Between(0, 1), w * chance.Between(0, 1), h * chance.Between(0, 1), canvas.Unit * chance.Between(0.004, 0.012), Ink.Rgb(0x1E1A20));
        }
    }
}
