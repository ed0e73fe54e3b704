using ArtSimilarity.Onnx;

namespace ArtSimilarity.Training.Data;

/// <summary>Draws <see cref="HeavyViews"/> of a picture into a network's input, straight at its size.</summary>
/// <param name="views">What is drawn, and how far it goes.</param>
/// <param name="preprocessing">How pixels become the network's input.</param>
/// <param name="only">The only kind that is drawn; <see langword="null"/> for all of them by their weights.</param>
internal sealed class HeavyViewSampler(HeavyViews views, ImagePreprocessing preprocessing, ViewKind? only = null) : IViewSampler
{
    private const float MidGrey = 128;

    [ThreadStatic]
    private static float[]? t_spare;

    /// <inheritdoc />
    public void Draw(ReadOnlySpan<byte> pixels, int side, Span<float> target, int targetSide, Random random)
    {
        ViewKind kind = only ?? views.Choose(random.NextDouble());
        switch (kind)
        {
            case ViewKind.Photograph:
                WallScene.Draw(pixels, side, target, targetSide, views, random);
                Blur(target, targetSide, random.Next(1 + (int)Math.Round(3 * views.Strength)));
                WallScene.Expose(target, targetSide, views.Strength, random);
                break;
            case ViewKind.Detail:
                Crop(pixels, side, target, targetSide, Between(random, views.SmallestDetail, views.LargestDetail), aspect: 1.4, degrees: 4, flips: false, random);
                Recolour(target, 0.12, 0.15, random);
                break;
            case ViewKind.Grey:
                Crop(pixels, side, target, targetSide, Between(random, 0.85, 1), aspect: 1.08, degrees: 1, flips: false, random);
                Desaturate(target, 1);
                Recolour(target, 0.15, 0, random);
                break;
            case ViewKind.Faded:
                Crop(pixels, side, target, targetSide, Between(random, 0.85, 1), aspect: 1.08, degrees: 1, flips: false, random);
                Fade(target, random);
                break;
            case ViewKind.Mirrored:
                Crop(pixels, side, target, targetSide, Between(random, 0.85, 1), aspect: 1.08, degrees: 1, flips: true, random);
                Recolour(target, 0.08, 0.1, random);
                break;
            default:
                Crop(pixels, side, target, targetSide, Between(random, 0.75, 1), aspect: 1.12, degrees: 1.5, flips: false, random);
                Recolour(target, 0.25, 0.35, random);
                Blur(target, targetSide, random.Next(3));
                break;
        }

        // Pictures that people send are JPEG files. Reproductions come without colours, too, whatever else happened to them.
        if (kind != ViewKind.Grey && random.NextDouble() < 0.06)
        {
            Desaturate(target, 1);
        }

        if (random.NextDouble() < 0.75)
        {
            BlockCompression.Apply(target, targetSide, (int)Between(random, 35, 95));
        }

        Normalise(target);
    }

    internal static double Between(Random random, double low, double high) => low + (random.NextDouble() * (high - low));

    /// <summary>The colour of a picture at a place in pixels, from 0 to 255; beyond the border that of the border.</summary>
    internal static void Sample(ReadOnlySpan<byte> pixels, int side, float x, float y, Span<float> color)
    {
        x = Math.Clamp(x, 0, side - 1);
        y = Math.Clamp(y, 0, side - 1);
        int left = (int)x, top = (int)y, a = 3 * ((top * side) + left), right = left + 1 < side ? 3 : 0, below = top + 1 < side ? 3 * side : 0;
        float dx = x - left, dy = y - top;
        for (int channel = 0; channel < 3; channel++, a++)
        {
            float upper = pixels[a] + (dx * (pixels[a + right] - pixels[a])), lower = pixels[a + below] + (dx * (pixels[a + below + right] - pixels[a + below]));
            color[channel] += upper + (dy * (lower - upper));
        }
    }

    /// <summary>A part of the picture, turned a little. Where it is made smaller, four samples are averaged for each pixel.</summary>
    private static void Crop(ReadOnlySpan<byte> pixels, int side, Span<float> target, int targetSide, double area, double aspect, double degrees, bool flips, Random random)
    {
        double stretch = Math.Exp(Between(random, -1, 1) * Math.Log(aspect) / 2);
        double width = Math.Min(1, Math.Sqrt(area) * stretch), height = Math.Min(1, Math.Sqrt(area) / stretch);
        double centerX = ((random.NextDouble() * (1 - width)) + (width / 2)) * side, centerY = ((random.NextDouble() * (1 - height)) + (height / 2)) * side;
        (double sin, double cos) = Math.SinCos(Between(random, -1, 1) * degrees * Math.PI / 180);
        double stepX = width * side / targetSide * (flips ? -1 : 1), stepY = height * side / targetSide;
        int samples = Math.Max(width, height) * side > 1.25 * targetSide ? 2 : 1;
        float share = 1f / (samples * samples);
        for (int row = 0, at = 0; row < targetSide; row++)
        {
            for (int column = 0; column < targetSide; column++, at += 3)
            {
                Span<float> color = target.Slice(at, 3);
                color.Clear();
                for (int sample = 0; sample < samples * samples; sample++)
                {
                    double x = (column + (((sample % samples) + 0.5) / samples) - (targetSide / 2.0)) * stepX, y = (row + (((sample / samples) + 0.5) / samples) - (targetSide / 2.0)) * stepY;
                    Sample(pixels, side, (float)(centerX + (x * cos) - (y * sin) - 0.5), (float)(centerY + (x * sin) + (y * cos) - 0.5), color);
                }

                color[0] *= share;
                color[1] *= share;
                color[2] *= share;
            }
        }
    }

