using System.Runtime.Intrinsics;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Training.Data;

/// <summary>
/// Draws a picture, cropped, turned, mirrored and recoloured as an <see cref="Augmentation"/> says, into a network's input:
/// bilinear samples, normalised, channels last; beyond the border the picture is mirrored.
/// </summary>
internal sealed class PictureSampler(Augmentation augmentation, ImagePreprocessing preprocessing) : IViewSampler
{
    /// <inheritdoc />
    public void Draw(ReadOnlySpan<byte> pixels, int side, Span<float> target, int targetSide, Random random)
    {
        Transform transform = Choose(side, targetSide, random, out Vector128<float> factor, out Vector128<float> saturation, out Vector128<float> offset);
        Vector128<float> scale = factor;
        Vector128<float> luma = Vector128.Create(0.299f, 0.587f, 0.114f, 0);
        bool recolours = saturation != Vector128<float>.One;
        bool exact = transform is { StepXx: 1, StepXy: 0, StepYx: 0, StepYy: 1, StartX: 0, StartY: 0 } && side == targetSide;
        (int red, int blue) = preprocessing.ChannelOrder == ChannelOrder.Bgr ? (2, 0) : (0, 2);
        int at = 0;
        for (int row = 0; row < targetSide; row++)
        {
            float x = transform.StartX + (row * transform.StepXy);
            float y = transform.StartY + (row * transform.StepYy);
            for (int column = 0; column < targetSide; column++)
            {
                Vector128<float> color = exact ? Pixel(pixels, side, column, row) : Sample(pixels, side, x, y);
                if (recolours)
                {
                    Vector128<float> gray = Vector128.Create(Vector128.Dot(color, luma));
                    color = gray + ((color - gray) * saturation);
                }

                color = (color * scale) + offset;
                target[at + red] = color[0];
                target[at + 1] = color[1];
                target[at + blue] = color[2];
                at += 3;
                x += transform.StepXx;
                y += transform.StepYx;
            }
        }
    }

    private Transform Choose(int side, int targetSide, Random random, out Vector128<float> factor, out Vector128<float> saturation, out Vector128<float> offset)
    {
        double area = Between(random, augmentation.MinimumArea, 1);
        double aspect = Math.Exp(Between(random, -1, 1) * Math.Log(augmentation.AspectRatio) / 2);
        double width = Math.Min(1, Math.Sqrt(area) * aspect), height = Math.Min(1, Math.Sqrt(area) / aspect);
        double left = random.NextDouble() * (1 - width), top = random.NextDouble() * (1 - height);
        double angle = Between(random, -1, 1) * augmentation.Rotation * Math.PI / 180;
        bool flipped = random.NextDouble() < 0.5 && augmentation.Flip;
        double brightness = 1 + (Between(random, -1, 1) * augmentation.Color);
        double contrast = 1 + (Between(random, -1, 1) * augmentation.Color);
        double saturated = 1 + (Between(random, -1, 1) * augmentation.Color);

        // Target pixel centres → crop → turned about the crop's centre → pixels of the picture.
        double stepX = width * side / targetSide * (flipped ? -1 : 1), stepY = height * side / targetSide;
        double centerX = (left + (width / 2)) * side, centerY = (top + (height / 2)) * side;
        (double sin, double cos) = Math.SinCos(angle);
        double half = (targetSide - 1) / 2.0;
        var transform = new Transform(
            (float)(centerX - 0.5 - (half * ((stepX * cos) - (stepY * sin)))),
            (float)(centerY - 0.5 - (half * ((stepX * sin) + (stepY * cos)))),
            (float)(stepX * cos),
            (float)(-stepY * sin),
            (float)(stepX * sin),
            (float)(stepY * cos));

        // Brightness multiplies; contrast moves away from mid-gray; then the model's own scale, mean and deviation.
        float gain = (float)(brightness * contrast), lift = (float)((1 - contrast) * 127.5);
        ChannelValues mean = preprocessing.Mean, std = preprocessing.Std;
        var deviation = Vector128.Create(std.Red, std.Green, std.Blue, 1);
        factor = Vector128.Create(gain * preprocessing.Scale) / deviation;
        offset = (Vector128.Create(lift * preprocessing.Scale) - Vector128.Create(mean.Red, mean.Green, mean.Blue, 0)) / deviation;
        saturation = Vector128.Create((float)saturated);
        return transform;
    }

    private static double Between(Random random, double low, double high) => low + (random.NextDouble() * (high - low));

    private static Vector128<float> Sample(ReadOnlySpan<byte> pixels, int side, float x, float y)
    {
        float left = MathF.Floor(x), top = MathF.Floor(y);
        int x0 = Mirror((int)left, side), x1 = Mirror((int)left + 1, side), y0 = Mirror((int)top, side), y1 = Mirror((int)top + 1, side);
        Vector128<float> dx = Vector128.Create(x - left), dy = Vector128.Create(y - top);
        Vector128<float> a = Pixel(pixels, side, x0, y0), b = Pixel(pixels, side, x1, y0);
        Vector128<float> c = Pixel(pixels, side, x0, y1), d = Pixel(pixels, side, x1, y1);
        Vector128<float> upper = a + ((b - a) * dx), lower = c + ((d - c) * dx);
        return upper + ((lower - upper) * dy);
    }

    private static int Mirror(int position, int side)
    {
        if ((uint)position < (uint)side)
        {
            return position;
        }

        position = position < 0 ? -position - 1 : (2 * side) - 1 - position;
        return Math.Clamp(position, 0, side - 1);
    }

    private static Vector128<float> Pixel(ReadOnlySpan<byte> pixels, int side, int x, int y)
    {
        int at = 3 * ((y * side) + x);
        return Vector128.ConvertToSingle(Vector128.Create(pixels[at], pixels[at + 1], pixels[at + 2], 0));
    }

    private readonly record struct Transform(float StartX, float StartY, float StepXx, float StepXy, float StepYx, float StepYy);
}
