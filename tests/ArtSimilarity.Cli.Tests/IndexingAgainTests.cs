using System.Text.Json;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Pictures and catalogues that come to a gallery again: nothing is erased, doubled or replaced in silence.</summary>
public sealed class IndexingAgainTests(PaintedGallery painted)
{
    [Fact]
    public async Task Indexing_again_without_a_catalogue_or_with_fewer_columns_erases_nothing()
    {
        using var scratch = new ScratchFolder();
        string images = Pictures(scratch, "images", "art001", "art002"), gallery = scratch["g.db"];
        string full = scratch.Write("full.csv", "id,file,title,artist,genre,style,year,museum\na,images/1.jpg,T,Dürer,landscape,Baroque,1500,Prado\n");
        await CliRun.Of("index", images, "-g", gallery, "--metadata", full, "--model", "classical");
        string before = await WorksAsync(gallery);
        Assert.Contains("Dürer", before, StringComparison.Ordinal);

        CliRun again = await CliRun.Of("index", images, "-g", gallery, "--model", "classical");
        Assert.Contains("skipped 2", again.Output, StringComparison.Ordinal);
        Assert.Equal(before, await WorksAsync(gallery));

        string fewer = scratch.Write("fewer.csv", "id,file,title\na,images/1.jpg,New title\n");
        CliRun changed = await CliRun.Of("index", images, "-g", gallery, "--metadata", fewer, "--model", "classical");
        Assert.Contains("1 got new data", changed.Output, StringComparison.Ordinal);
        Assert.Equal(before.Replace("\"T\"", "\"New title\"", StringComparison.Ordinal), await WorksAsync(gallery));

        CliRun erased = await CliRun.Of("index", images, "-g", gallery, "--metadata", fewer, "--model", "classical", "--replace-catalogue");
        Assert.DoesNotContain("Dürer", await WorksAsync(gallery), StringComparison.Ordinal);
        Assert.Contains("5 values of 1 work were erased, as --replace-catalogue asks: a.", erased.Error, StringComparison.Ordinal); // artist, genre, style, year, museum
        JsonElement nothing = (await CliRun.Of("index", images, "-g", gallery, "--metadata", fewer, "--model", "classical", "--replace-catalogue", "--json")).Json();
        Assert.Equal((0, 0), (nothing.GetProperty("erasedValues").GetInt32(), nothing.GetProperty("erased").GetArrayLength()));
    }

    [Fact]
    public async Task A_catalogue_that_comes_later_gives_the_works_their_keys()
    {
        using var scratch = new ScratchFolder();
        string images = Pictures(scratch, "images", "art001", "art002"), gallery = scratch["g.db"];
        await CliRun.Of("index", images, "-g", gallery, "--model", "classical");
        string catalogue = scratch.Write("works.csv", "id,file,title\ninv-1,images/1.jpg,T\n");
        CliRun named = await CliRun.Of("index", images, "-g", gallery, "--metadata", catalogue, "--model", "classical");
        Assert.Contains("1.jpg → inv-1", named.Error, StringComparison.Ordinal);
        Assert.Equal(["2.png", "inv-1"], await KeysAsync(gallery));

        // And with another model, without the catalogue: the same two works have two signatures each.
        CliRun other = await CliRun.Of("index", images, "-g", gallery, "--model", ColourModel.Write(scratch));
        Assert.Equal(0, other.ExitCode);
        Assert.Equal(["2.png", "inv-1"], await KeysAsync(gallery));
        JsonElement info = (await CliRun.Of("info", "-g", gallery, "--json")).Json();
        Assert.All(info.GetProperty("spaces").EnumerateArray(), space => Assert.Equal(2, space.GetProperty("signatures").GetInt32()));
    }

