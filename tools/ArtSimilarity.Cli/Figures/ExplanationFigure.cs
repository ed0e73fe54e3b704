using System.Globalization;
using System.Runtime.InteropServices;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Explaining;
using ArtSimilarity.Imaging;
using SkiaSharp;

namespace ArtSimilarity.Cli.Figures;

/// <summary>
/// Two pictures, and below each the same in grey under a heat map of what every place adds to their similarity. Both heat maps have one scale,
/// which ends at the largest part of either: red adds, blue takes away, and what does neither stays grey.
/// </summary>
internal static class ExplanationFigure
{
    private const int Side = 400, Gap = 16, TitleHeight = 26, LegendHeight = 64, BarHeight = 14;
    private const float TextSize = 14, MarkSize = 9;
    private const int LongestTitle = 48;

    /// <summary>How much of the grey picture is hidden where the heat is strongest.</summary>
    private const double Opacity = 0.75;

    // ColorBrewer's RdBu without its middle and its ends, from weak to strong: evenly darker to the eye, and told apart by everyone.
    private static readonly SKColor[] Reds = [SKColor.Parse("#fddbc7"), SKColor.Parse("#f4a582"), SKColor.Parse("#d6604d"), SKColor.Parse("#b2182b")];
    private static readonly SKColor[] Blues = [SKColor.Parse("#d1e5f0"), SKColor.Parse("#92c5de"), SKColor.Parse("#4393c3"), SKColor.Parse("#2166ac")];

    /// <summary>The size that the pictures are decoded at.</summary>
    public static ImageSize PictureSize { get; } = new(Side, Side);

    /// <summary>Draws an explanation.</summary>
    /// <param name="path">The file, <c>.png</c>.</param>
    /// <param name="a">The first picture and its name.</param>
    /// <param name="b">The second picture and its name.</param>
    /// <param name="explanation">What makes them alike.</param>
    /// <param name="point">A point of the first picture to mark.</param>
    /// <param name="places">The places in the second that correspond to it, the best first.</param>
    public static void Write(
        string path, (string Name, RgbImage Image) a, (string Name, RgbImage Image) b, SimilarityExplanation explanation, (double X, double Y)? point, IReadOnlyList<Correspondence> places)
    {
        double strongest = explanation.HeatOfA.Values.Concat(explanation.HeatOfB.Values).Max(Math.Abs);
        double scale = strongest > 0 ? strongest : 1;
        SKSizeI sizeA = Fit(a.Image.Size), sizeB = Fit(b.Image.Size);
        int row = Math.Max(sizeA.Height, sizeB.Height);
        int secondLeft = Gap + Side + Gap;
        int width = secondLeft + Side + Gap, height = TitleHeight + row + Gap + row + LegendHeight;
        FigureFile.Write(path, width, height, canvas =>
        {
            using SKTypeface typeface = FigureFile.Typeface;
            using var font = new SKFont(typeface, TextSize);
            using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
            DrawPicture(canvas, font, ink, a, sizeA, Gap, explanation.HeatOfA, scale, row);
            DrawPicture(canvas, font, ink, b, sizeB, secondLeft, explanation.HeatOfB, scale, row);
            if (point is (double x, double y))
            {
                Mark(canvas, font, Gap + ((float)x * sizeA.Width), TitleHeight + ((float)y * sizeA.Height), "");
                for (int i = places.Count - 1; i >= 0; i--) // the best on top
                {
                    ImageRegion cell = places[i].Cell;
                    Mark(
                        canvas,
                        font,
                        secondLeft + ((float)(cell.X + (cell.Width / 2)) * sizeB.Width),
                        TitleHeight + ((float)(cell.Y + (cell.Height / 2)) * sizeB.Height),
                        (i + 1).ToString(CultureInfo.InvariantCulture));
                }
            }

            DrawLegend(canvas, font, ink, explanation, scale, width, height - LegendHeight);
        });
    }

    private static SKSizeI Fit(ImageSize size)
    {
        double factor = Side / (double)Math.Max(size.Width, size.Height);
        return new SKSizeI(Math.Max(1, (int)Math.Round(size.Width * factor)), Math.Max(1, (int)Math.Round(size.Height * factor)));
    }

    private static void DrawPicture(
        SKCanvas canvas, SKFont font, SKPaint ink, (string Name, RgbImage Image) picture, SKSizeI size, int left, ContributionMap heat, double scale, int row)
    {
        string title = picture.Name.Length <= LongestTitle ? picture.Name : "…" + picture.Name[^LongestTitle..];
        canvas.DrawText(title, left, TitleHeight - 8, SKTextAlign.Left, font, ink);
        using RgbImage resized = ImageResampler.Resize(picture.Image, new ImageSize(size.Width, size.Height));
        ReadOnlySpan<byte> pixels = resized.Pixels;
        byte[] plain = new byte[4 * size.Width * size.Height];
        byte[] heated = new byte[plain.Length];
        for (int i = 0; i < size.Width * size.Height; i++)
        {
            (byte red, byte green, byte blue) = (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
            Set(plain, i, red, green, blue);

            // Grey, and lighter than the picture, so that no colour of the heat looks like one of the picture.
            double grey = 90 + (0.6 * ((0.299 * red) + (0.587 * green) + (0.114 * blue)));
            double x = (i % size.Width) + 0.5, y = (i / size.Width) + 0.5;
            SKColor color = ColorOf(Interpolate(heat, x / size.Width, y / size.Height) / scale, grey);
            Set(heated, i, color.Red, color.Green, color.Blue);
        }

        Draw(canvas, plain, size, left, TitleHeight);
        Draw(canvas, heated, size, left, TitleHeight + row + Gap);
    }

    private static void Set(byte[] pixels, int index, byte red, byte green, byte blue)
    {
        pixels[4 * index] = red;
        pixels[(4 * index) + 1] = green;
        pixels[(4 * index) + 2] = blue;
        pixels[(4 * index) + 3] = byte.MaxValue;
    }

    private static void Draw(SKCanvas canvas, byte[] pixels, SKSizeI size, int left, int top)
    {
        GCHandle pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        try
        {
            using var image = SKImage.FromPixelCopy(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), pinned.AddrOfPinnedObject());
            canvas.DrawImage(image, left, top);
        }
        finally
        {
            pinned.Free();
        }
    }

