using System.Numerics;

namespace ArtSimilarity.Studio;

/// <summary>
/// A small software rasteriser: shapes are drawn with hard edges at twice the size and averaged down at the end. Coordinates
/// are pixels of the finished picture, the origin at the top left.
/// </summary>
internal sealed class Canvas
{
    private const int Scale = 2;

    private readonly int _columns;
    private readonly int _rows;
    private readonly Vector3[] _pixels;

    public Canvas(int width, int height)
    {
        Width = width;
        Height = height;
        _columns = width * Scale;
        _rows = height * Scale;
        _pixels = new Vector3[_columns * _rows];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The shorter side: the unit that shapes are measured in.</summary>
    public double Unit => Math.Min(Width, Height);

    /// <summary>Paints every pixel; the function gets fractions of width and height.</summary>
    public void Fill(Func<double, double, Vector3> ink)
    {
        for (int row = 0; row < _rows; row++)
        {
            for (int column = 0; column < _columns; column++)
            {
                _pixels[(row * _columns) + column] = ink((column + 0.5) / _columns, (row + 0.5) / _rows);
            }
        }
    }

    public void Fill(Vector3 ink) => Array.Fill(_pixels, ink);

    /// <summary>From <paramref name="top"/> to <paramref name="bottom"/>, over the rows between two heights.</summary>
    public void Gradient(double fromY, double toY, Vector3 top, Vector3 bottom)
    {
        int first = Row(fromY), last = Row(toY);
        for (int row = first; row < last; row++)
        {
            Array.Fill(_pixels, Ink.Mix(top, bottom, (row - first) / (double)Math.Max(1, last - first - 1)), row * _columns, _columns);
        }
    }

    public void Rectangle(double x, double y, double width, double height, Vector3 ink, double alpha = 1) =>
        Polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], ink, alpha);

    public void Ellipse(double x, double y, double radiusX, double radiusY, Vector3 ink, double alpha = 1, double turn = 0) =>
        Ellipse(x, y, radiusX, radiusY, (_, _) => ink, alpha, turn);

    /// <summary>An ellipse with a shader, which gets −1 to 1 along both (turned) axes.</summary>
    public void Ellipse(
        double x, double y, double radiusX, double radiusY, Func<double, double, Vector3> ink, double alpha = 1, double turn = 0)
    {
        double cos = Math.Cos(turn), sin = Math.Sin(turn), reach = Math.Max(radiusX, radiusY);
        for (int row = Row(y - reach); row < Row(y + reach + 1); row++)
        {
            for (int column = Column(x - reach); column < Column(x + reach + 1); column++)
            {
                double dx = ((column + 0.5) / Scale) - x, dy = ((row + 0.5) / Scale) - y;
                double u = ((dx * cos) + (dy * sin)) / radiusX, v = ((dy * cos) - (dx * sin)) / radiusY;
                if ((u * u) + (v * v) <= 1)
                {
                    Blend((row * _columns) + column, ink(u, v), alpha);
                }
            }
        }
    }

    /// <summary>A ball lit from the upper left.</summary>
    public void Ball(double x, double y, double radius, Vector3 ink, double squash = 1) =>
        Ellipse(x, y, radius, radius * squash, (u, v) =>
        {
            double light = 1.12 - (0.55 * (((u + 0.4) * (u + 0.4)) + ((v + 0.45) * (v + 0.45))));
            Vector3 lit = Ink.Shade(ink, Math.Clamp(light, 0.3, 1.15));
            double glint = 1 - (9 * (((u + 0.38) * (u + 0.38)) + ((v + 0.42) * (v + 0.42))));
            return Ink.Mix(lit, Vector3.One, 0.55 * Math.Max(0, glint));
        });

    /// <summary>Light that fades from the centre to nothing at the radius.</summary>
    public void Glow(double x, double y, double radius, Vector3 ink, double strength)
    {
        for (int row = Row(y - radius); row < Row(y + radius + 1); row++)
        {
            for (int column = Column(x - radius); column < Column(x + radius + 1); column++)
            {
                double dx = ((column + 0.5) / Scale) - x, dy = ((row + 0.5) / Scale) - y;
                double distance = Math.Sqrt((dx * dx) + (dy * dy)) / radius;
                if (distance < 1)
                {
                    Blend((row * _columns) + column, ink, strength * (1 - distance) * (1 - distance));
                }
            }
        }
    }

    public void Polygon(ReadOnlySpan<(double X, double Y)> points, Vector3 ink, double alpha = 1)
    {
        double top = double.MaxValue, bottom = double.MinValue;
        foreach ((double _, double y) in points)
        {
            top = Math.Min(top, y);
            bottom = Math.Max(bottom, y);
        }

        Span<double> crossings = stackalloc double[64];
        for (int row = Row(top); row < Row(bottom + 1); row++)
        {
            double y = (row + 0.5) / Scale;
            int count = 0;
            for (int i = 0; i < points.Length && count < crossings.Length; i++)
            {
                (double x0, double y0) = points[i];
                (double x1, double y1) = points[(i + 1) % points.Length];
                if (y0 <= y != y1 <= y)
                {
                    crossings[count++] = x0 + ((y - y0) / (y1 - y0) * (x1 - x0));
                }
            }

            crossings[..count].Sort();
            for (int i = 0; i + 1 < count; i += 2)
            {
                for (int column = Nearest(crossings[i], _columns); column < Nearest(crossings[i + 1], _columns); column++)
                {
                    Blend((row * _columns) + column, ink, alpha);
                }
            }
        }
    }

    /// <summary>Everything below a skyline, given as heights over fractions of the width.</summary>
    public void Below(Func<double, double> skyline, Func<double, double, Vector3> ink)
    {
        for (int column = 0; column < _columns; column++)
        {
            double x = (column + 0.5) / _columns, height = skyline(x);
            for (int row = Row(height); row < _rows; row++)
            {
                _pixels[(row * _columns) + column] = ink(x, ((row + 0.5) / Scale) - height);
            }
        }
    }

    /// <summary>A line with round ends.</summary>
    public void Line(double x0, double y0, double x1, double y1, double width, Vector3 ink, double alpha = 1)
    {
        double radius = width / 2, dx = x1 - x0, dy = y1 - y0, squared = Math.Max(1e-9, (dx * dx) + (dy * dy));
        for (int row = Row(Math.Min(y0, y1) - radius); row < Row(Math.Max(y0, y1) + radius + 1); row++)
        {
            for (int column = Column(Math.Min(x0, x1) - radius); column < Column(Math.Max(x0, x1) + radius + 1); column++)
            {
                double x = ((column + 0.5) / Scale) - x0, y = ((row + 0.5) / Scale) - y0;
                double along = Math.Clamp(((x * dx) + (y * dy)) / squared, 0, 1);
                double offX = x - (along * dx), offY = y - (along * dy);
                if ((offX * offX) + (offY * offY) <= radius * radius)
                {
                    Blend((row * _columns) + column, ink, alpha);
                }
            }
        }
    }

    /// <summary>A curve through a start, a control point and an end, tapering from one width to another.</summary>
    public void Curve(
        (double X, double Y) start, (double X, double Y) control, (double X, double Y) end, double fromWidth, double toWidth, Vector3 ink, double alpha = 1)
    {
        const int Steps = 14;
        (double x, double y) = start;
        for (int i = 1; i <= Steps; i++)
        {
            double t = i / (double)Steps, s = 1 - t;
            double nextX = (s * s * start.X) + (2 * s * t * control.X) + (t * t * end.X);
            double nextY = (s * s * start.Y) + (2 * s * t * control.Y) + (t * t * end.Y);
            Line(x, y, nextX, nextY, fromWidth + ((toWidth - fromWidth) * t), ink, alpha);
            (x, y) = (nextX, nextY);
        }
    }

    /// <summary>
    /// Paints the picture over in brush strokes that take their colour from it and follow its edges: first broad ones
    /// everywhere, then fine ones where there is detail.
    /// </summary>
    public void Brush(Chance chance, double width, double length, double liveliness)
    {
        Vector3[] motif = [.. _pixels];
        Strokes(motif, chance, width, length, liveliness, detail: false);
        Strokes(motif, chance, width * 0.5, length * 0.55, liveliness * 0.8, detail: true);
    }

    /// <summary>The picture as it is now, by coordinates.</summary>
    public Func<double, double, Vector3> Snapshot()
    {
        Vector3[] copy = [.. _pixels];
        return (x, y) => At(copy, x, y);
    }

    /// <summary>Roughens the surface like canvas or paper.</summary>
    public void Grain(Chance chance, double amount)
    {
        for (int i = 0; i < _pixels.Length; i++)
        {
            _pixels[i] += new Vector3((float)(amount * chance.Bell()));
        }
    }

    /// <summary>The finished picture: width × height × 3 bytes.</summary>
    public byte[] ToRgb()
    {
        byte[] bytes = new byte[Width * Height * 3];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                Vector3 sum = Vector3.Zero;
                for (int row = 0; row < Scale; row++)
                {
                    for (int column = 0; column < Scale; column++)
                    {
                        sum += _pixels[(((y * Scale) + row) * _columns) + (x * Scale) + column];
                    }
                }

                sum = Vector3.Clamp(sum / (Scale * Scale), Vector3.Zero, Vector3.One) * 255;
                int target = 3 * ((y * Width) + x);
                bytes[target] = (byte)Math.Round(sum.X);
                bytes[target + 1] = (byte)Math.Round(sum.Y);
                bytes[target + 2] = (byte)Math.Round(sum.Z);
            }
        }

        return bytes;
    }

    private void Strokes(Vector3[] motif, Chance chance, double width, double length, double liveliness, bool detail)
    {
        int strokes = (int)(2.4 * Width * Height / (width * length));
        for (int i = 0; i < strokes; i++)
        {
            double x = chance.Between(0, Width), y = chance.Between(0, Height);
            (double slopeX, double slopeY) = Slope(motif, x, y);
            double steepness = Math.Sqrt((slopeX * slopeX) + (slopeY * slopeY));
            if (detail && steepness < 0.05)
            {
                continue;
            }

            double angle = steepness > 0.01 ? Math.Atan2(slopeY, slopeX) + (Math.PI / 2) : chance.Between(-0.35, 0.35);
            angle += 0.25 * chance.Bell();
            double reach = length * chance.Between(0.3, 0.6) * (detail ? 0.7 : 1 - Math.Min(0.5, steepness));
            Vector3 ink = Ink.Vary(At(motif, x, y), chance, liveliness);
            Stroke(x, y, Math.Cos(angle), Math.Sin(angle), reach, width / 2, ink);
        }
    }

    /// <summary>One stroke of a brush, with a bristle that took up more paint on one side and one that took up less on the other.</summary>
    private void Stroke(double x, double y, double cos, double sin, double reach, double radius, Vector3 ink)
    {
        Vector3 wet = Ink.Shade(ink, 1.06), dry = Ink.Shade(ink, 0.93);
        double spanX = (Math.Abs(cos) * reach) + radius, spanY = (Math.Abs(sin) * reach) + radius, tip = reach + radius;
        for (int row = Row(y - spanY); row < Row(y + spanY + 1); row++)
        {
            double dy = ((row + 0.5) / Scale) - y;
            for (int column = Column(x - spanX); column < Column(x + spanX + 1); column++)
            {
                double dx = ((column + 0.5) / Scale) - x, across = (dy * cos) - (dx * sin), along = Math.Abs((dx * cos) + (dy * sin));
                if (Math.Abs(across) <= radius && along + (0.5 * Math.Abs(across)) <= tip)
                {
                    double share = across / radius;
                    Blend((row * _columns) + column, share > 0.35 ? wet : share < -0.35 ? dry : ink, 0.88);
                }
            }
        }
    }

    private (double X, double Y) Slope(Vector3[] motif, double x, double y)
    {
        const double Step = 2.5;
        double Light(double atX, double atY)
        {
            Vector3 ink = At(motif, atX, atY);
            return (0.3 * ink.X) + (0.55 * ink.Y) + (0.15 * ink.Z);
        }

        return (Light(x + Step, y) - Light(x - Step, y), Light(x, y + Step) - Light(x, y - Step));
    }

    private void Blend(int index, Vector3 ink, double alpha) => _pixels[index] = alpha >= 1 ? ink : Vector3.Lerp(_pixels[index], ink, (float)alpha);

    private Vector3 At(Vector3[] pixels, double x, double y) =>
        pixels[(Math.Min(Row(y), _rows - 1) * _columns) + Math.Min(Column(x), _columns - 1)];

    private int Row(double y) => Math.Clamp((int)(y * Scale), 0, _rows);

    private int Column(double x) => Math.Clamp((int)(x * Scale), 0, _columns);

    private static int Nearest(double coordinate, int limit) => Math.Clamp((int)Math.Round(coordinate * Scale), 0, limit);
}
