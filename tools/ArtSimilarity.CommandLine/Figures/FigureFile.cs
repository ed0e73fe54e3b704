using System.Text;

using ScottPlot;
using SkiaSharp;

namespace ArtSimilarity.CommandLine.Figures;

/// <summary>Writes figures as PNG or SVG. Depends on little but ScottPlot, so that other samples can link it.</summary>
public static class FigureFile
{
    // The signature and the header chunk; others may follow them.
    private const int PngHeaderLength = 8 + 25;

    // Without a name ScottPlot takes what the system lists first, which may have serifs.
    private static readonly string[] Fonts = ["Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"];

    /// <summary>A typeface without serifs.</summary>
    public static SKTypeface Typeface => SKTypeface.FromFamilyName(Fonts.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains));

    /// <summary>Whether the extension is one that can be written.</summary>
    public static bool CanWrite(string path) => IsSvg(path) || Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase);

    /// <summary>An empty plot in a typeface without serifs.</summary>
    public static Plot NewPlot()
    {
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false; // several plots may share a canvas
        if (Fonts.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) is string font)
        {
            plot.Font.Set(font);
        }

        return plot;
    }

    /// <summary>Draws a figure.</summary>
    /// <param name="path">The file, <c>.png</c> or <c>.svg</c>; its folder is created.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="draw">Draws on the canvas, which is white.</param>
    public static void Write(string path, int width, int height, Action<SKCanvas> draw)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using FileStream file = File.Create(full);
        if (IsSvg(full))
        {
            using var text = new MemoryStream();
            using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), text))
            {
                canvas.Clear(SKColors.White);
                draw(canvas);
            }

            byte[] svg = text.ToArray();
            int afterDeclaration = svg.AsSpan().IndexOf("?>"u8) + "?>".Length;
            file.Write(svg, 0, afterDeclaration);
            file.Write(Encoding.UTF8.GetBytes("\n" + OwnFiles.SvgMark));
            file.Write(svg, afterDeclaration, svg.Length - afterDeclaration);
        }
        else
        {
            using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height));
            surface.Canvas.Clear(SKColors.White);
            draw(surface.Canvas);
            using SKImage image = surface.Snapshot();
            using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
            ReadOnlySpan<byte> png = data.AsSpan();
            file.Write(png[..PngHeaderLength]);
            file.Write(OwnFiles.PngChunk());
            file.Write(png[PngHeaderLength..]);
        }
    }

    private static bool IsSvg(string path) => Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase);
}
