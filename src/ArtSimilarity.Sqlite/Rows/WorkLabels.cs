using ArtSimilarity.Sqlite.Connections;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>
/// What filters find a work by in the table <c>labels</c>: its artists and the values of its fields, folded. There each stands once, with
/// the work's row behind it, so that the table is its own index.
/// </summary>
internal static class WorkLabels
{
    /// <summary>What artists stand under; no field has this name, for it is empty.</summary>
    public const string Artist = "";

    /// <summary>The names and values of a work, each pair once.</summary>
    public static IEnumerable<(string Name, string Folded)> Of(Painting painting) => painting.Artists
        .Select(artist => (Artist, LabelFolding.Fold(artist)))
        .Concat(painting.Fields.SelectMany(field => field.Value.Select(value => (LabelFolding.Fold(field.Key), LabelFolding.Fold(value)))))
        .Distinct();

    public static void Insert(SqliteSession session, long work, Painting painting)
    {
        foreach ((string name, string folded) in Of(painting))
        {
            session.Execute("INSERT INTO labels (name, folded, work_id) VALUES ($1, $2, $3)", name, folded, work);
        }
    }

    public static void Delete(SqliteSession session, long work, Painting painting)
    {
        foreach ((string name, string folded) in Of(painting))
        {
            session.Execute("DELETE FROM labels WHERE name = $1 AND folded = $2 AND work_id = $3", name, folded, work);
        }
    }
}
