using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace SimArt.Tests;

/// <summary>What the API answers, on 500 paintings.</summary>
public sealed class ApiTests(PaintingsSite site)
{
    [Fact]
    public async Task The_gallery_has_both_spaces_and_all_works()
    {
        JsonElement gallery = await site.Server.GetAsync("/api/v1/gallery");

        Assert.Equal(PaintingsSite.Count, gallery.GetProperty("works").GetInt32());
        Assert.Equal(["genre", "before"], gallery.GetProperty("spaces").EnumerateArray().Select(space => space.GetProperty("id").GetString()));
        Assert.All(gallery.GetProperty("spaces").EnumerateArray(), space =>
        {
            Assert.Equal(PaintingsSite.Count, space.GetProperty("works").GetInt32());
            Assert.True(space.GetProperty("explains").GetBoolean() && space.GetProperty("takesImages").GetBoolean());
            Assert.Matches("^[0-9a-f]{12}$", space.GetProperty("modelHash").GetString());
        });
    }

    [Fact]
    public async Task Facets_count_what_the_list_shows()
    {
        JsonElement genres = (await site.Server.GetAsync("/api/v1/facets")).GetProperty("facets").EnumerateArray().First(facet => facet.GetProperty("name").GetString() == "genre");
        JsonElement most = genres.GetProperty("values")[0];
        string value = most.GetProperty("value").GetString()!;

        JsonElement list = await site.Server.GetAsync($"/api/v1/works?genre={Asking.Quoted(value)}&sort=year&limit=200");
        JsonElement chosen = (await site.Server.GetAsync($"/api/v1/facets?genre={Asking.Quoted(value)}")).GetProperty("facets").EnumerateArray().First(facet => facet.GetProperty("name").GetString() == "genre");

        Assert.Equal(most.GetProperty("count").GetInt32(), list.GetProperty("total").GetInt32());
        Assert.All(list.GetProperty("items").EnumerateArray(), work => Assert.Equal(value, work.GetProperty("genre").GetString()));
        int[] years = [.. list.GetProperty("items").EnumerateArray().Select(work => work.GetProperty("year")).Where(year => year.ValueKind == JsonValueKind.Number).Select(year => year.GetInt32())];
        Assert.Equal(years.Order(), years);
        Assert.Equal(genres.GetProperty("values").GetArrayLength(), chosen.GetProperty("values").GetArrayLength());
        Assert.True(chosen.GetProperty("values")[0].GetProperty("selected").GetBoolean());
    }

