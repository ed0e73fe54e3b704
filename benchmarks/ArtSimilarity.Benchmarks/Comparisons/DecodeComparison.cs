using System.Diagnostics;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>Large JPEGs to a thumbnail: our decoder against the vipsthumbnail program on the same files.</summary>
internal static class DecodeComparison
{
    private const int Width = 256, Rounds = 9, Copies = 21;

    public static async Task RunAsync()
    {
        var report = new Report("decode", "Decoding large JPEGs to a width of 256 pixels");
        report.Line("| file | pixels | NetVipsImageDecoder, ms | vipsthumbnail, ms per file | ratio |");
        report.Line("|---|--:|--:|--:|--:|");
        var decoder = new NetVipsImageDecoder();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Report.Shared, "images", "large"), "*.jpg").Order(StringComparer.Ordinal))
        {
            ImageSource source = ImageSource.FromFile(file);
            ImageSize full;
            using (RgbImage image = decoder.Decode(source))
            {
                full = image.Size;
            }

            // The decoder's image covers the size asked for: ask for one that makes both 256 wide.
            var minimum = new ImageSize(Width, 1);
            List<double> ours = [], theirs = [];
            for (int round = -1; round < Rounds; round++)
            {
                double our = Report.Milliseconds(() =>
                {
                    for (int i = 0; i < 5; i++)
                    {
                        decoder.Decode(source, minimum).Dispose();
                    }
                }) / 5;
                double their = (await ThumbnailAsync(file, Copies) - await ThumbnailAsync(file, 1)) / (Copies - 1);
                if (round >= 0)
                {
                    ours.Add(our);
                    theirs.Add(their);
                }
            }

            double o = Report.Median(ours), t = Report.Median(theirs);
            report.Line($"| {Path.GetFileName(file)} | {full} | {o:f1} | {t:f1} | {o / t:f2} |");
        }

        report.Line();
        report.Line($"Times are medians of {Rounds} rounds. vipsthumbnail is that of Debian's libvips-tools (`VIPS_CONCURRENCY=1 vipsthumbnail -s {Width}x`). It is given the file {Copies} times in one call and once in another. The difference is its cost per file without the start of the process. It writes a small JPEG each time, and the decoder keeps the pixels.");
        report.Save();
    }

    private static async Task<double> ThumbnailAsync(string file, int copies)
    {
        DirectoryInfo output = Directory.CreateTempSubdirectory("artsim-thumbnails");
        try
        {
            var start = new ProcessStartInfo("vipsthumbnail", [.. Enumerable.Repeat(file, copies), "-s", $"{Width}x", "-o", Path.Combine(output.FullName, "%s.jpg")]);
            start.Environment["VIPS_CONCURRENCY"] = "1";
            long begin = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync();
            double elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            return process.ExitCode == 0 ? elapsed : throw new InvalidOperationException($"vipsthumbnail failed with exit code {process.ExitCode}.");
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }
}