    /// <summary>Other brightness, contrast, balance of colours and saturation.</summary>
    private static void Recolour(Span<float> colors, double tone, double saturation, Random random)
    {
        float gain = (float)(1 + (Between(random, -1, 1) * tone)), contrast = (float)(1 + (Between(random, -1, 1) * tone));
        float bend = (float)(Between(random, -1, 1) * tone), kept = (float)(1 + (Between(random, -1, 1) * saturation));
        bool tints = saturation > 0;
        float cast = tints ? (float)tone / 2 : 0;
        Span<float> gains = stackalloc float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            gains[channel] = gain * (1 + (cast * (float)Between(random, -1, 1)));
        }

        for (int at = 0; at < colors.Length; at += 3)
        {
            float luma = Luma(colors[at..]);
            for (int channel = 0; channel < 3; channel++)
            {
                float value = luma + (kept * (colors[at + channel] - luma));
                value = MidGrey + (contrast * ((gains[channel] * value) - MidGrey));
                value = Math.Clamp(value, 0, 255);
                colors[at + channel] = value + (bend * value * (1 - (value / 255)));
            }
        }
    }

    /// <summary>An old print: less colour and contrast, and a tint.</summary>
    private static void Fade(Span<float> colors, Random random)
    {
        float lost = (float)Between(random, 0.3, 0.9), range = (float)Between(random, 0.5, 0.85), black = (float)Between(random, 10, 60);
        Span<float> tint = [(float)Between(random, 0.95, 1.1), (float)Between(random, 0.92, 1.05), (float)Between(random, 0.7, 1.02)];
        for (int at = 0; at < colors.Length; at += 3)
        {
            float luma = Luma(colors[at..]);
            for (int channel = 0; channel < 3; channel++)
            {
                float value = colors[at + channel] + (lost * (luma - colors[at + channel]));
                colors[at + channel] = Math.Clamp((black + (range * value)) * tint[channel], 0, 255);
            }
        }
    }

    private static void Desaturate(Span<float> colors, float lost)
    {
        for (int at = 0; at < colors.Length; at += 3)
        {
            float luma = Luma(colors[at..]);
            for (int channel = 0; channel < 3; channel++)
            {
                colors[at + channel] += lost * (luma - colors[at + channel]);
            }
        }
    }

    /// <summary>Blurs with the weights 1, 2, 1 along rows and columns, so many times.</summary>
    private static void Blur(Span<float> colors, int side, int times)
    {
        if (times == 0)
        {
            return;
        }

        int length = colors.Length, row = 3 * side;
        float[] spare = t_spare is { } kept && kept.Length >= length ? kept : t_spare = new float[length];
        for (int time = 0; time < times; time++)
        {
            for (int y = 0; y < side; y++)
            {
                ReadOnlySpan<float> middle = colors.Slice(y * row, row), above = colors.Slice(Math.Max(0, y - 1) * row, row), below = colors.Slice(Math.Min(side - 1, y + 1) * row, row);
                Span<float> result = spare.AsSpan(y * row, row);
                for (int i = 0; i < row; i++)
                {
                    result[i] = (0.25f * (above[i] + below[i])) + (0.5f * middle[i]);
                }
            }

            for (int y = 0; y < side; y++)
            {
                ReadOnlySpan<float> from = spare.AsSpan(y * row, row);
                Span<float> result = colors.Slice(y * row, row);
                for (int i = 0; i < row; i++)
                {
                    float left = from[i < 3 ? i : i - 3], right = from[i + 3 < row ? i + 3 : i];
                    result[i] = (0.25f * (left + right)) + (0.5f * from[i]);
                }
            }
        }
    }

    private static float Luma(ReadOnlySpan<float> color) => (0.299f * color[0]) + (0.587f * color[1]) + (0.114f * color[2]);

    private void Normalise(Span<float> colors)
    {
        ChannelValues mean = preprocessing.Mean, std = preprocessing.Std;
        float scale = preprocessing.Scale;
        bool turns = preprocessing.ChannelOrder == ChannelOrder.Bgr;
        for (int at = 0; at < colors.Length; at += 3)
        {
            float red = ((Math.Clamp(colors[at], 0, 255) * scale) - mean.Red) / std.Red;
            float blue = ((Math.Clamp(colors[at + 2], 0, 255) * scale) - mean.Blue) / std.Blue;
            colors[at] = turns ? blue : red;
            colors[at + 1] = ((Math.Clamp(colors[at + 1], 0, 255) * scale) - mean.Green) / std.Green;
            colors[at + 2] = turns ? red : blue;
        }
    }
}