    [Fact]
    public async Task A_list_of_works_is_read_again_as_it_was()
    {
        using var scratch = new ScratchFolder();
        string images = Pictures(scratch, "images", "art001", "art002", "art004", "art005"), gallery = scratch["g.db"];
        string catalogue = scratch.Write("odd.csv", "id,file,title,artist\n=id1,images/1.jpg,'=1+1,-x\n@id2,images/2.png,'+2,'quoted'\n''=id3,images/3.jpg,-50,x\n");
        await CliRun.Of("index", images, "-g", gallery, "--metadata", catalogue, "--model", "classical");
        string before = await WorksAsync(gallery);
        Assert.Equal(0, (await CliRun.Of("list", "-g", gallery, "--csv", scratch["list.csv"])).ExitCode);
        CliRun again = await CliRun.Of("index", images, "-g", gallery, "--metadata", scratch["list.csv"], "--model", "classical");
        Assert.DoesNotContain("another key", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await WorksAsync(gallery));
    }

    [Fact]
    public async Task A_picture_that_was_changed_where_it_lies_is_told()
    {
        using var scratch = new ScratchFolder();
        string images = Pictures(scratch, "images", "art001", "art004"), gallery = scratch["g.db"];
        await CliRun.Of("index", images, "-g", gallery, "--model", "classical");
        File.Copy(painted.ImageOf("art007"), Path.Combine(images, "1.jpg"), overwrite: true);
        CliRun changed = await CliRun.Of("index", images, "-g", gallery, "--model", "classical");
        Assert.Contains("1 work has another picture than before: 1.jpg", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_no_catalogue_and_no_model()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells a pipe from a file here.");
        using var scratch = new ScratchFolder();
        string images = Pictures(scratch, "images", "art001"), pipe = scratch["pipe.csv"];
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        foreach (string[] line in (string[][])[["index", images, "--metadata", pipe], ["index", pipe], ["index", images, "--model", pipe]])
        {
            CliRun run = await CliRun.Of([.. line, "-g", scratch["g.db"]]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("not a regular file", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_folders_with_the_same_file_names_are_different_works()
    {
        using var scratch = new ScratchFolder();
        string a = Pictures(scratch, "A", "art001"), b = Pictures(scratch, "B", "art004"), gallery = scratch["g.db"];
        await CliRun.Of("index", a, "-g", gallery, "--model", "classical");
        CliRun second = await CliRun.Of("index", b, "-g", gallery, "--model", "classical");
        Assert.Contains("Indexed 1,", second.Output, StringComparison.Ordinal);
        Assert.Equal(["1.jpg", "B/1.jpg"], await KeysAsync(gallery));
        await CliRun.Of("index", a, b, "-g", gallery, "--model", "classical");
        Assert.Equal(["1.jpg", "B/1.jpg"], await KeysAsync(gallery));

        using var together = new ScratchFolder();
        await CliRun.Of("index", a, b, "-g", together["g.db"], "--model", "classical");
        Assert.Equal(2, (await KeysAsync(together["g.db"])).Length);

        using var prefixed = new ScratchFolder();
        await CliRun.Of("index", b, "-g", prefixed["g.db"], "--model", "classical", "--prefix", "prado/");
        Assert.Equal(["prado/1.jpg"], await KeysAsync(prefixed["g.db"]));
    }

    [Fact]
    public async Task Another_picture_of_the_same_id_is_refused_unless_it_may_replace_the_first()
    {
        using var scratch = new ScratchFolder();
        Pictures(scratch, "images", "art001", "art002");
        string gallery = scratch["g.db"];
        string first = scratch.Write("first.csv", "id,file\na,images/1.jpg\n"), second = scratch.Write("second.csv", "id,file\na,images/2.png\n");
        await CliRun.Of("index", first, "-g", gallery, "--model", "classical");
        CliRun refused = await CliRun.Of("index", second, "-g", gallery, "--model", "classical");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("another picture under the key 'a'", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--replace-images", refused.Error, StringComparison.Ordinal);
        Assert.Contains("correct the id", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--prefix", refused.Error, StringComparison.Ordinal);
        CliRun replaced = await CliRun.Of("index", second, "-g", gallery, "--model", "classical", "--replace-images");
        Assert.Contains("1 work has another picture than before: a", replaced.Error, StringComparison.Ordinal);
        Assert.Equal(["a"], await KeysAsync(gallery));
    }

    [Fact]
    public async Task The_shared_cases_of_catalogues_and_folders_leave_each_picture_one_work()
    {
        string cases = SharedData.Require("cases");
        using var scratch = new ScratchFolder();
        string images = Path.Combine(cases, "csv", "img"), gallery = scratch["g.db"];
        await CliRun.Of("index", images, "-g", gallery, "--metadata", Path.Combine(cases, "csv", "withid.csv"), "--model", "classical");
        string[] keys = await KeysAsync(gallery);
        Assert.Equal(8, keys.Length);
        string works = await WorksAsync(gallery);
        await CliRun.Of("index", images, "-g", gallery, "--model", "classical");
        await CliRun.Of("index", images, "-g", gallery);
        Assert.Equal(keys, await KeysAsync(gallery));
        Assert.Equal(works, await WorksAsync(gallery));

        using var names = new ScratchFolder();
        await CliRun.Of("index", Path.Combine(cases, "same-names", "A"), "-g", names["g.db"], "--model", "classical");
        await CliRun.Of("index", Path.Combine(cases, "same-names", "B"), "-g", names["g.db"], "--model", "classical");
        Assert.Equal(["1.webp", "B/1.webp"], await KeysAsync(names["g.db"]));
    }

    [Fact]
    public async Task A_model_that_gives_no_numbers_for_dark_pictures_names_them_each_time_and_takes_the_rest()
    {
        string model = SharedData.Require("cases/onnx/nan_some.onnx");
        using var scratch = new ScratchFolder();
        string gallery = scratch["g.db"];
        CliRun first = await CliRun.Of("index", painted.Images, "-g", gallery, "--model", model, "--json");
        int indexed = first.Json().GetProperty("indexed").GetInt32();
        string[] failed = [.. first.Json().GetProperty("failed").EnumerateArray().Select(failure => failure.GetProperty("file").GetString()!)];
        Assert.NotEmpty(failed);
        Assert.Equal(PaintedGallery.Count, indexed + failed.Length);
        CliRun search = await CliRun.Of("search", failed[0], "-g", gallery);
        Assert.Equal(1, search.ExitCode);
        Assert.StartsWith("artsim: the picture cannot be searched for", search.Error, StringComparison.Ordinal);
        CliRun again = await CliRun.Of("index", painted.Images, "-g", gallery, "--model", model, "--json");
        Assert.Equal(indexed, again.Json().GetProperty("skipped").GetInt32());
        Assert.Equal(failed, again.Json().GetProperty("failed").EnumerateArray().Select(failure => failure.GetProperty("file").GetString()!));
        Assert.All(again.Json().GetProperty("failed").EnumerateArray(), failure => Assert.Contains("not finite", failure.GetProperty("reason").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_prefix_does_not_change_the_keys_of_works_that_are_there_and_says_so()
    {
        using var scratch = new ScratchFolder();
        string images = Pictures(scratch, "images", "art001", "art002"), gallery = scratch["g.db"];
        await CliRun.Of("index", images, "-g", gallery, "--model", "classical");
        File.Copy(painted.ImageOf("art004"), Path.Combine(images, "new" + Path.GetExtension(painted.ImageOf("art004"))));
        CliRun run = await CliRun.Of("index", images, "-g", gallery, "--model", "classical", "--prefix", "prado/");
        Assert.Contains("--prefix prado/: 2 works were there before and keep their keys: 1.jpg, 2.png.", run.Error, StringComparison.Ordinal);
        string[] keys = await KeysAsync(gallery);
        Assert.Equal(3, keys.Length);
        Assert.Single(keys, key => key.StartsWith("prado/new", StringComparison.Ordinal));

        using var other = new ScratchFolder();
        CliRun first = await CliRun.Of("index", images, "-g", other["g.db"], "--model", "classical", "--prefix", "prado/");
        Assert.DoesNotContain("--prefix", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--prefix", (await CliRun.Of("index", images, "-g", other["g.db"], "--model", "classical", "--prefix", "prado/")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_dark_pictures_come_first_the_light_ones_are_indexed()
    {
        string model = SharedData.Require("cases/onnx/nan_some.onnx");
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch["images"]);
        for (int i = 0; i < 130; i++)
        {
            File.WriteAllBytes(scratch[$"images/{i:000}.png"], Plain(i < 100 ? i % 10 : 255 - (i % 10), 16 + i));
        }

        string[] dark = [.. Enumerable.Range(0, 100).Select(i => Path.GetFullPath(scratch[$"images/{i:000}.png"]))];
        JsonElement first = (await CliRun.Of("index", scratch["images"], "-g", scratch["g.db"], "--model", model, "--json")).Json();
        Assert.Equal(30, first.GetProperty("indexed").GetInt32());
        Assert.Equal(dark, Failed(first));
        JsonElement second = (await CliRun.Of("index", scratch["images"], "-g", scratch["g.db"], "--model", model, "--json")).Json();
        Assert.Equal((0, 30), (second.GetProperty("indexed").GetInt32(), second.GetProperty("skipped").GetInt32()));
        Assert.Equal(dark, Failed(second));

        // With nothing but dark ones the run ends as usual too, and names them.
        CliRun rest = await CliRun.Of(["index", .. dark, "-g", scratch["g.db"], "--model", model]);
        Assert.Equal(1, rest.ExitCode);
        Assert.Contains("Indexed 0, skipped 0 that were there, 100 failed", rest.Output, StringComparison.Ordinal);
        Assert.All(dark, file => Assert.Contains($"{file}: the model gives numbers that are not finite", rest.Error, StringComparison.Ordinal));

        static IEnumerable<string> Failed(JsonElement document) => document.GetProperty("failed").EnumerateArray().Select(failure => failure.GetProperty("file").GetString()!);
    }

    [Fact]
    public async Task A_damaged_picture_is_refused_or_taken_and_told()
    {
        string damaged = SharedData.Require("cases/tiff/lzw_zeroed.tif");
        using var scratch = new ScratchFolder();
        CliRun refused = await CliRun.Of("index", damaged, "-g", scratch["g.db"], "--model", "classical");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("damaged", refused.Error, StringComparison.Ordinal);
        CliRun taken = await CliRun.Of("index", damaged, "-g", scratch["g.db"], "--model", "classical", "--accept-damaged");
        Assert.Equal(0, taken.ExitCode);
        Assert.Contains("the picture is damaged", taken.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.Of("search", damaged, "-g", scratch["g.db"])).ExitCode);
        CliRun found = await CliRun.Of("search", damaged, "-g", scratch["g.db"], "--accept-damaged");
        Assert.Equal(0, found.ExitCode);
    }

    [Fact]
    public async Task A_small_version_of_a_picture_is_told_to_be_small()
    {
        string small = SharedData.Require("cases/formats/small64.png");
        CliRun found = await CliRun.Of("search", small, "-g", painted.Gallery);
        Assert.Equal(0, found.ExitCode);
        Assert.Contains("the picture is small: 64×", found.Error, StringComparison.Ordinal);
    }

    /// <summary>A picture of one grey.</summary>
    private static byte[] Plain(int grey, int size)
    {
        byte[] rows = new byte[size * (1 + size)];
        for (int y = 0; y < size; y++)
        {
            rows.AsSpan((y * (1 + size)) + 1, size).Fill((byte)grey);
        }

        return SyntheticPng.Encode(size, size, 8, 0, rows);
    }

    /// <summary>A folder with some of the painted pictures, as 1.jpg, 2.png, …</summary>
    private string Pictures(ScratchFolder scratch, string folder, params string[] works)
    {
        Directory.CreateDirectory(scratch[folder]);
        for (int i = 0; i < works.Length; i++)
        {
            string image = painted.ImageOf(works[i]);
            File.Copy(image, Path.Combine(scratch[folder], $"{i + 1}{Path.GetExtension(image)}"));
        }

        return scratch[folder];
    }

    private static async Task<string> WorksAsync(string gallery) => (await CliRun.Of("list", "-g", gallery, "--json")).Json().GetProperty("works").ToString();

    private static async Task<string[]> KeysAsync(string gallery) =>
        [.. (await CliRun.Of("list", "-g", gallery, "--json")).Json().GetProperty("works").EnumerateArray().Select(work => work.GetProperty("key").GetString()!)];
}
