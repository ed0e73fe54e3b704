using System.Diagnostics;
using ArtSimilarity.Imaging;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

/// <summary>Broken and hostile files take little memory.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DecodeMemoryTests
{
    private static readonly NetVipsImageDecoder Decoder = new(new NetVipsOptions { DamagedImages = DamagedImages.Accept });

    [Theory]
    [InlineData("images/broken")]
    [InlineData("cases/tiff")]
    [InlineData("cases/formats")]
    [InlineData("cases/bombs")]
    public async Task No_file_takes_more_than_six_hundred_megabytes(string folder)
    {
        string[] files = Directory.GetFiles(SharedData.Require(folder));
        Assert.NotEmpty(files);
        using var process = Process.GetCurrentProcess();
        long before = process.WorkingSet64;
        foreach (string file in files)
        {
            foreach (ImageSize? minimum in new ImageSize?[] { null, new(100, 100) })
            {
                try
                {
                    (await Decoder.OpenAsync(ImageSource.FromFile(file), minimum)).Dispose();
                }
                catch (ImageDecodeException e)
                {
                    Assert.DoesNotContain('\n', e.Reason);
                }
            }

            process.Refresh();
            long growth = process.WorkingSet64 - before;
            Assert.True(growth < 600L << 20, $"{file}: {growth >> 20} MiB more than at the beginning");
        }
    }
}
