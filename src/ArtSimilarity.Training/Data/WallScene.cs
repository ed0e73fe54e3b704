namespace ArtSimilarity.Training.Data;

/// <summary>
/// A painting on the wall of a room, for training. It is small, rough and fast, and made in another way than what the project measures with: its corners are
/// moved instead of a camera. A network that only knew one generator's photographs would do well with these alone.
/// </summary>
internal static class WallScene
{
    private const float SoftEdge = 0.03f;

    /// <summary>Draws the wall, what stands before it, the frame and the painting, in colours from 0 to 255.</summary>
    public static void Draw(ReadOnlySpan<byte> pixels, int side, Span<float> target, int targetSide, HeavyViews views, Random random)
    {
        double strength = views.Strength * Between(0.3, 1);
        double fill = Between(views.SmallestFill, 0.97), stretch = Between(-0.45, 0.45);
        double width = fill * Math.Min(1, Math.Exp(stretch)), height = fill * Math.Min(1, Math.Exp(-stretch));
        double centerX = 0.5 + (Between(-1, 1) * (((1 - width) / 2) + (0.05 * strength))), centerY = 0.5 + (Between(-1, 1) * (((1 - height) / 2) + (0.05 * strength)));
        Span<double> corners = stackalloc double[8];
        PlaceCorners(corners, width, height, centerX, centerY, strength, random);
        Span<double> map = stackalloc double[9];
        if (!TryMapToUnitSquare(corners, map))
        {
            // Corners on one line: seen from the front instead.
            ReadOnlySpan<double> front = [1 / width, 0, 0.5 - (centerX / width), 0, 1 / height, 0.5 - (centerY / height), 0, 0, 1];
            front.CopyTo(map);
        }

        float frame = random.NextDouble() < 0.12 ? 0 : (float)Between(0.015, 0.11), mat = random.NextDouble() < 0.2 ? (float)Between(0.02, 0.1) : 0;
        float ratio = (float)(width / height), matTone = (float)Between(190, 250);
        Span<float> rim = stackalloc float[3], wall = stackalloc float[3], floor = stackalloc float[3];
        Tone(rim, 20, 230, 45, random);
        Tone(wall, 60, 245, 25, random);
        Tone(floor, 30, 200, 40, random);
        bool rounded = random.Next(2) == 0;
        float slopeX = (float)(Between(-0.5, 0.5) * strength), slopeY = (float)(Between(-0.4, 0.4) * strength), ripple = (float)(Between(0, 14) * strength), wave = (float)Between(10, 70);
        float ground = random.NextDouble() < 0.3 ? (float)Between(0.75, 1) : 2;
        float shadowX = (float)Between(-0.06, 0.06), shadowY = (float)Between(0, 0.09), shade = (float)Between(0.5, 0.9);
        Span<Thing> things = stackalloc Thing[5];
        things = things[..random.Next(1 + (int)Math.Round(5 * strength))];
        foreach (ref Thing thing in things)
        {
            thing = Thing.Draw(random);
        }

        // Where the painting is smaller than its pixels, one sample for each would leave patterns.
        int most = fill * targetSide < 0.8 * side ? 2 : 1;
        float outer = mat + frame;
        for (int row = 0, at = 0; row < targetSide; row++)
        {
            for (int column = 0; column < targetSide; column++, at += 3)
            {
                Span<float> color = target.Slice(at, 3);
                color.Clear();
                int samples = most == 1 || !ShowsPainting(map, (column + 0.5f) / targetSide, (row + 0.5f) / targetSide) ? 1 : most;
                float share = 1f / (samples * samples);
                for (int sample = 0; sample < samples * samples; sample++)
                {
                    float x = (column + (((sample % samples) + 0.5f) / samples)) / targetSide, y = (row + (((sample / samples) + 0.5f) / samples)) / targetSide;
                    double w = (map[6] * x) + (map[7] * y) + map[8];
                    float u = (float)(((map[0] * x) + (map[1] * y) + map[2]) / w), v = (float)(((map[3] * x) + (map[4] * y) + map[5]) / w);
                    float beyondX = (Math.Abs(u - 0.5f) - 0.5f) * Math.Max(1, ratio), beyondY = (Math.Abs(v - 0.5f) - 0.5f) * Math.Max(1, 1 / ratio), beyond = Math.Max(beyondX, beyondY);
                    if (w <= 0 || beyond > outer)
                    {
                        float shadow = Math.Max(
                            (Math.Abs(u - shadowX - 0.5f) - 0.5f) * Math.Max(1, ratio), (Math.Abs(v - shadowY - 0.5f) - 0.5f) * Math.Max(1, 1 / ratio)) - outer;
                        Background(x, y, w > 0 ? shade + ((1 - shade) * Math.Clamp(shadow / SoftEdge, 0, 1)) : 1, color, wall, floor, things);
                    }
                    else if (beyond <= 0)
                    {
                        HeavyViewSampler.Sample(pixels, side, (u * side) - 0.5f, (v * side) - 0.5f, color);
                    }
                    else if (beyond <= mat)
                    {
                        Add(color, matTone, matTone, matTone * 0.98f);
                    }
                    else
                    {
                        float depth = (beyond - mat) / frame, lit = beyondX > beyondY ? (u < 0.5f ? 1.1f : 0.8f) : (v < 0.5f ? 0.75f : 1.15f);
                        lit *= rounded ? 0.7f + (0.5f * MathF.Sin(depth * MathF.PI)) : 1.1f - (0.4f * depth);
                        Add(color, rim[0] * lit, rim[1] * lit, rim[2] * lit);
                    }
                }

                color[0] *= share;
                color[1] *= share;
                color[2] *= share;
            }
        }

        double Between(double low, double high) => HeavyViewSampler.Between(random, low, high);

        void Background(float x, float y, float shadow, Span<float> color, ReadOnlySpan<float> wallTone, ReadOnlySpan<float> floorTone, ReadOnlySpan<Thing> furniture)
        {
            // Things hide the wall alone: they never hang before the painting.
            foreach (ref readonly Thing thing in furniture)
            {
                if (thing.Hides(x, y))
                {
                    Add(color, thing.Red, thing.Green, thing.Blue);
                    return;
                }
            }

            ReadOnlySpan<float> tone = y > ground ? floorTone : wallTone;
            float light = 1 + (slopeX * (x - 0.5f)) + (slopeY * (y - 0.5f)), rough = ripple * MathF.Sin(wave * (x + (0.3f * y))) * MathF.Sin(wave * (y - (0.2f * x)));
            light *= shadow;
            Add(color, (tone[0] * light) + rough, (tone[1] * light) + rough, (tone[2] * light) + rough);
        }

        static bool ShowsPainting(ReadOnlySpan<double> map, float x, float y)
        {
            double w = (map[6] * x) + (map[7] * y) + map[8], u = (map[0] * x) + (map[1] * y) + map[2], v = (map[3] * x) + (map[4] * y) + map[5];
            return w > 0 && u >= 0 && u <= w && v >= 0 && v <= w;
        }

        static void Add(Span<float> color, float red, float green, float blue)
        {
            color[0] += red;
            color[1] += green;
            color[2] += blue;
        }
    }

