// Draws the packages' icon, eng/icon.png: two framed paintings of the same landscape, by day and by night.
// Usage, in the root of the repository: dotnet run eng/DrawIcon.cs
#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property PublishAot=false
#:property PackAsTool=false

using SkiaSharp;

const int Side = 128;

using var surface = SKSurface.Create(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Premul));
SKCanvas canvas = surface.Canvas;
canvas.Clear(SKColors.Transparent);
DrawPainting(canvas, new SKRect(4, 4, 88, 76), sky: "#1F2A57", sun: "#F3EBD0", far: "#3A4C86", near: "#141C3D");
DrawPainting(canvas, new SKRect(38, 50, 124, 124), sky: "#F6C177", sun: "#FFF4D6", far: "#7C9A6B", near: "#3F6B4F");

using SKImage image = surface.Snapshot();
using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
using FileStream file = File.Create("eng/icon.png");
png.SaveTo(file);

static void DrawPainting(SKCanvas canvas, SKRect frame, string sky, string sun, string far, string near)
{
    SKRect picture = SKRect.Inflate(frame, -8, -8);
    Fill(canvas, SKRect.Inflate(frame, 2, 2), 7, "#FFFFFF"); // sets the front painting off from the one behind it
    Fill(canvas, frame, 5, "#8A5A2B");
    Fill(canvas, SKRect.Inflate(frame, -3, -3), 3, "#C9973F");
    canvas.Save();
    canvas.ClipRect(picture, antialias: true);
    Fill(canvas, picture, 0, sky);
    using var paint = new SKPaint { IsAntialias = true, Color = SKColor.Parse(sun) };
    canvas.DrawCircle(picture.Left + (0.70f * picture.Width), picture.Top + (0.32f * picture.Height), 0.15f * picture.Width, paint);
    Hill(canvas, picture, far, left: 0.60f, peak: 0.30f, right: 0.72f);
    Hill(canvas, picture, near, left: 0.95f, peak: 0.86f, right: 0.56f);
    canvas.Restore();
}

static void Fill(SKCanvas canvas, SKRect area, float radius, string color)
{
    using var paint = new SKPaint { IsAntialias = true, Color = SKColor.Parse(color) };
    canvas.DrawRoundRect(area, radius, radius, paint);
}

// Heights count from the top of the picture: 0 its upper edge, 1 its lower.
static void Hill(SKCanvas canvas, SKRect picture, string color, float left, float peak, float right)
{
    float Y(float height) => picture.Top + (height * picture.Height);
    using var path = new SKPath();
    path.MoveTo(picture.Left, Y(left));
    path.CubicTo(picture.Left + (0.3f * picture.Width), Y(peak), picture.Left + (0.6f * picture.Width), Y(peak + 0.25f), picture.Right, Y(right));
    path.LineTo(picture.Right, picture.Bottom);
    path.LineTo(picture.Left, picture.Bottom);
    path.Close();
    using var paint = new SKPaint { IsAntialias = true, Color = SKColor.Parse(color) };
    canvas.DrawPath(path, paint);
}