    /// <summary>The colour of a part, −1 to 1, over a grey.</summary>
    private static SKColor ColorOf(double part, double grey)
    {
        double strength = Math.Min(1, Math.Abs(part));
        SKColor[] colors = part < 0 ? Blues : Reds;
        double at = strength * (colors.Length - 1);
        int index = Math.Min((int)at, colors.Length - 2);
        double opacity = Opacity * Math.Sqrt(strength);
        byte Mix(byte weak, byte strong) => (byte)Math.Round((opacity * (weak + ((at - index) * (strong - weak)))) + ((1 - opacity) * grey));
        return new SKColor(Mix(colors[index].Red, colors[index + 1].Red), Mix(colors[index].Green, colors[index + 1].Green), Mix(colors[index].Blue, colors[index + 1].Blue));
    }

    /// <summary>The heat at a point, between the centres of cells bilinearly.</summary>
    private static double Interpolate(ContributionMap heat, double x, double y)
    {
        (int left, int right, double toRight) = Between(x, heat.Width);
        (int top, int bottom, double toBottom) = Between(y, heat.Height);
        double At(int column, int row) => heat.Values[(row * heat.Width) + column];
        double above = At(left, top) + (toRight * (At(right, top) - At(left, top)));
        double below = At(left, bottom) + (toRight * (At(right, bottom) - At(left, bottom)));
        return above + (toBottom * (below - above));
    }

    private static (int First, int Second, double Part) Between(double fraction, int count)
    {
        double at = Math.Clamp((fraction * count) - 0.5, 0, count - 1);
        int first = Math.Min((int)at, Math.Max(0, count - 2));
        return (first, Math.Min(first + 1, count - 1), at - first);
    }

    private static void Mark(SKCanvas canvas, SKFont font, float x, float y, string text)
    {
        using var dark = new SKPaint { Color = SKColors.Black, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 4 };
        using var light = new SKPaint { Color = SKColors.Yellow, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 2 };
        using var letters = new SKPaint { Color = SKColors.Yellow, IsAntialias = true };
        canvas.DrawCircle(x, y, MarkSize, dark);
        canvas.DrawCircle(x, y, MarkSize, light);
        using var around = new SKPaint { Color = SKColors.Black, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 3 };
        canvas.DrawText(text, x + MarkSize + 4, y + (TextSize / 3), SKTextAlign.Left, font, around);
        canvas.DrawText(text, x + MarkSize + 4, y + (TextSize / 3), SKTextAlign.Left, font, letters);
    }

    private static void DrawLegend(SKCanvas canvas, SKFont font, SKPaint ink, SimilarityExplanation explanation, double scale, int width, int top)
    {
        double lowest = explanation.HeatOfA.Values.Concat(explanation.HeatOfB.Values).Any(value => value < 0) ? -1 : 0;
        string what = string.Create(
            CultureInfo.InvariantCulture,
            $"what one of {explanation.HeatOfA.Width} × {explanation.HeatOfA.Height} places adds to the similarity of {explanation.Similarity:0.000}; biases of the model add {explanation.BiasShare:0.000}");
        canvas.DrawText(what, Gap, top + TextSize + 4, SKTextAlign.Left, font, ink);
        int barLeft = Gap, barWidth = width - (2 * Gap), barTop = top + 26;
        using var paint = new SKPaint();
        for (int x = 0; x < barWidth; x++)
        {
            paint.Color = ColorOf(lowest + ((1 - lowest) * (x + 0.5) / barWidth), 180);
            canvas.DrawRect(barLeft + x, barTop, 1, BarHeight, paint);
        }

        int ticks = lowest < 0 ? 5 : 3;
        for (int tick = 0; tick < ticks; tick++)
        {
            double part = tick / (ticks - 1.0);
            SKTextAlign align = tick == 0 ? SKTextAlign.Left : tick == ticks - 1 ? SKTextAlign.Right : SKTextAlign.Center;
            string number = (scale * (lowest + ((1 - lowest) * part))).ToString("0.0000;−0.0000;0", CultureInfo.InvariantCulture);
            canvas.DrawText(number, barLeft + (float)(part * barWidth), barTop + BarHeight + TextSize + 2, align, font, ink);
        }
    }
}
