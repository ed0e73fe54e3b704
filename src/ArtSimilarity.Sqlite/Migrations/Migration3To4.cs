using ArtSimilarity.Sqlite.Connections;

namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>
/// The labels of schema 3 were folded before apostrophes, quotation marks, dashes, blanks and invisible characters of all forms counted as the
/// same. What is folded is folded once more, which gives the same as folding the label itself. A work with two spellings has one then.
/// </summary>
internal static class Migration3To4
{
    private const string Statements =
        """
        UPDATE works SET genre_folded = fold(genre_folded) WHERE genre_folded IS NOT fold(genre_folded);
        UPDATE works SET style_folded = fold(style_folded) WHERE style_folded IS NOT fold(style_folded);
        UPDATE OR REPLACE tags SET folded = fold(folded) WHERE folded IS NOT fold(folded);
        UPDATE OR REPLACE labels SET name = fold(name), folded = fold(folded) WHERE name IS NOT fold(name) OR folded IS NOT fold(folded);
        """;

    public static void Apply(SqliteSession session)
    {
        session.Connection.CreateFunction("fold", (string? label) => label is null ? null : LabelFolding.Fold(label), isDeterministic: true);
        session.Execute(Statements);
    }
}