    [Fact]
    public async Task Words_find_works_without_regard_to_case_and_accents()
    {
        JsonElement work = (await site.Server.GetAsync("/api/v1/works?limit=1&from=1")).GetProperty("items")[0];
        string artist = work.GetProperty("artists")[0].GetString()!;

        JsonElement found = await site.Server.GetAsync($"/api/v1/works?q={Asking.Quoted(artist.ToUpperInvariant())}");
        JsonElement none = await site.Server.GetAsync("/api/v1/works?q=no-work-has-this-word");

        Assert.Contains(found.GetProperty("items").EnumerateArray(), each => each.GetProperty("key").GetString() == work.GetProperty("key").GetString());
        Assert.Equal(0, none.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("genre")]
    [InlineData("before")]
    public async Task A_work_as_an_upload_finds_itself_first(string space)
    {
        string key = site.Keys[7];
        string upload = await UploadWorkAsync(key);

        JsonElement found = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { upload } }, spaces = new[] { new { id = space } }, k = 5, ranks = true });

        Assert.Equal(key, found.Keys()[0]);
        Assert.Equal(5, found.Keys().Length);
        Assert.True(found.GetProperty("results")[0].GetProperty("percentile").GetDouble() > 99);
    }

    [Fact]
    public async Task Ranks_distances_and_both_spaces_are_told()
    {
        JsonElement found = await site.Server.PostAsync(
            "/api/v1/search", new { parts = new[] { new { key = site.Keys[3] } }, spaces = new[] { new { id = "genre", weight = 0.5 }, new { id = "before", weight = 0.5 } }, k = 10, ranks = true });

        JsonElement[] results = [.. found.GetProperty("results").EnumerateArray()];
        float[] distances = [.. results.Select(result => result.GetProperty("distance").GetSingle())];
        Assert.Equal(distances.Order(), distances);
        Assert.Equal(Enumerable.Range(1, 10), results.Select(result => result.GetProperty("rank").GetInt32()));
        Assert.DoesNotContain(site.Keys[3], found.Keys());
        Assert.Equal(2, found.GetProperty("spaces").GetArrayLength());
    }

    [Fact]
    public async Task Filters_keep_the_ranking_and_unwanted_works_go_back()
    {
        string key = site.Keys[11];
        JsonElement all = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key } }, k = 200 });
        string genre = all.GetProperty("results")[5].GetProperty("work").GetProperty("genre").GetString()!;
        string[] expected = [.. all.GetProperty("results").EnumerateArray().Where(result => result.GetProperty("work").GetProperty("genre").GetString() == genre).Select(result => result.GetProperty("work").GetProperty("key").GetString()!).Take(5)];

        JsonElement filtered = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key } }, k = 5, filter = new { genres = new[] { genre } } });
        JsonElement less = await site.Server.PostAsync("/api/v1/search", new { parts = new object[] { new { key }, new { key = all.Keys()[0], unwanted = true } }, k = 200 });

        Assert.Equal(expected, filtered.Keys());
        Assert.NotEqual(all.Keys()[0], less.Keys()[0]);
        Assert.DoesNotContain(all.Keys()[0], less.Keys());
    }

    [Fact]
    public async Task A_search_may_stop_at_a_relevance_and_leave_out_the_artist()
    {
        JsonElement work = (await site.Server.GetAsync("/api/v1/works?from=1800&limit=1")).GetProperty("items")[0];
        string key = work.GetProperty("key").GetString()!, artist = work.GetProperty("artists")[0].GetString()!;

        JsonElement near = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key } }, k = 200, relevance = 99, ranks = true });
        JsonElement others = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key } }, k = 50, sameArtist = false, surprise = 0.4 });

        Assert.True(near.GetProperty("results").GetArrayLength() < 200);
        Assert.All(near.GetProperty("results").EnumerateArray(), result => Assert.True(result.GetProperty("percentile").GetDouble() >= 99));
        Assert.Equal(50, others.GetProperty("results").GetArrayLength());
        Assert.All(others.GetProperty("results").EnumerateArray(), result => Assert.DoesNotContain(artist, result.GetProperty("work").GetProperty("artists").EnumerateArray().Select(each => each.GetString())));
    }

    [Fact]
    public async Task A_detail_is_searched_by_and_folding_loses_no_work()
    {
        string key = site.Keys[30];
        JsonElement detail = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key, region = new[] { 0.25, 0.25, 0.5, 0.5 } } }, k = 5, spaces = new[] { new { id = "before" } } });
        JsonElement folded = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key } }, k = 20, fold = true });

        Assert.Equal(5, detail.Keys().Length);
        Assert.Equal(20, folded.Keys().Length);
    }

    [Fact]
    public async Task Identify_knows_the_work_and_says_none_for_noise()
    {
        string key = site.Keys[40];
        JsonElement known = await site.Server.PostAsync("/api/v1/identify", new { upload = await UploadWorkAsync(key) });
        JsonElement strange = await site.Server.PostAsync("/api/v1/identify", new { upload = await site.Server.UploadedAsync(TestPictures.Noise(400, 300)) });

        Assert.Equal(key, known.GetProperty("match").GetProperty("work").GetProperty("key").GetString());
        Assert.True(known.GetProperty("match").GetProperty("probability").GetDouble() > 0.9);
        Assert.Equal(4, known.GetProperty("match").GetProperty("outline").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, strange.GetProperty("match").ValueKind);
    }

    [Theory]
    [InlineData("genre")]
    [InlineData("before")]
    public async Task Explanations_add_up_to_the_similarity_of_the_search(string space)
    {
        string a = site.Keys[50];
        JsonElement found = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key = a } }, spaces = new[] { new { id = space } }, k = 1 });
        string b = found.Keys()[0];

        JsonElement why = await site.Server.PostAsync("/api/v1/explain", new { a = new { key = a }, b = new { key = b }, space });
        JsonElement places = await site.Server.PostAsync("/api/v1/explain/points", new { a = new { key = a }, b = new { key = b }, space, x = 0.5, y = 0.5, count = 3 });

        double similarity = why.GetProperty("similarity").GetDouble();
        Assert.Equal(found.GetProperty("results")[0].GetProperty("similarity").GetDouble(), similarity, 2e-3);
        foreach (string side in (string[])["a", "b"])
        {
            double sum = why.GetProperty(side).GetProperty("values").EnumerateArray().Sum(value => value.GetDouble()) + why.GetProperty("bias").GetDouble();
            Assert.Equal(similarity, sum, 1e-4);
        }

        Assert.Equal(3, places.GetProperty("points").GetArrayLength());
    }

    [Fact]
    public async Task Genealogy_goes_back_and_forth_in_time()
    {
        JsonElement all = (await site.Server.GetAsync("/api/v1/works?from=1&sort=year&limit=200")).GetProperty("items");
        JsonElement dated = all[all.GetArrayLength() / 2];
        int year = dated.GetProperty("year").GetInt32();

        JsonElement found = await site.Server.GetAsync($"/api/v1/genealogy?key={Asking.Quoted(dated.GetProperty("key").GetString()!)}&k=4");

        Assert.Equal(4, found.GetProperty("earlier").GetArrayLength());
        Assert.All(found.GetProperty("earlier").EnumerateArray(), near => Assert.True(near.GetProperty("work").GetProperty("year").GetInt32() < year));
        Assert.All(found.GetProperty("later").EnumerateArray(), near => Assert.True(near.GetProperty("work").GetProperty("year").GetInt32() > year));
    }

    [Fact]
    public async Task A_path_begins_and_ends_at_the_works_asked_for()
    {
        JsonElement path = await site.Server.GetAsync($"/api/v1/path?a={Asking.Quoted(site.Keys[0])}&b={Asking.Quoted(site.Keys[^1])}");

        JsonElement[] works = [.. path.GetProperty("works").EnumerateArray()];
        Assert.Equal(site.Keys[0], works[0].GetProperty("key").GetString());
        Assert.Equal(site.Keys[^1], works[^1].GetProperty("key").GetString());
        Assert.Equal(works.Length - 1, path.GetProperty("distances").GetArrayLength());
        Assert.Equal(path.GetProperty("length").GetDouble(), path.GetProperty("distances").EnumerateArray().Sum(distance => distance.GetDouble()), 1e-3);
    }

    [Theory]
    [InlineData("gexf", "http://gexf.net/1.3")]
    [InlineData("graphml", "http://graphml.graphdrawing.org/xmlns")]
    public async Task Graphs_are_whole_documents_without_paths_of_the_host(string format, string names)
    {
        string text = Encoding.UTF8.GetString(await site.Server.BytesAsync($"/api/v1/graph?format={format}&neighbors=5"));

        var document = XDocument.Parse(text);
        Assert.Equal(PaintingsSite.Count, document.Descendants(XName.Get("node", names)).Count());
        Assert.DoesNotContain(site.Scratch, text, StringComparison.Ordinal);
        Assert.Contains("/images?id=", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_drawn_graph_has_its_edges_between_its_nodes()
    {
        JsonElement graph = await site.Server.GetAsync("/api/v1/graph?limit=50");

        Assert.Equal(50, graph.GetProperty("nodes").GetArrayLength());
        Assert.True(graph.GetProperty("truncated").GetBoolean());
        Assert.NotEqual(0, graph.GetProperty("edges").GetArrayLength());
        Assert.All(graph.GetProperty("edges").EnumerateArray(), edge => Assert.InRange(edge.GetProperty("to").GetInt32(), 0, 49));
    }

    [Fact]
    public async Task The_map_has_a_place_and_a_sheet_for_every_work()
    {
        JsonElement map = await site.Server.GetAsync("/api/v1/map");
        byte[] sheet = await site.Server.BytesAsync(map.GetProperty("sheets")[0].GetString()!);
        JsonElement filtered = await site.Server.GetAsync("/api/v1/map/filter?from=1900");
        JsonElement listed = await site.Server.GetAsync("/api/v1/works?from=1900");

        Assert.Equal(site.Keys.Order(StringComparer.Ordinal), map.GetProperty("keys").EnumerateArray().Select(key => key.GetString()!).Order(StringComparer.Ordinal));
        Assert.All(map.GetProperty("x").EnumerateArray().Concat(map.GetProperty("y").EnumerateArray()), place => Assert.InRange(place.GetDouble(), 0, 1));
        Assert.Equal([0xFF, 0xD8], sheet[..2]);
        Assert.Equal(listed.GetProperty("total").GetInt32(), filtered.GetProperty("indices").GetArrayLength());
    }

    [Fact]
    public async Task Guesses_say_that_they_are_and_how_often_they_are_right()
    {
        JsonElement guesses = (await site.Server.GetAsync($"/api/v1/guesses?key={Asking.Quoted(site.Keys[60])}")).GetProperty("guesses");

        Assert.Equal(["genre", "style", "artist", "half-century"], guesses.EnumerateArray().Select(guess => guess.GetProperty("field").GetString()));
        Assert.All(guesses.EnumerateArray(), guess => Assert.InRange(guess.GetProperty("confidence").GetDouble(), 0, 1));
        Assert.All(guesses.EnumerateArray().Skip(1), guess => Assert.InRange(guess.GetProperty("accuracy").GetDouble(), 0, 1));
    }

    [Fact]
    public async Task A_link_tells_both_ranks_as_the_searches_do()
    {
        string a = site.Keys[70];
        string b = (await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key = a } }, k = 3 })).Keys()[2];
        JsonElement back = await site.Server.PostAsync("/api/v1/search", new { parts = new[] { new { key = b } }, k = 200 });

        JsonElement link = await site.Server.GetAsync($"/api/v1/link?a={Asking.Quoted(a)}&b={Asking.Quoted(b)}");

        Assert.Equal(3, link.GetProperty("rankOfBFromA").GetInt32());
        int place = Array.IndexOf(back.Keys(), a) + 1;
        if (place > 0)
        {
            Assert.Equal(place, link.GetProperty("rankOfAFromB").GetInt32());
        }

        Assert.Equal(PaintingsSite.Count, link.GetProperty("settings").GetProperty("worksSearched").GetInt32());
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("iiif", "application/ld+json")]
    [InlineData("gexf", "application/gexf+xml")]
    [InlineData("csl", "application/vnd.citationstyles.csl+json")]
    [InlineData("ris", "application/x-research-info-systems")]
    public async Task A_light_table_is_taken_home(string format, string type)
    {
        using var content = new StringContent(
            JsonSerializer.Serialize(new { format, items = site.Keys.Take(5).Select(key => new { key, note = "=1+1\r\nTY  - INJECTED" }) }), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await site.Client.PostAsync("/api/v1/export", content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.All(site.Keys.Take(5), key => Assert.Contains(key, text, StringComparison.Ordinal));
        Assert.DoesNotContain(site.Scratch, text, StringComparison.Ordinal);
        if (format == "ris")
        {
            Assert.DoesNotContain("\r\nTY  - INJECTED", text, StringComparison.Ordinal);
        }

        if (format == "csv")
        {
            Assert.Contains("\"'=1+1", text, StringComparison.Ordinal);
            Assert.DoesNotContain(",\"=1+1", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pictures_are_named_by_their_content_and_kept()
    {
        JsonElement work = await site.Server.GetAsync($"/api/v1/work?key={Asking.Quoted(site.Keys[1])}");
        using HttpResponseMessage first = await site.Client.GetAsync(work.GetProperty("thumbnail").GetString(), TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, work.GetProperty("thumbnail").GetString());
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage unchanged = await site.Client.SendAsync(again, TestContext.Current.CancellationToken);

        Assert.Contains("immutable", first.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Iiif_information_names_tiles_that_there_are()
    {
        JsonElement work = await site.Server.GetAsync($"/api/v1/work?key={Asking.Quoted(site.Keys[1])}");
        string service = work.GetProperty("iiif").GetString()!;
        JsonElement information = await site.Server.GetAsync(service + "/info.json");
        (int width, int height) = (information.GetProperty("width").GetInt32(), information.GetProperty("height").GetInt32());

        byte[] tile = await site.Server.BytesAsync(string.Create(CultureInfo.InvariantCulture, $"{service}/0,0,{Math.Min(512, width)},{Math.Min(512, height)}/{Math.Min(512, width)},{Math.Min(512, height)}/0/default.jpg"));
        JsonElement manifest = await site.Server.GetAsync(work.GetProperty("manifest").GetString()!);
        JsonElement collection = await site.Server.GetAsync("/iiif/collection?from=1900&to=1910");

        Assert.Equal([0xFF, 0xD8], tile[..2]);
        Assert.Equal(width, manifest.GetProperty("items")[0].GetProperty("width").GetInt32());
        Assert.Equal("Collection", collection.GetProperty("type").GetString());
        Assert.DoesNotContain(site.Scratch, manifest.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_model_context_protocol_lists_and_runs_its_tools()
    {
        JsonElement tools = await CallAsync("tools/list", new { });
        JsonElement answer = await CallAsync("tools/call", new { name = "search", arguments = new { like = new[] { site.Keys[0] }, k = 3 } });
        JsonElement refused = await CallAsync("tools/call", new { name = "search", arguments = new { like = new[] { "no such work" } } });

        Assert.Equal(["explain", "find_works", "identify", "search"], tools.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        JsonElement found = JsonDocument.Parse(answer.GetProperty("content")[0].GetProperty("text").GetString()!).RootElement;
        Assert.Equal(3, found.GetProperty("results").GetArrayLength());
        Assert.True(refused.GetProperty("isError").GetBoolean());
        Assert.Contains("no such work", refused.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);

        async Task<JsonElement> CallAsync(string method, object parameters)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(JsonSerializer.Serialize(new { jsonrpc = "2.0", id = 1, method, @params = parameters }), Encoding.UTF8, "application/json") };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using HttpResponseMessage response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
            string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            string json = text.Split('\n').FirstOrDefault(line => line.StartsWith("data:", StringComparison.Ordinal))?["data:".Length..] ?? text;
            return JsonDocument.Parse(json).RootElement.GetProperty("result");
        }
    }

    [Fact]
    public async Task The_api_describes_itself_and_the_server_its_health()
    {
        JsonElement document = await site.Server.GetAsync("/openapi/v1.json");
        string health = await site.Client.GetStringAsync("/health", TestContext.Current.CancellationToken), metrics = await site.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        foreach (string path in (string[])["search", "identify", "explain", "works", "facets", "uploads", "genealogy", "path", "graph", "map", "guesses", "link", "export"])
        {
            JsonElement operation = document.GetProperty("paths").GetProperty("/api/v1/" + path).EnumerateObject().First().Value;
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
        }

        Assert.Equal("Healthy", health);
        Assert.Contains("http_server_request_duration", metrics, StringComparison.Ordinal);
        Assert.Contains("artsimilarity", metrics, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<string> UploadWorkAsync(string key)
    {
        JsonElement work = await site.Server.GetAsync($"/api/v1/work?key={Asking.Quoted(key)}");
        return await site.Server.UploadedAsync(await site.Server.BytesAsync(work.GetProperty("image").GetString()!));
    }
}