    /// <summary>Light and sensor: exposure, white balance, falling light towards the corners, a reflection, noise.</summary>
    public static void Expose(Span<float> colors, int side, double strength, Random random)
    {
        float exposure = (float)(1 - (strength * HeavyViewSampler.Between(random, -0.25, 0.45))), bend = (float)(strength * HeavyViewSampler.Between(random, -0.3, 0.3));
        Span<float> gains = stackalloc float[3];
        foreach (ref float gain in gains)
        {
            gain = exposure * (float)(1 + (strength * HeavyViewSampler.Between(random, -0.2, 0.2)));
        }

        float corner = (float)(strength * HeavyViewSampler.Between(random, 0, 0.5)), white = random.NextDouble() < 0.5 ? (float)(strength * HeavyViewSampler.Between(random, 0.05, 0.6)) : 0;
        (double sin, double cos) = Math.SinCos(HeavyViewSampler.Between(random, 0, Math.PI));
        double middleX = random.NextDouble(), middleY = random.NextDouble(), halfLong = HeavyViewSampler.Between(random, 0.1, 0.6), halfShort = HeavyViewSampler.Between(random, 0.03, 0.2);
        float noise = (float)(strength * HeavyViewSampler.Between(random, 0, 12));
        uint state = (uint)random.Next() | 1;
        for (int row = 0, at = 0; row < side; row++)
        {
            float y = (row + 0.5f) / side;
            for (int column = 0; column < side; column++)
            {
                float x = (column + 0.5f) / side, fall = 1 - (corner * 2 * (((x - 0.5f) * (x - 0.5f)) + ((y - 0.5f) * (y - 0.5f))));

                // A window that is mirrored in glass or varnish: a bar with soft edges.
                float along = (float)Math.Abs(((x - middleX) * cos) + ((y - middleY) * sin)), across = (float)Math.Abs(((y - middleY) * cos) - ((x - middleX) * sin));
                float reflected = white == 0 ? 0 : white * Soft(along, (float)halfLong) * Soft(across, (float)halfShort);
                for (int channel = 0; channel < 3; channel++, at++)
                {
                    float value = Math.Clamp(colors[at] * gains[channel] * fall, 0, 255);
                    value += bend * value * (1 - (value / 255));
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;

                    // The sum of two even numbers: nearly a bell.
                    float grain = ((state & 0xFFFF) + (state >> 16)) / 65535f - 1;
                    colors[at] = value + (reflected * (255 - value)) + (noise * grain);
                }
            }
        }

        static float Soft(float distance, float half) => Math.Clamp((half - distance) / (0.5f * half) + 0.5f, 0, 1);
    }

