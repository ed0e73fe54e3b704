using ArtSimilarity.Sqlite.Connections;
using ArtSimilarity.Sqlite.Rows;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>
/// Schema 2 knew one artist, one year and no further fields. Rows of works get columns for these, and keep their checksums: what is not
/// there does not count in them. The index that was named annoy is named fastscan since, and what was measured on it is kept under that name.
/// </summary>
internal static class Migration2To3
{
    private const string Statements =
        """
        DROP INDEX works_by_artist;
        CREATE TABLE labels (
            name TEXT NOT NULL,
            folded TEXT NOT NULL,
            work_id INTEGER NOT NULL,
            PRIMARY KEY (name, folded, work_id)) STRICT, WITHOUT ROWID;
        INSERT INTO labels (name, folded, work_id) SELECT '', artist_folded, id FROM works WHERE artist_folded IS NOT NULL ORDER BY artist_folded, id;
        ALTER TABLE works DROP COLUMN artist_folded;
        ALTER TABLE works ADD COLUMN further_artists TEXT;
        ALTER TABLE works ADD COLUMN date TEXT;
        ALTER TABLE works ADD COLUMN earliest INTEGER;
        ALTER TABLE works ADD COLUMN latest INTEGER;
        ALTER TABLE works ADD COLUMN fields TEXT;
        INSERT OR IGNORE INTO properties (name, value, checksum)
        SELECT new_name, value, property_checksum(new_name, value)
        FROM (SELECT 'tuning.fastscan:' || substr(name, length('tuning.annoy:') + 1) AS new_name, value FROM properties WHERE name GLOB 'tuning.annoy:*');
        DELETE FROM properties WHERE name GLOB 'tuning.annoy:*';
        """;

    public static void Apply(SqliteSession session)
    {
        session.Connection.CreateFunction("property_checksum", (string name, string value) => RowChecksum.OfProperty(name, value), isDeterministic: true);
        session.Execute(Statements);
    }
}
