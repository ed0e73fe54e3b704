using ArtSimilarity.Sqlite.Connections;

namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>
/// Schema 4 kept one signature of a work in a feature space. Since then there may be one for each region of its image. Rows move to a table with that
/// column under their ids, and keep their checksums: a signature of the whole image has no region.
/// </summary>
internal static class Migration4To5
{
    private const string Statements =
        """
        DROP INDEX signatures_by_space;
        ALTER TABLE signatures RENAME TO former_signatures;
        CREATE TABLE signatures (
            id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id <= 2147483647),
            space_id INTEGER NOT NULL REFERENCES feature_spaces (id),
            work_id INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
            checksum INTEGER NOT NULL,
            region BLOB NOT NULL,
            vector BLOB NOT NULL,
            UNIQUE (work_id, space_id, region)) STRICT;
        INSERT INTO signatures (id, space_id, work_id, checksum, region, vector)
        SELECT id, space_id, work_id, checksum, x'', vector FROM former_signatures ORDER BY id;
        DELETE FROM sqlite_sequence WHERE name = 'signatures';
        INSERT INTO sqlite_sequence (name, seq) SELECT 'signatures', seq FROM sqlite_sequence WHERE name = 'former_signatures';
        DROP TABLE former_signatures;
        CREATE INDEX signatures_by_space ON signatures (space_id, id, work_id);
        """;

    public static void Apply(SqliteSession session) => session.Execute(Statements);
}
