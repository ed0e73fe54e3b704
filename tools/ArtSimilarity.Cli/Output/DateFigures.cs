namespace ArtSimilarity.Cli.Output;

/// <summary>A date in words, and the years it may mean.</summary>
internal sealed record DateFigures(string Text, int? Earliest, int? Latest)
{
    public static DateFigures? From(PaintingDate? date) => date is null ? null : new DateFigures(date.Text, date.Earliest, date.Latest);
}
