using System.Numerics;

namespace ArtSimilarity.Studio.Motifs;

/// <summary>Head and shoulders, three-quarter light, before a plain ground.</summary>
internal static class Portrait
{
    public static void Paint(Canvas canvas, Chance chance)
    {
        double w = canvas.Width, h = canvas.Height;
        Vector3 ground = Ink.Rgb(chance.Pick(0x4B4033, 0x5A6A5C, 0x6A4C42, 0x3F4A5C, 0x7A6A50, 0x2E2A2A));
        Vector3 skin = Ink.Rgb(chance.Pick(0xE8BE9C, 0xD9A47C, 0xB97F58, 0x8A5A3C, 0xF0CDB0, 0x6B4530));
        Vector3 hair = Ink.Rgb(chance.Pick(0x2A1C14, 0x5A3A20, 0x8A5A2A, 0x1C1A1C, 0xA9A39A, 0xC9A25A));
        Vector3 coat = Ink.Rgb(chance.Pick(0x26303C, 0x6A2A2C, 0x2F4A3A, 0x3A2A4A, 0xC9BBA0, 0x1E1A1A, 0x4A5F7A));
        double cx = w * chance.Between(0.46, 0.54), cy = h * chance.Between(0.37, 0.42), rx = w * 0.165, ry = h * 0.175;
        double lean = chance.Between(-0.06, 0.06), turn = chance.Between(-0.25, 0.25);
        var noise = new Noise(chance.Count(0, 100_000));
        canvas.Fill((x, y) => Ink.Shade(ground, 1.25 - (0.55 * x) - (0.25 * y) + (0.3 * (noise.Fractal(x * 5, y * 5) - 0.5))));
        canvas.Glow(cx - (w * 0.2), cy, w * 0.55, Ink.Shade(ground, 1.7), 0.5);

        bool longHair = chance.Happens(0.5);
        if (longHair)
        {
            canvas.Ellipse(cx, cy + (ry * 0.35), rx * 1.42, ry * 1.6, hair);
        }

        // Shoulders, collar, neck.
        double shoulder = h * chance.Between(0.66, 0.7), breadth = w * chance.Between(0.4, 0.47);
        canvas.Ellipse(cx, h * 1.02, breadth, h * 1.02 - shoulder, (u, v) => Ink.Shade(coat, 1.15 - (0.4 * u) + (0.15 * v)));
        canvas.Polygon([(cx - (rx * 0.52), cy + (ry * 0.5)), (cx + (rx * 0.52), cy + (ry * 0.5)), (cx + (rx * 0.75), shoulder + (h * 0.05)), (cx, shoulder + (h * 0.12)), (cx - (rx * 0.75), shoulder + (h * 0.05))], Ink.Shade(skin, 0.78));
        if (chance.Happens(0.6))
        {
            Vector3 linen = Ink.Rgb(0xEDE6D8);
            canvas.Polygon([(cx - (rx * 0.85), shoulder), (cx, shoulder + (h * 0.15)), (cx - (rx * 0.95), shoulder + (h * 0.1))], linen);
            canvas.Polygon([(cx + (rx * 0.85), shoulder), (cx, shoulder + (h * 0.15)), (cx + (rx * 0.95), shoulder + (h * 0.1))], Ink.Shade(linen, 0.82));
        }

        // Hair behind the face, then the face lit from the left.
        canvas.Ellipse(cx, cy - (ry * 0.28), rx * 1.18, ry * 1.0, hair, turn: lean);
        canvas.Ellipse(cx, cy, rx, ry, (u, v) =>
            Ink.Mix(Ink.Shade(skin, 1.1 - (0.32 * (u + 0.15)) - (0.07 * v * v)), Ink.Rgb(0xC8503C), 0.22 * Math.Exp(-12 * (((Math.Abs(u) - 0.5) * (Math.Abs(u) - 0.5)) + ((v - 0.3) * (v - 0.3))))), turn: lean);
        canvas.Ellipse(cx + (turn * rx * 0.3), cy - (ry * 0.86), rx * 0.98, ry * chance.Between(0.34, 0.46), hair, turn: lean + (turn * 0.5));

        double gaze = cx + (turn * rx * 0.9);
        foreach (int side in (int[])[-1, 1])
        {
            double x = gaze + (side * rx * 0.4), y = cy - (ry * 0.08);
            canvas.Ellipse(x, y, rx * 0.19, ry * 0.085, Ink.Rgb(0xF2EBDD));
            canvas.Ellipse(x + (turn * rx * 0.1), y, rx * 0.095, ry * 0.085, Ink.Rgb(chance.Pick(0x3A2A1C, 0x3F5A6A, 0x4A5A36)));
            canvas.Curve((x - (rx * 0.22), y - (ry * 0.03)), (x, y - (ry * 0.16)), (x + (rx * 0.22), y - (ry * 0.02)), rx * 0.05, rx * 0.05, Ink.Shade(skin, 0.4));
            canvas.Curve((x - (rx * 0.25), y - (ry * 0.2)), (x, y - (ry * 0.32)), (x + (rx * 0.25), y - (ry * 0.2)), rx * 0.07, rx * 0.07, Ink.Shade(hair, 0.8));
        }

        canvas.Curve((gaze + (rx * 0.03), cy - (ry * 0.05)), (gaze + (rx * 0.16), cy + (ry * 0.22)), (gaze + (rx * 0.13), cy + (ry * 0.3)), rx * 0.05, rx * 0.09, Ink.Shade(skin, 0.68));
        canvas.Line(gaze - (rx * 0.1), cy + (ry * 0.31), gaze + (rx * 0.13), cy + (ry * 0.32), rx * 0.06, Ink.Shade(skin, 0.62));
        canvas.Curve((gaze - (rx * 0.3), cy + (ry * 0.56)), (gaze, cy + (ry * (0.56 + chance.Between(-0.02, 0.1)))), (gaze + (rx * 0.3), cy + (ry * 0.56)), rx * 0.07, rx * 0.07, Ink.Rgb(0x8A3A34));
        canvas.Curve((gaze - (rx * 0.2), cy + (ry * 0.62)), (gaze, cy + (ry * 0.68)), (gaze + (rx * 0.2), cy + (ry * 0.62)), rx * 0.07, rx * 0.05, Ink.Rgb(0xB5645A));
        if (!longHair && chance.Happens(0.45))
        {
            canvas.Ellipse(cx, cy + (ry * 0.92), rx * 0.72, ry * 0.36, Ink.Shade(hair, 0.95), 0.92);
            canvas.Curve((gaze - (rx * 0.32), cy + (ry * 0.5)), (gaze, cy + (ry * 0.4)), (gaze + (rx * 0.32), cy + (ry * 0.5)), rx * 0.1, rx * 0.1, hair);
        }

        if (chance.Happens(0.3))
        {
            Vector3 felt = Ink.Vary(Ink.Shade(coat, 0.8), chance, 0.1);
            canvas.Ellipse(cx, cy - (ry * 0.72), rx * 1.75, ry * 0.2, felt, turn: lean);
            canvas.Ellipse(cx, cy - (ry * 0.95), rx * 0.98, ry * 0.48, felt, turn: lean);
            canvas.Curve((cx - (rx * 0.95), cy - (ry * 0.76)), (cx, cy - (ry * 0.66)), (cx + (rx * 0.95), cy - (ry * 0.76)), rx * 0.12, rx * 0.12, Ink.Shade(felt, 0.5));
        }
    }
}
