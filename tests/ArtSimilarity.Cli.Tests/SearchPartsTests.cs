using System.Text.Json;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Searches by several works and images at once, wanted and unwanted, and what refines the results.</summary>
public sealed class SearchPartsTests(PaintedGallery painted)
{
    [Fact]
    public async Task A_search_is_like_several_and_unlike_others_by_key_and_by_file()
    {
        JsonElement found = await JsonAsync("search", "art001", "--like", painted.ImageOf("art020"), "--unlike", "art003", "-k", "20", "--gallery", painted.Gallery);
        Assert.Equal(painted.ImageOf("art020"), found.GetProperty("like")[0].GetString());
        Assert.Equal("art003", found.GetProperty("unlike")[0].GetString());
        JsonElement[] results = [.. found.GetProperty("results").EnumerateArray()];
        string[] keys = [.. results.Select(result => result.GetProperty("key").GetString()!)];
        Assert.DoesNotContain("art001", keys);
        Assert.DoesNotContain("art003", keys);
        Assert.Equal("art020", keys[0]);
        Assert.Equal(painted.ImageOf("art020"), results[0].GetProperty("nearestTo").GetString());

        // Without what is unwanted no work is farther away.
        JsonElement without = await JsonAsync("search", "art001", "--like", painted.ImageOf("art020"), "-k", "1000", "--gallery", painted.Gallery);
        var distances = without.GetProperty("results").EnumerateArray().ToDictionary(result => result.GetProperty("key").GetString()!, result => result.GetProperty("distance").GetSingle());
        Assert.All(results, result => Assert.True(result.GetProperty("distance").GetSingle() >= distances[result.GetProperty("key").GetString()!]));

        CliRun table = await CliRun.Of("search", "art001", "--like", "art020", "--gallery", painted.Gallery, "-k", "3");
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("nearest to", table.Output, StringComparison.Ordinal);
        CliRun plain = await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "-k", "3");
        Assert.DoesNotContain("nearest to", plain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_neither_key_nor_file_is_named_with_its_option()
    {
        CliRun like = await CliRun.Of("search", "art001", "--like", "nobody", "--gallery", painted.Gallery);
        Assert.Equal(1, like.ExitCode);
        Assert.Contains("--like nobody", like.Error, StringComparison.Ordinal);
        CliRun unlike = await CliRun.Of("search", "art001", "--unlike", "no.jpg", "--gallery", painted.Gallery);
        Assert.Equal(1, unlike.ExitCode);
        Assert.Contains("--unlike no.jpg", unlike.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_say_what_a_distance_means_and_limit_the_results()
    {
        string[] line = ["search", "art001", "--gallery", painted.Gallery, "-k", "12"];
        JsonElement[] results = [.. (await JsonAsync([.. line, "--ranks"])).GetProperty("results").EnumerateArray()];
        Assert.Equal(Enumerable.Range(1, 12), results.Select(result => result.GetProperty("statistics").GetProperty("rank").GetInt32()));
        Assert.All(results, result => Assert.InRange(result.GetProperty("statistics").GetProperty("reverseRank").GetInt32(), 1, 1000));
        double[] percentiles = [.. results.Select(result => result.GetProperty("statistics").GetProperty("percentile").GetDouble())];
        Assert.Equal(percentiles.Order(), percentiles);
        Assert.InRange(percentiles[5], 0, 50);
        string limit = percentiles[5].ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        JsonElement[] limited = [.. (await JsonAsync([.. line, "--max-percentile", limit])).GetProperty("results").EnumerateArray()];
        Assert.Equal(percentiles.Count(percentile => percentile <= percentiles[5]), limited.Length);
        Assert.All(limited, result => Assert.False(result.TryGetProperty("statistics", out _)));

        CliRun table = await CliRun.Of([.. line, "--ranks", "--hub-corrected"]);
        Assert.Contains("rank back", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('%', table.Output);
        CliRun csv = await CliRun.Of([.. line, "--ranks", "--csv", "-"]);
        Assert.StartsWith("place,key,distance,similarity,rank,reverse_rank,percentile,hub_corrected,title,", csv.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_spread_and_works_left_out()
    {
        string[] plain = await KeysAsync();
        Assert.Equal(plain, await KeysAsync("--diversity", "0"));
        Assert.NotEqual(plain, await KeysAsync("--diversity", "0.9"));
        Assert.Equal(12, (await KeysAsync("--without-copies")).Length);
        foreach (string option in new[] { "--other-artists", "--other-titles", "--without-copies" })
        {
            CliRun refused = await CliRun.Of("search", painted.ImageOf("art001"), "--gallery", painted.Gallery, option);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(option, refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--diversity", "1.5")).ExitCode);
        Assert.Equal(2, (await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--max-percentile", "101")).ExitCode);

        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file,title,artist\na,{painted.ImageOf("art001")},Sea,Anna\nb,{painted.ImageOf("art002")},Sea,ANNA\nc,{painted.ImageOf("art003")},Lake,Bob\nd,{painted.ImageOf("art004")},sea,Bob\n");
        await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical");
        Assert.Equal(["c", "d"], (await ScratchKeysAsync("--other-artists")).Order());
        Assert.Equal(["c"], await ScratchKeysAsync("--other-titles"));
        Assert.Equal(["b"], await ScratchKeysAsync("--not-artist", "bob"));

        async Task<string[]> KeysAsync(params string[] options) => Keys(await JsonAsync(["search", "art001", "--gallery", painted.Gallery, "-k", "12", .. options]));
        async Task<string[]> ScratchKeysAsync(params string[] options) => Keys(await JsonAsync(["search", "a", "--gallery", scratch["g.db"], .. options]));
    }

    [Fact]
    public async Task A_detail_is_found_in_the_regions_of_works()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file\na,{painted.ImageOf("art001")}\nb,{painted.ImageOf("art002")}\nc,{painted.ImageOf("art003")}\n");
        string[] index = ["index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical"];
        Assert.Equal(0, (await CliRun.Of(index)).ExitCode);
        string[] search = ["search", painted.ImageOf("art002"), "--region", "0.5,0.5,0.5,0.5", "--in-regions", "--gallery", scratch["g.db"]];
        CliRun none = await CliRun.Of(search);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("--regions", none.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of([.. index, "--regions"])).ExitCode);
        JsonElement[] results = [.. (await JsonAsync(search)).GetProperty("results").EnumerateArray()];
        Assert.Equal(3, results.Length);
        Assert.Equal("b", results[0].GetProperty("key").GetString());
        double[] place = [.. results[0].GetProperty("region").EnumerateArray().Select(number => number.GetDouble())];
        Assert.Equal([0.5, 0.5], place[2..]);
        Assert.InRange(place[0], 0.35, 0.5);
        Assert.InRange(place[1], 0.35, 0.5);
        Assert.Contains(",0.5,0.5 ", (await CliRun.Of(search)).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await CliRun.Of([.. index, "--regions", "--pooled-regions"])).ExitCode);
        Assert.Contains(",region,", (await CliRun.Of([.. search, "--csv", "-"])).Output.Split('\n')[0], StringComparison.Ordinal);
        Assert.Equal(2, (await CliRun.Of([.. search, "--ranks"])).ExitCode);

        // All else knows the one model, as before.
        Assert.Equal(2, Keys(await JsonAsync("search", "a", "--gallery", scratch["g.db"])).Length);
        Assert.Contains("\nRegions 1+16+49 of classical: 3 works, 198 signatures\n", (await CliRun.Of("info", "--gallery", scratch["g.db"])).Output, StringComparison.Ordinal);
        JsonElement info = await JsonAsync("info", "--gallery", scratch["g.db"]);
        Assert.Single(info.GetProperty("spaces").EnumerateArray());
        JsonElement regions = Assert.Single(info.GetProperty("regions").EnumerateArray());
        Assert.Equal(("classical", "1+16+49", 3, 198), (regions.GetProperty("model").GetString(), regions.GetProperty("layout").GetString(), regions.GetProperty("works").GetInt32(), regions.GetProperty("signatures").GetInt32()));
        Assert.False(regions.GetProperty("pooled").GetBoolean());
        Assert.Equal(0, (await CliRun.Of("verify", "--gallery", scratch["g.db"])).ExitCode);
    }

    [Fact]
    public async Task A_query_is_looked_at_in_several_ways()
    {
        JsonElement[] plain = [.. (await JsonAsync("search", painted.ImageOf("art002"), "--gallery", painted.Gallery, "-k", "3")).GetProperty("results").EnumerateArray()];
        Assert.False(plain[0].TryGetProperty("view", out _));
        JsonElement[] photo = [.. (await JsonAsync("search", painted.ImageOf("art002"), "--photo", "--mirror", "--gallery", painted.Gallery, "-k", "3")).GetProperty("results").EnumerateArray()];
        Assert.Equal("art002", photo[0].GetProperty("key").GetString());
        Assert.Equal("whole", photo[0].GetProperty("view").GetProperty("kind").GetString());
        Assert.False(photo[0].GetProperty("view").GetProperty("mirrored").GetBoolean());
        Assert.Equal(4, photo[0].GetProperty("view").GetProperty("corners").GetArrayLength());

        // A mirror image is found as one, a work of the gallery does not find itself, and another part may stand beside.
        using var scratch = new ScratchFolder();
        using (global::NetVips.Image whole = global::NetVips.Image.NewFromFile(painted.ImageOf("art004")))
        using (global::NetVips.Image flipped = whole.Flip(global::NetVips.Enums.Direction.Horizontal))
        {
            flipped.WriteToFile(scratch["mirror.png"]);
        }

        JsonElement mirrored = (await JsonAsync("search", scratch["mirror.png"], "--mirror", "--gallery", painted.Gallery, "-k", "1")).GetProperty("results")[0];
        Assert.Equal("art004", mirrored.GetProperty("key").GetString());
        Assert.True(mirrored.GetProperty("view").GetProperty("mirrored").GetBoolean());
        Assert.Contains("whole, mirrored", (await CliRun.Of("search", scratch["mirror.png"], "--mirror", "--gallery", painted.Gallery, "-k", "1")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("art004", Keys(await JsonAsync("search", "art004", "--mirror", "--gallery", painted.Gallery)));
        Assert.Equal(2, Keys(await JsonAsync("search", scratch["mirror.png"], "--mirror", "--like", "art001", "--gallery", painted.Gallery, "-k", "2")).Length);
        Assert.Equal(2, (await CliRun.Of("search", scratch["mirror.png"], "--photo", "--region", "0,0,0.5,0.5", "--gallery", painted.Gallery)).ExitCode);
    }

    [Fact]
    public async Task A_photograph_is_verified_and_the_work_it_shows_comes_first()
    {
        using var scratch = new ScratchFolder();
        using (global::NetVips.Image picture = global::NetVips.Image.NewFromFile(painted.ImageOf("art005")))
        using (global::NetVips.Image wall = picture.Embed(90, 70, picture.Width + 260, picture.Height + 150, extend: global::NetVips.Enums.Extend.Background, background: [200, 196, 190]))
        {
            wall.WriteToFile(scratch["photo.png"]);
        }

        string[] search = ["search", scratch["photo.png"], "--photo", "--gallery", painted.Gallery, "-k", "4"];
        JsonElement[] found = [.. (await JsonAsync(search)).GetProperty("results").EnumerateArray()];
        Assert.Equal(4, found.Length);
        Assert.Equal("art005", found[0].GetProperty("key").GetString());
        Assert.True(found[0].GetProperty("verified").GetBoolean());
        Assert.True(found[0].GetProperty("probability").GetDouble() > 0.9);
        Assert.True(found[0].GetProperty("points").GetInt32() >= 10);
        Assert.All(found[1..], result => Assert.False(result.GetProperty("verified").GetBoolean()));
        Assert.Matches(@"verified +view", (await CliRun.Of(search)).Output);
        Assert.Contains("yes, 1.00", (await CliRun.Of(search)).Output, StringComparison.Ordinal);
        Assert.Contains(",verified,probability,points,", (await CliRun.Of([.. search, "--csv", "-"])).Output.Split('\n')[0], StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of([.. search, "--html", scratch["page.html"]])).ExitCode);
        Assert.Contains("verified, probability 1.00", await File.ReadAllTextAsync(scratch["page.html"], TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // The views alone, on request; what the search leaves out is not verified either.
        JsonElement[] views = [.. (await JsonAsync([.. search, "--no-verify"])).GetProperty("results").EnumerateArray()];
        Assert.Equal(views.Select(Distance).Order(), views.Select(Distance));
        Assert.All(views, result => Assert.False(result.TryGetProperty("verified", out _)));
        Assert.DoesNotContain("verified", (await CliRun.Of([.. search, "--no-verify"])).Output, StringComparison.Ordinal);
        Assert.Equal(views.Select(Key).Except(["art005"]).Take(3), found.Select(Key).Except(["art005"]).Take(3));
        Assert.DoesNotContain("art005", Keys(await JsonAsync("search", "art005", "--photo", "--gallery", painted.Gallery)));
        Assert.Empty(Keys(await JsonAsync([.. search, "--max-distance", "0"])));
        Assert.Equal(2, Keys(await JsonAsync("search", scratch["photo.png"], "--photo", "--mirror", "--like", "art001", "--unlike", "art009", "--fold", "--ranks", "--gallery", painted.Gallery, "-k", "2")).Length);

        CliRun alone = await CliRun.Of("search", "art005", "--no-verify", "--gallery", painted.Gallery);
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("--no-verify", alone.Error, StringComparison.Ordinal);

        static string Key(JsonElement result) => result.GetProperty("key").GetString()!;
        static float Distance(JsonElement result) => result.GetProperty("distance").GetSingle();
    }

    [Fact]
    public async Task A_work_whose_picture_is_gone_is_named_where_it_cannot_be_verified()
    {
        using var scratch = new ScratchFolder();
        File.Copy(painted.ImageOf("art002"), scratch["gone" + Path.GetExtension(painted.ImageOf("art002"))]);
        scratch.Write("works.csv", $"id,file\na,{painted.ImageOf("art001")}\nb,gone{Path.GetExtension(painted.ImageOf("art002"))}\n");
        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        File.Delete(scratch["gone" + Path.GetExtension(painted.ImageOf("art002"))]);
        CliRun run = await CliRun.Of("search", painted.ImageOf("art002"), "--photo", "--gallery", scratch["g.db"], "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 work could not be compared with the photograph, e.g. b: ", run.Error, StringComparison.Ordinal);
        JsonElement nearest = run.Json().GetProperty("results")[0];
        Assert.Equal("b", nearest.GetProperty("key").GetString());
        Assert.False(nearest.GetProperty("verified").GetBoolean());
        Assert.True(nearest.TryGetProperty("problem", out _));
    }

    [Fact]
    public async Task Copies_are_put_under_the_nearest_of_them()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file\na,{painted.ImageOf("art001")}\nb,{painted.ImageOf("art002")}\nc,{painted.ImageOf("art003")}\ncopy,copy.png\n");
        using (global::NetVips.Image whole = global::NetVips.Image.NewFromFile(painted.ImageOf("art002")))
        {
            whole.WriteToFile(scratch["copy.png"]);
        }

        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        string[] search = ["search", painted.ImageOf("art002"), "--fold", "--gallery", scratch["g.db"], "-k", "2"];
        JsonElement[] found = [.. (await JsonAsync(search)).GetProperty("results").EnumerateArray()];
        Assert.Equal(2, found.Length);
        Assert.Equal(["b", "copy"], new[] { found[0].GetProperty("key").GetString(), found[0].GetProperty("copies")[0].GetString() }.Order());
        Assert.Equal(0, found[1].GetProperty("copies").GetArrayLength());
        Assert.Contains(",copies,", (await CliRun.Of([.. search, "--csv", "-"])).Output.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("copies", (await CliRun.Of(search)).Output, StringComparison.Ordinal);

        // Points find the copy too.
        JsonElement group = (await JsonAsync("duplicates", "--points", "--max-distance", "2", "--gallery", scratch["g.db"])).GetProperty("groups")[0];
        Assert.Equal(2, group.GetProperty("works").GetArrayLength());
        Assert.True(group.GetProperty("pairs")[0].GetProperty("points").GetInt32() >= 20);
        Assert.Equal(2, (await CliRun.Of("duplicates", "--points", "--signatures", "--gallery", scratch["g.db"])).ExitCode);
    }

    private static string[] Keys(JsonElement found) => [.. found.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("key").GetString()!)];

    private static async Task<JsonElement> JsonAsync(params string[] line)
    {
        CliRun run = await CliRun.Of([.. line, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
