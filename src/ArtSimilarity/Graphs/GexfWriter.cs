using System.Xml;

namespace ArtSimilarity.Graphs;

/// <summary>Writes graphs as GEXF 1.3, which Gephi and networkx read.</summary>
/// <remarks>
/// Nodes have the attributes key, title, artist, genre, style, year, date, earliest, latest and image, as far as they are known. Edges have
/// their distance, whether they are mutual, and the weight e^−distance: layouts pull the works of a large weight together. Format:
/// https://gexf.net/schema.html.
/// </remarks>
public static class GexfWriter
{
    private const string Namespace = "http://gexf.net/1.3";

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
        xml.WriteStartElement("gexf", Namespace);
        xml.WriteAttributeString("version", "1.3");
        xml.WriteStartElement("meta", Namespace);
        xml.WriteElementString("creator", Namespace, "ArtSimilarity");
        xml.WriteElementString("description", Namespace, "Works of a gallery and their nearest neighbours");
        xml.WriteEndElement();
        xml.WriteStartElement("graph", Namespace);
        xml.WriteAttributeString("defaultedgetype", "directed");
        xml.WriteAttributeString("mode", "static");
        WriteAttributes(xml, "node", GraphAttributes.OfWork.Select(attribute => (attribute.Name, attribute.GexfType)));
        WriteAttributes(xml, "edge", GraphAttributes.OfEdge.Select(attribute => (attribute.Name, attribute.Type)));
        xml.WriteStartElement("nodes", Namespace);
        for (int i = 0; i < graph.Works.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Painting work = graph.Works[i];
            xml.WriteStartElement("node", Namespace);
            xml.WriteAttributeString("id", XmlText.Of(i));
            xml.WriteAttributeString("label", GraphAttributes.LabelOf(work));
            xml.WriteStartElement("attvalues", Namespace);
            for (int a = 0; a < GraphAttributes.OfWork.Length; a++)
            {
                WriteValue(xml, a, GraphAttributes.OfWork[a].Value(work));
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
            await document.PassOnAsync(cancellationToken).ConfigureAwait(false);
        }

        xml.WriteEndElement();
        xml.WriteStartElement("edges", Namespace);
        int id = 0;
        foreach (GraphEdge edge in graph.Edges)
        {
            cancellationToken.ThrowIfCancellationRequested();
            xml.WriteStartElement("edge", Namespace);
            xml.WriteAttributeString("id", XmlText.Of(id++));
            xml.WriteAttributeString("source", XmlText.Of(edge.From));
            xml.WriteAttributeString("target", XmlText.Of(edge.To));
            xml.WriteAttributeString("weight", GraphAttributes.WeightOf(edge));
            xml.WriteStartElement("attvalues", Namespace);
            for (int a = 0; a < GraphAttributes.OfEdge.Length; a++)
            {
                WriteValue(xml, a, GraphAttributes.OfEdge[a].Value(edge));
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
            await document.PassOnAsync(cancellationToken).ConfigureAwait(false);
        }

        xml.WriteEndDocument();
        await document.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void WriteAttributes(XmlWriter xml, string ofWhat, IEnumerable<(string Name, string Type)> attributes)
    {
        xml.WriteStartElement("attributes", Namespace);
        xml.WriteAttributeString("class", ofWhat);
        int id = 0;
        foreach ((string name, string type) in attributes)
        {
            xml.WriteStartElement("attribute", Namespace);
            xml.WriteAttributeString("id", XmlText.Of(id++));
            xml.WriteAttributeString("title", name);
            xml.WriteAttributeString("type", type);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteValue(XmlWriter xml, int attribute, string? value)
    {
        if (value is not null)
        {
            xml.WriteStartElement("attvalue", Namespace);
            xml.WriteAttributeString("for", XmlText.Of(attribute));
            xml.WriteAttributeString("value", XmlText.Of(value));
            xml.WriteEndElement();
        }
    }
}
