using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Roofs and towers against the night, windows lit, and their light in the river.</summary>
internal static class NightCity
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height, unit = canvas.Unit;
        (int top, int low) = chance.Pick((0x0C1230, 0x3A3F73), (0x101A3C, 0x6B4A6E), (0x0A1A2A, 0x2F5B73), (0x1A0F2E, 0x7A3B55), (0x0E1424, 0x4B5568));
        Vector3 night = Ink.Rgb(top), haze = Ink.Rgb(low);
        double shore = h * chance.Between(0.74, 0.86);
        canvas.Gradient(0, h, night, haze);
        for (int star = chance.Count(30, 90); star > 0; star--)
        {
            double size = unit * chance.Between(0.002, 0.005);
            canvas.Ellipse(w * chance.Between(0, 1), h * 0.6 * chance.Between(0, 1), size, size, Ink.Rgb(0xFFF6DC), chance.Between(0.4, 0.95));
        }

        if (chance.Happens(0.7))
        {
            double x = w * chance.Between(0.1, 0.9), y = h * chance.Between(0.1, 0.3), size = unit * chance.Between(0.04, 0.08);
            canvas.Glow(x, y, size * 4.5, Ink.Rgb(0xFFF2C8), 0.55);
            canvas.Ellipse(x, y, size, size, Ink.Rgb(0xFFF4D2));
        }

        List<(double X, double Y, double Size, Vector3 Ink)> lights = [];
        for (int row = 0; row < 2; row++)
        {
            double x = -w * 0.03;
            while (x < w)
            {
                double width = w * chance.Between(0.06, 0.14), height = h * (row == 0 ? chance.Between(0.3, 0.6) : chance.Between(0.16, 0.38)), roof = shore - height;
                Vector3 wall = Ink.Vary(Ink.Mix(night, haze, row == 0 ? 0.5 : 0.12), chance, 0.05);
                canvas.Rectangle(x, roof, width, height, wall);
                if (chance.Happens(0.4))
                {
                    canvas.Polygon([(x, roof), (x + (width / 2), roof - (width * chance.Between(0.3, 0.9))), (x + width, roof)], Ink.Shade(wall, 0.8));
                }
                else if (chance.Happens(0.3))
                {
                    canvas.Line(x + (width / 2), roof, x + (width / 2), roof - (h * 0.06), unit * 0.006, wall);
                }

                double pane = unit * chance.Between(0.013, 0.02), step = pane * 2.1;
                double lit = chance.Between(0.35, 0.75);
                for (double py = roof + step; py < shore - step; py += step * 1.2)
                {
                    for (double px = x + step; px < x + width - pane; px += step)
                    {
                        if (chance.Happens(lit))
                        {
                            Vector3 lamp = chance.Happens(0.12) ? Ink.Rgb(0xA9D8FF) : Ink.Hsv(chance.Between(36, 54), chance.Between(0.35, 0.75), 1);
                            canvas.Rectangle(px, py, pane * 0.8, pane * 1.2, lamp, row == 0 ? 0.7 : 1);
                            if (chance.Happens(0.3))
                            {
                                lights.Add((px, py, pane, lamp));
                            }
                        }
                    }
                }

                x += width * chance.Between(0.85, 1.1);
            }
        }

        canvas.Gradient(shore, h, Ink.Mix(night, haze, 0.35), Ink.Shade(night, 0.8));
        foreach ((double x, double _, double size, Vector3 ink) in lights)
        {
            for (int ripple = 0; ripple < 5; ripple++)
            {
                double y = shore + ((h - shore) * chance.Between(0, 1)), drift = chance.Bell() * size;
                canvas.Line(x + drift - size, y, x + drift + size, y, size * 0.45, ink, 0.35);
            }
        }
    }
}