    /// <summary>A tone between two lightnesses with colours not far from grey.</summary>
    private static void Tone(Span<float> color, double low, double high, double spread, Random random)
    {
        double light = HeavyViewSampler.Between(random, low, high);
        foreach (ref float channel in color)
        {
            channel = (float)Math.Clamp(light + (spread * HeavyViewSampler.Between(random, -1, 1)), 0, 255);
        }
    }

    /// <summary>Where the painting's corners lie: x and y, clockwise from the upper left one.</summary>
    private static void PlaceCorners(Span<double> corners, double width, double height, double centerX, double centerY, double strength, Random random)
    {
        (double sin, double cos) = Math.SinCos(HeavyViewSampler.Between(random, -7, 7) * strength * Math.PI / 180);

        // Seen from the side one edge is shorter than the other. What remains is chance.
        double leftShorter = HeavyViewSampler.Between(random, -0.16, 0.16) * strength, topShorter = HeavyViewSampler.Between(random, -0.12, 0.12) * strength, jitter = 0.025 * strength;
        ReadOnlySpan<int> signX = [-1, 1, 1, -1], signY = [-1, -1, 1, 1];
        for (int corner = 0; corner < 4; corner++)
        {
            double x = signX[corner] * width / 2 * (1 + (signY[corner] * topShorter)), y = signY[corner] * height / 2 * (1 + (signX[corner] * leftShorter));
            x += width * jitter * HeavyViewSampler.Between(random, -1, 1);
            y += height * jitter * HeavyViewSampler.Between(random, -1, 1);
            corners[2 * corner] = centerX + (x * cos) - (y * sin);
            corners[(2 * corner) + 1] = centerY + (x * sin) + (y * cos);
        }
    }

    /// <summary>The projective map that takes four corners to those of the unit square (Heckbert 1989, turned round).</summary>
    private static bool TryMapToUnitSquare(ReadOnlySpan<double> c, Span<double> map)
    {
        double dx1 = c[2] - c[4], dx2 = c[6] - c[4], dx3 = c[0] - c[2] + c[4] - c[6];
        double dy1 = c[3] - c[5], dy2 = c[7] - c[5], dy3 = c[1] - c[3] + c[5] - c[7];
        double whole = (dx1 * dy2) - (dx2 * dy1);
        if (Math.Abs(whole) < 1e-9)
        {
            return false;
        }

        double g = ((dx3 * dy2) - (dx2 * dy3)) / whole, h = ((dx1 * dy3) - (dx3 * dy1)) / whole;
        double a = c[2] - c[0] + (g * c[2]), b = c[6] - c[0] + (h * c[6]), d = c[3] - c[1] + (g * c[3]), e = c[7] - c[1] + (h * c[7]);

        // The adjugate is the inverse up to a factor, which a projective map does not mind; its sign is that of w within the square.
        ReadOnlySpan<double> inverse =
        [
            e - (c[1] * h), (c[0] * h) - b, (b * c[1]) - (c[0] * e),
            (c[1] * g) - d, a - (c[0] * g), (c[0] * d) - (a * c[1]),
            (d * h) - (e * g), (b * g) - (a * h), (a * e) - (b * d),
        ];
        double atFirstCorner = (inverse[6] * c[0]) + (inverse[7] * c[1]) + inverse[8];
        if (Math.Abs(atFirstCorner) < 1e-12)
        {
            return false;
        }

        for (int i = 0; i < 9; i++)
        {
            map[i] = inverse[i] / atFirstCorner;
        }

        return true;
    }

    /// <summary>Another picture, a label, a piece of furniture, a head: a rectangle or an ellipse of one tone.</summary>
    private readonly record struct Thing(float X, float Y, float HalfWidth, float HalfHeight, bool IsRound, float Red, float Green, float Blue)
    {
        public static Thing Draw(Random random)
        {
            Span<float> tone = stackalloc float[3];
            Tone(tone, 15, 240, 60, random);
            return new Thing(
                (float)random.NextDouble(), (float)random.NextDouble(), (float)HeavyViewSampler.Between(random, 0.02, 0.25), (float)HeavyViewSampler.Between(random, 0.02, 0.3), random.Next(3) == 0, tone[0], tone[1], tone[2]);
        }

        public bool Hides(float x, float y)
        {
            float across = (x - X) / HalfWidth, down = (y - Y) / HalfHeight;
            return IsRound ? (across * across) + (down * down) < 1 : Math.Abs(across) < 1 && Math.Abs(down) < 1;
        }
    }
}
