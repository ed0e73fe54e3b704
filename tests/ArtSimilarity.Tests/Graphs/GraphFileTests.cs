using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using ArtSimilarity.Graphs;
using Xunit;

namespace ArtSimilarity.Tests.Graphs;

/// <summary>Graph files, by the rules of their formats and as networkx reads them.</summary>
public sealed class GraphFileTests
{
    private const string Python = "/usr/bin/python3"; // Debian's, which has Debian's networkx

    private static readonly XNamespace Gexf = "http://gexf.net/1.3", GraphMl = "http://graphml.graphdrawing.org/xmlns";

    private static readonly NeighborGraph Graph = new(
        [
            new("a<&>\"'\n\t") { Title = "Sunflowers\u0000\u0007 \uD83C\uDF3B \uD83C", Artists = ["Vincent", "Paul"], Year = 1888, Style = "Post-Impressionism" },
            new("b") { Date = PaintingDate.Parse("300–200 BCE"), ImageUri = "https://example.org/?a=1&b=2" },
            new("c"),
        ],
        [[new(1, 0.25f), new(2, 1.5f)], [new(0, 0.25f)], [new(1, 1e-7f)]]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gexf_keeps_to_the_rules_of_its_format()
    {
        XElement root = (await WrittenAsync(GexfWriter.WriteAsync)).Root!;
        Assert.Equal((Gexf + "gexf", "1.3"), (root.Name, (string?)root.Attribute("version")));
        XElement graph = root.Element(Gexf + "graph")!;
        Assert.Equal("directed", (string?)graph.Attribute("defaultedgetype"));
        Assert.Equal(["attributes", "attributes", "nodes", "edges"], graph.Elements().Select(element => element.Name.LocalName)); // in the schema's order
        XElement[] nodes = [.. graph.Element(Gexf + "nodes")!.Elements(Gexf + "node")], edges = [.. graph.Element(Gexf + "edges")!.Elements(Gexf + "edge")];
        HashSet<string> ids = [.. nodes.Select(node => (string)node.Attribute("id")!)];
        Assert.Equal((3, 3, 4), (nodes.Length, ids.Count, edges.Length));
        Assert.Equal(4, edges.Select(edge => (string)edge.Attribute("id")!).Distinct().Count());
        Assert.All(edges, edge => Assert.True(ids.Contains((string)edge.Attribute("source")!) && ids.Contains((string)edge.Attribute("target")!) && (double)edge.Attribute("weight")! > 0));
        foreach ((string ofWhat, XElement[] holders) in (IEnumerable<(string, XElement[])>)[("node", nodes), ("edge", edges)])
        {
            Dictionary<string, string> types = graph.Elements(Gexf + "attributes").Single(list => (string?)list.Attribute("class") == ofWhat)
                .Elements(Gexf + "attribute").ToDictionary(attribute => (string)attribute.Attribute("id")!, attribute => (string)attribute.Attribute("type")!);
            foreach (XElement value in holders.SelectMany(holder => holder.Element(Gexf + "attvalues")!.Elements()))
            {
                string text = (string)value.Attribute("value")!;
                Assert.True(types[(string)value.Attribute("for")!] switch
                {
                    "string" => true,
                    "integer" => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
                    "double" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
                    "boolean" => text is "true" or "false",
                    _ => false,
                });
            }
        }
    }

    [Fact]
    public async Task GraphMl_declares_every_value_it_has()
    {
        XElement root = (await WrittenAsync(GraphMlWriter.WriteAsync)).Root!;
        Assert.Equal(GraphMl + "graphml", root.Name);
        HashSet<(string, string)> keys = [.. root.Elements(GraphMl + "key").Select(key => ((string)key.Attribute("for")!, (string)key.Attribute("id")!))];
        XElement graph = root.Element(GraphMl + "graph")!;
        Assert.All(graph.Elements(), holder => Assert.All(holder.Elements(GraphMl + "data"), data => Assert.Contains((holder.Name.LocalName, (string)data.Attribute("key")!), keys)));
        Assert.Equal(["0.25", "1.5", "0.25", "1E-07"], graph.Elements(GraphMl + "edge").Select(edge => edge.Elements().Single(data => (string?)data.Attribute("key") == "edge-distance").Value));
        Assert.Equal("a<&>\"'\n\t", graph.Elements(GraphMl + "node").First().Elements().Single(data => (string?)data.Attribute("key") == "node-key").Value);
    }

    [Fact]
    public async Task Numbers_are_the_same_whatever_the_culture_and_writing_can_be_cancelled()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "−";
        CultureInfo.CurrentCulture = comma;
        try
        {
            XDocument gexf = await WrittenAsync(GexfWriter.WriteAsync);
            Assert.Contains(gexf.Descendants(Gexf + "attvalue"), value => (string?)value.Attribute("value") == "0.25");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GexfWriter.WriteAsync(Graph, Stream.Null, new CancellationToken(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GraphMlWriter.WriteAsync(Graph, Stream.Null, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("gexf")]
    [InlineData("graphml")]
    public async Task Networkx_reads_what_was_written(string format)
    {
        Assert.SkipUnless(await RunAsync("import networkx") == "", $"{Python} has no networkx (Debian: python3-networkx).");
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.{format}");
        try
        {
            await using (FileStream stream = File.Create(path))
            {
                await (format == "gexf" ? GexfWriter.WriteAsync(Graph, stream, Cancellation) : GraphMlWriter.WriteAsync(Graph, stream, Cancellation));
            }

            // networkx 2 knows GEXF up to 1.2, whose elements are the same: what networkx 3 knows of 1.3 is added here.
            string output = await RunAsync($$"""
                import json, networkx as nx
                from networkx.readwrite.gexf import GEXF
                GEXF.versions.setdefault("1.3", dict(GEXF.versions["1.2draft"], NS_GEXF="http://gexf.net/1.3", NS_VIZ="http://gexf.net/1.3/viz", VERSION="1.3"))
                g = nx.read_{{format}}("{{path}}")
                print(json.dumps({"directed": g.is_directed(), "nodes": [d for _, d in g.nodes(data=True)], "edges": [[list(g).index(a), list(g).index(b), d["distance"], d["mutual"], d["weight"]] for a, b, d in g.edges(data=True)]}))
                """);
            using JsonDocument document = JsonDocument.Parse(output);
            JsonElement read = document.RootElement, first = read.GetProperty("nodes")[0], second = read.GetProperty("nodes")[1];
            Assert.True(read.GetProperty("directed").GetBoolean());
            Assert.Equal("a<&>\"'\n\t", first.GetProperty("key").GetString());
            Assert.Equal("Sunflowers\uFFFD\uFFFD \uD83C\uDF3B \uFFFD", first.GetProperty("title").GetString());
            Assert.Equal("Vincent; Paul", first.GetProperty("artist").GetString());
            Assert.Equal(1888, first.GetProperty("year").GetInt32());
            Assert.Equal((-300, -200), (second.GetProperty("earliest").GetInt32(), second.GetProperty("latest").GetInt32()));
            Assert.Equal("https://example.org/?a=1&b=2", second.GetProperty("image").GetString());
            JsonElement[] edges = [.. read.GetProperty("edges").EnumerateArray()];
            Assert.Equal(
                [(0, 1, 0.25f, true), (0, 2, 1.5f, false), (1, 0, 0.25f, true), (2, 1, 1e-7f, false)],
                edges.Select(edge => (edge[0].GetInt32(), edge[1].GetInt32(), edge[2].GetSingle(), edge[3].GetBoolean())));
            Assert.All(edges, edge => Assert.Equal(Math.Exp(-edge[2].GetDouble()), edge[4].GetDouble(), 1e-6));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("gexf")]
    [InlineData("graphml")]
    public async Task A_long_file_is_written_in_pieces_never_synchronously_and_is_what_one_piece_would_be(string format)
    {
        Painting[] works = [.. Enumerable.Range(0, 3000).Select(i => new Painting($"k{i}") { Title = i % 3 == 0 ? null : $"Title <{i}> \uD83C\uDF3B", Year = i })];
        NeighborGraph graph = new(works, [.. Enumerable.Range(0, 3000).Select(i => (Indexing.Neighbor[])[new((i + 1) % 3000, i / 7f), new((i + 2) % 3000, i / 3f)])]);
        using var output = new AsynchronousStream();
        await (format == "gexf" ? GexfWriter.WriteAsync(graph, output, Cancellation) : GraphMlWriter.WriteAsync(graph, output, Cancellation));
        byte[] written = output.Written.ToArray();
        Assert.InRange(output.Writes, 5, 100);

        // The same document, written at once.
        using var expected = new MemoryStream();
        using (XmlWriter xml = XmlWriter.Create(expected, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true }))
        {
            XDocument.Load(new MemoryStream(written)).Save(xml);
        }

        Assert.True(expected.ToArray().AsSpan().SequenceEqual(written));
        Assert.Equal(3000 * 3, XDocument.Load(new MemoryStream(written)).Descendants().Count(element => element.Name.LocalName is "node" or "edge"));
    }

    private static async Task<XDocument> WrittenAsync(Func<NeighborGraph, Stream, CancellationToken, Task> write)
    {
        using var stream = new MemoryStream();
        await write(Graph, stream, Cancellation);
        stream.Position = 0;
        return await XDocument.LoadAsync(stream, LoadOptions.None, Cancellation);
    }

    /// <summary>What a Python program prints; where it fails, the error.</summary>
    private static async Task<string> RunAsync(string program)
    {
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python}.");
        using Process python = Process.Start(new ProcessStartInfo(Python, ["-c", program]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = python.StandardError.ReadToEndAsync(Cancellation);
        string output = await python.StandardOutput.ReadToEndAsync(Cancellation);
        await python.WaitForExitAsync(Cancellation);
        return python.ExitCode == 0 ? output : await error;
    }

    /// <summary>A stream as servers have them: synchronous writes fail.</summary>
    private sealed class AsynchronousStream : Stream
    {
        public MemoryStream Written { get; } = new();

        public int Writes { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            Writes++;
            Written.Write(buffer.Span);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Synchronous operations are disallowed.");

        public override void Flush() => throw new InvalidOperationException("Synchronous operations are disallowed.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
