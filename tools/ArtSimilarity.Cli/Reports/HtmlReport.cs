using System.Globalization;
using System.Net;
using System.Text;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Reports;

/// <summary>
/// Writes a report as one file that needs nothing else: pictures and style are inside, there is no script, and the page's own
/// policy forbids it to fetch anything. The markup is well-formed XML too.
/// </summary>
internal static class HtmlReport
{
    /// <summary>How many characters of a value are shown.</summary>
    private const int LongestValue = 400;

    public static void Write(OutputFile file, ReportPage page) =>
        file.Write(path => File.WriteAllText(path, Render(page, Path.GetDirectoryName(file.FullPath)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));

    internal static string Render(ReportPage page, string? folder)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            {{OwnFiles.ReportMark}}
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
            <title>{{Text(page.Title)}}</title>
            <style>{{Style}}</style>
            </head>
            <body>
            <header>
            <p class="brand">ArtSimilarity</p>
            <h1>{{Text(page.Title)}}</h1>
            <p class="lead">{{Text(page.Lead)}}</p>
            </header>
            <main>

            """);
        for (int i = 0; i < page.Rows.Count; i++)
        {
            AppendRow(html, page.Rows[i], i + 1, folder);
        }

        html.Append("</main>\n<footer>\n<h2>How this was made</h2>\n<dl>\n");
        foreach (ReportFact fact in page.Facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div><dt>{Text(fact.Name)}</dt><dd>{Text(fact.Value)}</dd></div>\n");
        }

        html.Append("""
            </dl>
            <p>The distance is angular, √(2·(1 − cos)): 0 for pictures with the same signature, 1.41 for unrelated ones. The similarity is the cosine of the two signatures. Of several models at once, the distance is √Σ w·d² of theirs, with weights that sum to 1.</p>
            </footer>
            </body>
            </html>

            """);
        return html.ToString();
    }

    private static void AppendRow(StringBuilder html, ReportRow row, int number, string? folder)
    {
        string name = Name(row.Query.Painting);
        html.Append(CultureInfo.InvariantCulture, $"<section aria-labelledby=\"q{number}\">\n<div class=\"query\">\n<figure>\n<div class=\"wall\">");
        AppendPicture(html, row.Query, "Query", row.Region, folder);
        html.Append(CultureInfo.InvariantCulture, $"</div>\n<figcaption>\n<p class=\"eyebrow\">{(row.Region is null ? "Query" : "Query, by the marked detail")}</p>\n<h2 id=\"q{number}\">{Text(name)}</h2>\n");
        AppendMetadata(html, row.Query.Painting);
        html.Append("</figcaption>\n</figure>\n</div>\n");
        if (row.Neighbors.Count == 0)
        {
            html.Append("<p class=\"none\">No work passes the filter.</p>\n</section>\n");
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<ol aria-label=\"Works that look like {Text(name)}, nearest first\">\n");
        int place = 0;
        foreach (ReportPicture neighbor in row.Neighbors)
        {
            html.Append("<li>\n<figure>\n<div class=\"wall\">");
            AppendPicture(html, neighbor, string.Create(CultureInfo.InvariantCulture, $"Neighbour {++place}"), null, folder);
            html.Append(CultureInfo.InvariantCulture, $"</div>\n<figcaption>\n<h3>{Text(Name(neighbor.Painting))}</h3>\n");
            AppendMetadata(html, neighbor.Painting);
            if (row.Query.Painting.Genre is string genre && genre == neighbor.Painting.Genre)
            {
                html.Append("<p class=\"agrees\">✓ same genre</p>\n");
            }

            float similarity = Math.Clamp(neighbor.Similarity ?? 0, 0, 1);
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"meter\" aria-hidden=\"true\"><span style=\"width:{100 * similarity:0.0}%\"></span></div>\n");
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"figures\"><span>similarity {neighbor.Similarity:0.000}</span> <span>distance {neighbor.Distance:0.000}</span>");
            foreach ((string space, float distance) in neighbor.Parts)
            {
                html.Append(CultureInfo.InvariantCulture, $" <span>{Text(space)} {distance:0.000}</span>");
            }

            if (neighbor.Verified is double probability)
            {
                html.Append(CultureInfo.InvariantCulture, $" <span>verified, probability {probability:0.00}</span>");
            }

            html.Append("</p>\n");
            html.Append("</figcaption>\n</figure>\n</li>\n");
        }

        html.Append("</ol>\n</section>\n");
    }

    private static void AppendPicture(StringBuilder html, ReportPicture picture, string role, ImageRegion? region, string? folder)
    {
        if (picture.Thumbnail is not Thumbnail thumbnail)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"gone\">The picture {Text(picture.Painting.Key)} cannot be shown.</p>");
            return;
        }

        string? original = OriginalLink.Of(picture.Painting.ImageUri, folder);
        string element = original is null ? "span" : "a";
        string link = original is null ? "" : $" href=\"{Text(original)}\" title=\"Open the original\"";
        html.Append(CultureInfo.InvariantCulture, $"<{element} class=\"frame\"{link} style=\"width:{100 * Math.Min(1.0, thumbnail.Width / (double)thumbnail.Height):0.##}%\"><img src=\"{thumbnail.DataUri}\" width=\"{thumbnail.Width}\" height=\"{thumbnail.Height}\" alt=\"{Text($"{role}: {Describe(picture.Painting)}")}\"/>");
        if (region is ImageRegion part)
        {
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"region\" style=\"left:{100 * part.X:0.##}%;top:{100 * part.Y:0.##}%;width:{100 * part.Width:0.##}%;height:{100 * part.Height:0.##}%\"></span>");
        }

        html.Append(CultureInfo.InvariantCulture, $"</{element}>");
    }

    private static void AppendMetadata(StringBuilder html, Painting painting)
    {
        string by = string.Join(", ", painting.Artists.Append(When(painting)).Where(part => !string.IsNullOrEmpty(part)));
        string kind = string.Join(" · ", new[] { painting.Genre, painting.Style }.Where(part => part is not null).Select(part => part!.Replace('_', ' ')));
        foreach (string line in new[] { by, kind }.Where(line => line.Length > 0))
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"meta\">{Text(line)}</p>\n");
        }

        if (painting.Fields.Count == 0)
        {
            return;
        }

        html.Append("<details class=\"meta\"><summary>More</summary>\n");
        foreach ((string name, IReadOnlyList<string> values) in painting.Fields)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{Text(name)}: {string.Join(", ", values.Select(Value))}</p>\n");
        }

        html.Append("</details>\n");
    }

    /// <summary>A value of a field: a web address as a link, and what is very long cut off.</summary>
    private static string Value(string value)
    {
        string shown = value.Length <= LongestValue ? value : value[..LongestValue] + "…";
        bool isAddress = value.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || value.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        return isAddress && OriginalLink.Of(value, null) is string address ? $"<a href=\"{Text(address)}\" rel=\"noreferrer\">{Text(shown)}</a>" : Text(shown);
    }

    private static string? When(Painting painting) => painting.Date is { Text.Length: > 0 } date ? date.Text : painting.Year?.ToString(CultureInfo.InvariantCulture);

    private static string Name(Painting painting) => painting.Title ?? painting.Key;

    private static string Describe(Painting painting) =>
        string.Join(", ", new[] { Name(painting), string.Join(", ", painting.Artists), painting.Genre?.Replace('_', ' '), When(painting) }.Where(part => !string.IsNullOrEmpty(part)));

    /// <summary>Text for an element or a quoted attribute; characters that no document may contain, and those that reorder the text around them, are replaced.</summary>
    private static string Text(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) // half a surrogate pair comes as U+FFFD
        {
            bool control = Rune.IsControl(rune) && rune.Value is not ('\t' or '\n' or '\r');
            clean.Append(control || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString());
        }

        return WebUtility.HtmlEncode(clean.ToString());
    }

    private const string Style = """

        :root{color-scheme:light dark;--paper:#f7f4ee;--wall:#efebe2;--ink:#211e1a;--muted:#665f55;--line:#ddd6c8;--accent:#8c4a1f;--shadow:rgba(40,30,15,.28)}
        @media (prefers-color-scheme:dark){:root{--paper:#161513;--wall:#211f1c;--ink:#efeae0;--muted:#a79f92;--line:#35312b;--accent:#e0a368;--shadow:rgba(0,0,0,.6)}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0 auto;padding:clamp(1.25rem,4vw,4rem) clamp(1rem,4vw,3.5rem);max-width:96rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        h1,h2,h3{font-family:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,Georgia,serif;font-weight:500;line-height:1.2;margin:0;overflow-wrap:anywhere;text-wrap:balance}
        h1{font-size:clamp(2rem,5vw,3.4rem);letter-spacing:-.015em}
        p{margin:0}
        header{max-width:46rem;padding-bottom:clamp(1.5rem,4vw,3rem)}
        .brand,.eyebrow{color:var(--accent);font-size:.75rem;font-weight:600;letter-spacing:.12em;text-transform:uppercase}
        .brand{margin-bottom:.75rem}
        .lead{margin-top:1rem;color:var(--muted);font-size:1.1rem;overflow-wrap:anywhere}
        section{display:grid;grid-template-columns:minmax(13rem,17rem) minmax(0,1fr);gap:clamp(1.5rem,3vw,3rem);padding:clamp(1.75rem,3vw,2.75rem) 0;border-top:1px solid var(--line)}
        figure{margin:0}
        ol{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:1.75rem 1.25rem;align-content:start}
        .wall{display:flex;align-items:center;justify-content:center;aspect-ratio:1;padding:9%;background:var(--wall)}
        .frame{position:relative;display:block}
        .wall img{display:block;width:100%;height:auto;box-shadow:0 2px 4px var(--shadow),0 10px 22px -8px var(--shadow)}
        .query .wall{border-bottom:3px solid var(--accent)}
        .region{position:absolute;border:2px solid #fff;outline:2px solid #000}
        .gone{color:var(--muted);font-size:.85rem;text-align:center;overflow-wrap:anywhere}
        figcaption{padding-top:.8rem}
        .query h2{font-size:1.45rem;margin:.15rem 0 .35rem}
        h3{font-size:1.02rem;margin-bottom:.2rem}
        .meta{color:var(--muted);font-size:.84rem;overflow-wrap:anywhere}
        summary{cursor:pointer}
        .agrees{color:var(--accent);font-size:.8rem;font-weight:600}
        .meter{height:3px;margin:.5rem 0 .4rem;background:var(--line)}
        .meter span{display:block;height:100%;background:var(--accent)}
        .figures{display:flex;flex-wrap:wrap;gap:0 .8rem;color:var(--muted);font-size:.78rem;font-variant-numeric:tabular-nums}
        .none{color:var(--muted)}
        footer{border-top:1px solid var(--line);padding-top:2rem;color:var(--muted);font-size:.9rem}
        footer h2{color:var(--ink);font-size:1.2rem;margin-bottom:1rem}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:1rem 2rem;margin:0 0 1.5rem}
        dt{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase}
        dd{margin:0;color:var(--ink);overflow-wrap:anywhere}
        footer p{max-width:46rem}
        @media (max-width:46rem){
        section{grid-template-columns:minmax(0,1fr)}
        ol{grid-template-columns:repeat(2,minmax(0,1fr));gap:1.5rem 1rem}
        .query figure{display:grid;grid-template-columns:minmax(0,1fr);gap:0}
        }
        @media print{body{background:#fff;color:#000;max-width:none;padding:0}section{break-inside:avoid}}

        """;
}
