using System.Diagnostics;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.NetVips;
using SkiaSharp;

namespace ArtSimilarity.Cli.Tests;

/// <summary>What an option that writes a file may replace.</summary>
public sealed class OutputFileTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    [InlineData(".index")]
    [InlineData(".index/any.idx")]
    [InlineData("/../g.db")]
    public async Task The_gallery_in_use_is_never_replaced_not_even_by_force(string suffix)
    {
        File.Copy(painted.Gallery, _folder["g.db"]);
        byte[] before = await File.ReadAllBytesAsync(_folder["g.db"], TestContext.Current.CancellationToken);
        foreach (string[] force in (string[][])[[], ["--force"]])
        {
            CliRun run = await CliRun.Of(["search", "art001", "--gallery", _folder["g.db"], "--html", _folder["g.db"] + suffix, .. force]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("gallery in use", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(_folder["g.db"], TestContext.Current.CancellationToken));
        Assert.Equal(["g.db"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Links_to_the_gallery_are_seen_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        File.Copy(painted.Gallery, _folder["g.db"]);
        File.CreateSymbolicLink(_folder["link.html"], _folder["g.db"]);
        Directory.CreateSymbolicLink(_folder["there"], _folder.Path);
        Assert.Equal(2, (await CliRun.Of("search", "art001", "--gallery", _folder["g.db"], "--html", _folder["link.html"], "--force")).ExitCode);
        Assert.Equal(2, (await CliRun.Of("search", "art001", "--gallery", _folder["link.html"], "--html", _folder["there/g.db"], "--force")).ExitCode);
        Assert.Equal(0, (await CliRun.Of("info", "--gallery", _folder["g.db"])).ExitCode);
    }

    [Fact]
    public async Task Every_option_that_writes_refuses_what_artsim_did_not_write()
    {
        File.Copy(painted.Gallery, _folder["other.db"]);
        File.Copy(painted.ImageOf("art002"), _folder["photo.jpg"]);
        _folder.Write("letter.html", "<!DOCTYPE html><html><head><title>mine</title></head></html>");
        _folder.Write("drawing.svg", "<?xml version=\"1.0\"?><svg/>");
        File.WriteAllBytes(_folder["index"], [.. "ARTSFAST"u8, .. new byte[100]]);
        using (SKBitmap bitmap = new(3, 3))
        using (SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100))
        {
            File.WriteAllBytes(_folder["picture.png"], data.ToArray());
        }

        Dictionary<string, byte[]> before = Directory.GetFiles(_folder.Path).ToDictionary(file => file, File.ReadAllBytes);
        string[][] lines =
        [
            ["search", "art001", "--gallery", painted.Gallery, "--html", _folder["other.db"]],
            ["search", "art001", "--gallery", painted.Gallery, "--html", _folder["letter.html"]],
            ["search", "art001", "--gallery", painted.Gallery, "--html", _folder["index"]],
            ["search", _folder["photo.jpg"], "--gallery", painted.Gallery, "--html", _folder["photo.jpg"]],
            ["search", "art001", "--gallery", painted.Gallery, "--html", _folder.Path],
            ["tune", "--gallery", painted.Gallery, "--figure", _folder["picture.png"]],
            ["tune", "--gallery", painted.Gallery, "--figure", _folder["drawing.svg"]],
            ["evaluate", "--classifier", "--metadata", painted.Catalogue, "--confusion", _folder["picture.png"]],
            ["annoy", "export", _folder["index"], "--gallery", painted.Gallery],
            ["annoy", "export", _folder["other.db"], "--gallery", painted.Gallery],
        ];
        foreach (string[] line in lines)
        {
            CliRun run = await CliRun.Of(line);
            string shown = string.Join(' ', line) + ": " + run.Error;
            Assert.True(run.ExitCode == 2 && (run.Error.Contains("--force", StringComparison.Ordinal) || run.Error.Contains("is a folder", StringComparison.Ordinal) || run.Error.Contains("this command reads", StringComparison.Ordinal)), shown);
        }

        CliRun forced = await CliRun.Of("search", _folder["photo.jpg"], "--gallery", painted.Gallery, "--html", _folder["photo.jpg"], "--force");
        Assert.Equal(2, forced.ExitCode);
        Assert.Contains("a file that this command reads", forced.Error, StringComparison.Ordinal);
        Assert.Equal(before.Keys.Order(), Directory.GetFiles(_folder.Path).Order());
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        Assert.Equal(0, (await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--html", _folder["letter.html"], "--force")).ExitCode);
        Assert.Contains("generator\" content=\"artsim", File.ReadAllText(_folder["letter.html"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index {0} --gallery FILE/new.db", "--gallery")]
    [InlineData("demo --out FILE/demo", "--out")]
    [InlineData("search art001 --gallery {1} --html FILE/a/page.html", "--html")]
    public async Task A_folder_that_cannot_be_made_is_said(string line, string option)
    {
        _folder.Write("file", "something");
        CliRun run = await CliRun.Of([.. line.Split(' ').Select(word => word.Replace("{0}", painted.ImageOf("art001"), StringComparison.Ordinal).Replace("{1}", painted.Gallery, StringComparison.Ordinal).Replace("FILE", _folder["file"], StringComparison.Ordinal))]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"artsim: {option} ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"the folder cannot be made, for '{_folder["file"]}' is a file.", run.Error, StringComparison.Ordinal);
        Assert.Equal([_folder["file"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task What_artsim_wrote_is_replaced_without_asking()
    {
        for (int run = 0; run < 2; run++)
        {
            Assert.Equal(0, (await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--html", _folder["page.html"])).ExitCode);
            foreach (string name in (string[])["figure.png", "figure.svg"])
            {
                using OutputFile figure = OutputFile.Prepare("--figure", _folder[name], force: false, painted.Gallery);
                figure.Write(path => FigureFile.Write(path, 20, 10, canvas => canvas.DrawLine(0, 0, 20, 10, new SKPaint())));
            }
        }

        using SKBitmap bitmap = SKBitmap.Decode(_folder["figure.png"]);
        Assert.Equal((20, 10), (bitmap.Width, bitmap.Height));
        using Imaging.RgbImage pixels = new NetVipsImageDecoder().Decode(Imaging.ImageSource.FromFile(_folder["figure.png"]), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(20, pixels.Width);
        Assert.NotNull(System.Xml.Linq.XDocument.Load(_folder["figure.svg"]).Root);
        Assert.Equal(["figure.png", "figure.svg", "page.html"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_file_that_fails_half_way_leaves_the_former_one()
    {
        _folder.Write("page.html", "");
        using (OutputFile file = OutputFile.Prepare("--html", _folder["page.html"], force: false, null))
        {
            Assert.Throws<CommandFailedException>(() => file.Write(FailHalfWay));
        }

        Assert.Equal(["page.html"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        Assert.Equal("", File.ReadAllText(_folder["page.html"]));
    }

    private static void FailHalfWay(string path)
    {
        File.WriteAllText(path, "half");
        throw new IOException("the disk is full");
    }

    [Fact]
    public async Task A_pipe_or_a_device_is_not_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes are made by mkfifo");
        using (Process mkfifo = Process.Start("mkfifo", _folder["pipe.html"]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        foreach (string path in (string[])[_folder["pipe.html"], "/dev/null"])
        {
            CliRun run = await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--html", path, "--force");
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("not a regular file", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_demo_paints_over_nothing_and_adds_to_no_other_gallery()
    {
        Directory.CreateDirectory(_folder["a/paintings/images"]);
        File.Copy(painted.ImageOf("art002"), _folder["a/paintings/images/art001.jpg"]);
        CliRun pictures = await CliRun.Of("demo", "--out", _folder["a"], "--limit", "2", "--model", "classical");
        Assert.Equal(2, pictures.ExitCode);
        Assert.Contains("paint over", pictures.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(painted.ImageOf("art002")), File.ReadAllBytes(_folder["a/paintings/images/art001.jpg"]));

        Directory.CreateDirectory(_folder["b"]);
        await CliRun.Of("index", painted.ImageOf("art003"), "--gallery", _folder["b/gallery.db"], "--model", "classical");
        CliRun gallery = await CliRun.Of("demo", "--out", _folder["b"], "--limit", "2", "--model", "classical");
        Assert.Equal(2, gallery.ExitCode);
        Assert.Contains("other works", gallery.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["b/paintings"]));

        for (int run = 0; run < 2; run++)
        {
            Assert.Equal(0, (await CliRun.Of("demo", "--out", _folder["c"], "--limit", "2", "--model", "classical")).ExitCode);
        }
    }
}
