using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>A park by the water, put down in dots of pure colour.</summary>
internal static class DottedPark
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, unit = canvas.Unit;
        double bank = h * chance.Between(0.46, 0.56), lean = chance.Between(-0.18, 0.18);
        double shadeEdge = chance.Between(0.74, 0.86);
        Vector3 sky = Ink.Rgb(chance.Pick(0xBFD9EE, 0xF2DDB8, 0xD6E4E6)), water = Ink.Rgb(chance.Pick(0x7FA9C9, 0x8FB4B8, 0x9A9CC4));
        Vector3 lawn = Ink.Rgb(chance.Pick(0x9FBF4E, 0xB9C25A, 0x7FAF5A)), shade = Ink.Rgb(chance.Pick(0x3F6A46, 0x44597A));
        canvas.Gradient(0, bank * 0.75, sky, Ink.Mix(sky, Vector3.One, 0.4));
        canvas.Gradient(bank * 0.75, bank + (h * 0.1), water, Ink.Shade(water, 1.15));
        canvas.Below(x => bank + (h * lean * (x - 0.5)), (_, depth) => depth > h * (shadeEdge - 0.5) ? shade : lawn);
        for (int tree = chance.Count(2, 4); tree > 0; tree--)
        {
            double x = w * chance.Between(0.05, 0.95), foot = bank + (h * chance.Between(0.05, 0.25)), size = unit * chance.Between(0.14, 0.24);
            canvas.Line(x, foot, x, foot - (size * 1.5), size * 0.18, Ink.Rgb(0x5A4436));
            canvas.Ellipse(x, foot - (size * 1.9), size, size * 0.95, (u, v) => Ink.Mix(Ink.Rgb(0x8FAF3E), Ink.Rgb(0x2E5A4A), 0.5 + (0.4 * u) + (0.3 * v)));
            canvas.Ellipse(x + (size * 0.5), foot, size * 1.2, size * 0.2, shade);
        }

        for (int figure = chance.Count(2, 6); figure > 0; figure--)
        {
            double x = w * chance.Between(0.06, 0.94), size = unit * chance.Between(0.16, 0.28), foot = bank + (h * chance.Between(0.12, 0.4));
            Vector3 dress = Ink.Hsv(chance.Between(0, 360), 0.6, chance.Between(0.3, 0.8));
            canvas.Polygon([(x - (size * 0.13), foot - (size * 0.75)), (x + (size * 0.13), foot - (size * 0.75)), (x + (size * 0.28), foot), (x - (size * 0.28), foot)], dress);
            canvas.Ellipse(x, foot - (size * 0.88), size * 0.11, size * 0.13, Ink.Rgb(0xD9A988));
            if (chance.Happens(0.5))
            {
                canvas.Ellipse(x, foot - (size * 1.06), size * 0.42, size * 0.13, Ink.Hsv(chance.Between(0, 360), 0.7, 0.85));
            }
        }

        Stipple(canvas, chance, unit * chance.Between(0.007, 0.0095));
    }

    private static void Stipple(Canvas canvas, Chance chance, double size)
    {
        var motif = canvas.Snapshot();
        canvas.Fill(Ink.Rgb(0xEFE8D6));
        int dots = (int)(1.8 * canvas.Width * canvas.Height / (size * size * 3));
        for (int i = 0; i < dots; i++)
        {
            double x = chance.Between(0, canvas.Width), y = chance.Between(0, canvas.Height);
            Vector3 ink = motif(x, y);

            // Colours are split: mostly the colour itself, now and then its complement or a spark of light.
            ink = chance.Happens(0.1) ? Ink.Mix(ink, Vector3.One - ink, 0.55) : chance.Happens(0.14) ? Ink.Mix(ink, Ink.Rgb(0xF6D98A), 0.6) : Ink.Vary(ink, chance, 0.22);
            canvas.Ellipse(x, y, size, size, ink, 0.95);
        }
    }
}
