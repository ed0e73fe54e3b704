using System.Xml;

namespace ArtSimilarity.Graphs;

/// <summary>Writes graphs as GraphML, which networkx, igraph, yEd and Gephi read.</summary>
/// <remarks>
/// Nodes have a label and the attributes key, title, artist, genre, style, year, date, earliest, latest and image, as far as they are known.
/// Edges have their distance, whether they are mutual, and the weight e^−distance. Format: http://graphml.graphdrawing.org/specification.html.
/// </remarks>
public static class GraphMlWriter
{
    private const string Namespace = "http://graphml.graphdrawing.org/xmlns";

    /// <summary>Writes a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="output">Receives the document, as UTF-8, while it is made; left open.</param>
    /// <param name="cancellationToken">Cancels between nodes and edges; what was written stays.</param>
    /// <returns>A task that ends when everything is written.</returns>
    public static async Task WriteAsync(NeighborGraph graph, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(output);
        using var document = new XmlDocumentStream(output);
        XmlWriter xml = document.Writer;
        xml.WriteStartDocument();
        xml.WriteStartElement("graphml", Namespace);
        WriteKey(xml, "node", "label", "string");
        foreach ((string name, _, string type, _) in GraphAttributes.OfWork)
        {
            WriteKey(xml, "node", name, type);
        }

        WriteKey(xml, "edge", "weight", "double");
        foreach ((string name, string type, _) in GraphAttributes.OfEdge)
        {
            WriteKey(xml, "edge", name, type);
        }

        xml.WriteStartElement("graph", Namespace);
        xml.WriteAttributeString("id", "gallery");
        xml.WriteAttributeString("edgedefault", "directed");
        for (int i = 0; i < graph.Works.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Painting work = graph.Works[i];
            xml.WriteStartElement("node", Namespace);
            xml.WriteAttributeString("id", "n" + XmlText.Of(i));
            WriteData(xml, "node", "label", GraphAttributes.LabelOf(work));
            foreach ((string name, _, _, Func<Painting, string?> value) in GraphAttributes.OfWork)
            {
                WriteData(xml, "node", name, value(work));
            }

            xml.WriteEndElement();
            await document.PassOnAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (GraphEdge edge in graph.Edges)
        {
            cancellationToken.ThrowIfCancellationRequested();
            xml.WriteStartElement("edge", Namespace);
            xml.WriteAttributeString("source", "n" + XmlText.Of(edge.From));
            xml.WriteAttributeString("target", "n" + XmlText.Of(edge.To));
            WriteData(xml, "edge", "weight", GraphAttributes.WeightOf(edge));
            foreach ((string name, _, Func<GraphEdge, string> value) in GraphAttributes.OfEdge)
            {
                WriteData(xml, "edge", name, value(edge));
            }

            xml.WriteEndElement();
            await document.PassOnAsync(cancellationToken).ConfigureAwait(false);
        }

        xml.WriteEndDocument();
        await document.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void WriteKey(XmlWriter xml, string ofWhat, string name, string type)
    {
        xml.WriteStartElement("key", Namespace);
        xml.WriteAttributeString("id", IdOf(ofWhat, name));
        xml.WriteAttributeString("for", ofWhat);
        xml.WriteAttributeString("attr.name", name);
        xml.WriteAttributeString("attr.type", type);
        xml.WriteEndElement();
    }

    private static void WriteData(XmlWriter xml, string ofWhat, string name, string? value)
    {
        if (value is not null)
        {
            xml.WriteStartElement("data", Namespace);
            xml.WriteAttributeString("key", IdOf(ofWhat, name));
            xml.WriteString(XmlText.Of(value));
            xml.WriteEndElement();
        }
    }

    private static string IdOf(string ofWhat, string name) => $"{ofWhat}-{name}";
}
