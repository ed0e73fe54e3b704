using ArtSimilarity.Imaging;

namespace ArtSimilarity.Wild;

/// <summary>
/// Draws a painting as it looks in a photograph of a room: on a wall, in a frame, from the side, under a lamp, through a camera. One seed gives one photograph
/// of one painting.
/// </summary>
internal static class PhotoScene
{
    private const int LongSide = 800, ShortSide = 600;

    /// <summary>Draws a photograph.</summary>
    /// <returns>The photograph, and where the painting without its frame lies in it.</returns>
    public static (RgbImage Photo, Quadrilateral Outline) Draw(RgbImage painting, PhotoStrength strength, int seed)
    {
        var random = new Random(seed);
        bool upright = random.NextDouble() < (painting.Height > painting.Width ? 0.6 : 0.2);
        (int width, int height) = upright ? (ShortSide, LongSide) : (LongSide, ShortSide);
        double aspect = (double)painting.Width / painting.Height;

        // The plane of the wall: the painting's height is 1, its middle the origin.
        double frame = Range(random, (0.02, 0.09)), mat = random.NextDouble() < 0.15 ? Range(random, (0.03, 0.1)) : 0, border = frame + mat;
        double halfWidth = (aspect / 2) + border, halfHeight = 0.5 + border;
        double[] view = Camera(random, strength, width, height, halfWidth, halfHeight);
        double[] back = Invert(view);
        double margin = mat;
        byte[][] frameTones = FrameTones(random);
        (double R, double G, double B) wall = (Range(random, (90, 235)), Range(random, (90, 230)), Range(random, (80, 225)));
        double grey = (wall.R + wall.G + wall.B) / 3, saturation = Range(random, (0.1, 0.5));
        wall = (Mix(grey, wall.R, saturation), Mix(grey, wall.G, saturation), Mix(grey, wall.B, saturation));
        double slope = Range(random, (-0.25, 0.25)), fall = Range(random, (-0.25, 0.25)), grain = Range(random, (0, 6));
        List<Thing> things = Things(random, strength.Clutter, halfWidth, halfHeight);
        double shadow = Range(random, (0, 0.04));

        float[] colours = new float[3 * width * height];
        Span<byte> source = painting.Pixels;
        Span<double> sum = stackalloc double[3], one = stackalloc double[3];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, at += 3)
            {
                sum.Clear();
                for (int s = 0; s < 4; s++)
                {
                    double px = x + 0.25 + (0.5 * (s & 1)), py = y + 0.25 + (0.5 * (s >> 1));
                    double w = (back[6] * px) + (back[7] * py) + back[8];
                    double u = ((back[0] * px) + (back[1] * py) + back[2]) / w, v = ((back[3] * px) + (back[4] * py) + back[5]) / w;
                    double outX = Math.Abs(u) - (aspect / 2), outY = Math.Abs(v) - 0.5, outside = Math.Max(outX, outY);
                    if (outside <= 0)
                    {
                        Sample(source, painting.Width, painting.Height, (u / aspect) + 0.5, v + 0.5, one);
                    }
                    else if (outside <= margin)
                    {
                        one.Fill(235);
                    }
                    else if (outside <= margin + frame)
                    {
                        double depth = (outside - margin) / frame;
                        byte[] tone = frameTones[Math.Min(frameTones.Length - 1, (int)(depth * frameTones.Length))];
                        double light = outX > outY ? (u < 0 ? 1.08 : 0.85) : (v < 0 ? 1.15 : 0.78);
                        (one[0], one[1], one[2]) = (tone[0] * light, tone[1] * light, tone[2] * light);
                    }
                    else
                    {
                        double light = 1 + (slope * ((x / (double)width) - 0.5)) + (fall * ((y / (double)height) - 0.5));
                        bool inShadow = u > -halfWidth + shadow && u < halfWidth + shadow && v > -halfHeight + shadow && v < halfHeight + shadow;
                        light *= inShadow ? 0.7 : 1;
                        (one[0], one[1], one[2]) = (wall.R * light, wall.G * light, wall.B * light);
                        foreach (Thing thing in things)
                        {
                            thing.Paint(u, v, one);
                        }
                    }

                    sum[0] += one[0] / 4;
                    sum[1] += one[1] / 4;
                    sum[2] += one[2] / 4;
                }

                double noise = (random.NextDouble() - 0.5) * grain;
                colours[at] = (float)(sum[0] + noise);
                colours[at + 1] = (float)(sum[1] + noise);
                colours[at + 2] = (float)(sum[2] + noise);
            }
        }

        RgbImage photo = Develop(colours, width, height, strength, random);
        return (photo, new Quadrilateral(At(view, -aspect / 2, -0.5), At(view, aspect / 2, -0.5), At(view, aspect / 2, 0.5), At(view, -aspect / 2, 0.5)));

        ImagePoint At(double[] m, double u, double v)
        {
            double w = (m[6] * u) + (m[7] * v) + m[8];
            return new ImagePoint(((m[0] * u) + (m[1] * v) + m[2]) / w / width, ((m[3] * u) + (m[4] * v) + m[5]) / w / height);
        }
    }

    public static double Range(Random random, (double From, double To) range) => range.From + (random.NextDouble() * (range.To - range.From));

    private static double Mix(double a, double b, double share) => a + (share * (b - a));

    /// <summary>A camera that looks at the wall from the side: the map from the wall to pixels.</summary>
    private static double[] Camera(Random random, PhotoStrength strength, int width, int height, double halfWidth, double halfHeight)
    {
        double yaw = Signed(random, strength.Yaw), pitch = Signed(random, strength.Pitch), roll = Signed(random, strength.Roll);
        double fill = Range(random, strength.Fill), focal = 1.1 * Math.Max(width, height);
        double distance = focal * Math.Max(2 * halfWidth / width, 2 * halfHeight / height) / fill;
        double cy = Math.Cos(yaw), sy = Math.Sin(yaw), cp = Math.Cos(pitch), sp = Math.Sin(pitch), cr = Math.Cos(roll), sr = Math.Sin(roll);

        // A point (u, v, 0) of the wall, turned about its middle, then moved away.
        double[] x = [cy, 0], y = [sy * sp, cp], z = [-sy * cp, sp];
        double roomX = Math.Max(0, (width / 2.0) - (focal * halfWidth / distance)), roomY = Math.Max(0, (height / 2.0) - (focal * halfHeight / distance));
        double middleX = (width / 2.0) + Aside(roomX), middleY = (height / 2.0) + Aside(roomY);
        double[] m = new double[9];
        for (int i = 0; i < 2; i++)
        {
            m[i] = (focal * ((cr * x[i]) - (sr * y[i]))) + (middleX * z[i]);
            m[3 + i] = (focal * ((sr * x[i]) + (cr * y[i]))) + (middleY * z[i]);
            m[6 + i] = z[i];
        }

        (m[2], m[5], m[8]) = (middleX * distance, middleY * distance, distance);
        return m;

        double Aside(double room) => ((2 * random.NextDouble()) - 1) * strength.Offset * room;
    }

    private static double Signed(Random random, double degrees) => ((2 * random.NextDouble()) - 1) * degrees * Math.PI / 180;

    private static double[] Invert(double[] m) => [.. PerspectiveTransform.FromMatrix(m).Inverse().Matrix];

    private static byte[][] FrameTones(Random random)
    {
        byte[][] kinds = [[176, 141, 60], [40, 30, 25], [230, 228, 220], [96, 60, 35], [120, 115, 110], [200, 170, 90]];
        byte[] tone = kinds[random.Next(kinds.Length)];
        return [.. Enumerable.Range(0, 3 + random.Next(4)).Select(_ =>
        {
            double light = Range(random, (0.6, 1.3));
            return Array.ConvertAll(tone, value => (byte)Math.Clamp(value * light, 0, 255));
        })];
    }

    private static List<Thing> Things(Random random, int count, double halfWidth, double halfHeight)
    {
        List<Thing> things = [];
        for (int i = random.Next(count + 1); i > 0; i--)
        {
            // Beside, above or below the picture, never on it.
            double w = Range(random, (0.15, 1.2)), h = Range(random, (0.1, 1.2)), gap = Range(random, (0.05, 0.5));
            double u = Range(random, (-2, 2)), v = Range(random, (-1.5, 1.5));
            switch (random.Next(4))
            {
                case 0: u = -halfWidth - gap - (w / 2); break;
                case 1: u = halfWidth + gap + (w / 2); break;
                case 2: v = -halfHeight - gap - (h / 2); break;
                default: v = halfHeight + gap + (h / 2); break;
            }

            things.Add(new Thing(u, v, w / 2, h / 2, random.Next()));
        }

        return things;
    }

    private static void Sample(Span<byte> pixels, int width, int height, double u, double v, Span<double> colour)
    {
        double x = Math.Clamp((u * width) - 0.5, 0, width - 1), y = Math.Clamp((v * height) - 0.5, 0, height - 1);
        int x0 = (int)x, y0 = (int)y, right = x0 + 1 < width ? 3 : 0, below = y0 + 1 < height ? 3 * width : 0, p = 3 * ((y0 * width) + x0);
        double fx = x - x0, fy = y - y0;
        for (int c = 0; c < 3; c++)
        {
            colour[c] = ((1 - fy) * (((1 - fx) * pixels[p + c]) + (fx * pixels[p + right + c])))
                + (fy * (((1 - fx) * pixels[p + below + c]) + (fx * pixels[p + below + right + c])));
        }
    }

    /// <summary>Light, lens and sensor.</summary>
    private static RgbImage Develop(float[] colours, int width, int height, PhotoStrength strength, Random random)
    {
        double brightness = Range(random, strength.Brightness), gamma = Range(random, (0.85, 1.2));
        double[] gains = [.. Enumerable.Range(0, 3).Select(_ => brightness * (1 + (((2 * random.NextDouble()) - 1) * strength.Cast)))];
        double glare = random.NextDouble() * strength.Glare, glareX = random.NextDouble() * width, glareY = random.NextDouble() * height, glareSize = Range(random, (0.08, 0.3)) * width;
        double noise = random.NextDouble() * strength.Noise;
        float[] blurred = Blur(colours, width, height, Range(random, strength.Blur));
        var photo = new RgbImage(width, height);
        Span<byte> pixels = photo.Pixels;
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double distance = (((x - glareX) * (x - glareX)) + ((y - glareY) * (y - glareY))) / (2 * glareSize * glareSize), white = glare * Math.Exp(-distance);
                for (int c = 0; c < 3; c++, at++)
                {
                    double value = 255 * Math.Pow(Math.Clamp(blurred[at] * gains[c] / 255, 0, 1), gamma);
                    value += (white * (255 - value)) + (noise * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2);
                    pixels[at] = (byte)Math.Clamp(value + 0.5, 0, 255);
                }
            }
        }

        return photo;
    }

    private static float[] Blur(float[] colours, int width, int height, double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(2.5 * sigma));
        float[] kernel = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(i => (float)Math.Exp(-i * i / (2 * sigma * sigma)))];
        float total = kernel.Sum();
        float[] rows = new float[colours.Length], result = new float[colours.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int i = -radius; i <= radius; i++)
                {
                    int from = 3 * ((y * width) + Math.Clamp(x + i, 0, width - 1)), to = 3 * ((y * width) + x);
                    float weight = kernel[i + radius] / total;
                    rows[to] += weight * colours[from];
                    rows[to + 1] += weight * colours[from + 1];
                    rows[to + 2] += weight * colours[from + 2];
                }
            }
        }

        for (int y = 0; y < height; y++)
        {
            for (int i = -radius; i <= radius; i++)
            {
                float weight = kernel[i + radius] / total;
                int from = 3 * width * Math.Clamp(y + i, 0, height - 1), to = 3 * width * y;
                for (int x = 0; x < 3 * width; x++)
                {
                    result[to + x] += weight * rows[from + x];
                }
            }
        }

        return result;
    }

    /// <summary>Another picture, a label, a switch: a rectangle with a rim and stripes.</summary>
    private sealed class Thing
    {
        private readonly double _u, _v, _w, _h, _rim, _wave;
        private readonly double[] _inner, _outer;

        public Thing(double u, double v, double w, double h, int seed)
        {
            var random = new Random(seed);
            (_u, _v, _w, _h) = (u, v, w, h);
            _rim = Range(random, (0, 0.2)) * Math.Min(w, h);
            _wave = Range(random, (0, 30));
            _inner = [Range(random, (20, 240)), Range(random, (20, 240)), Range(random, (20, 240))];
            _outer = [Range(random, (20, 240)), Range(random, (20, 240)), Range(random, (20, 240))];
        }

        public void Paint(double u, double v, Span<double> colour)
        {
            double depth = Math.Min(_w - Math.Abs(u - _u), _h - Math.Abs(v - _v));
            if (depth < 0)
            {
                return;
            }

            double[] tone = depth < _rim ? _outer : _inner;
            double wave = depth < _rim ? 1 : 1 + (0.3 * Math.Sin(_wave * ((3 * u) + v)) * Math.Cos(_wave * v));
            for (int c = 0; c < 3; c++)
            {
                colour[c] = tone[c] * wave;
            }
        }
    }
}
