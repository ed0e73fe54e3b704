using ArtSimilarity.Sqlite.Connections;

namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>
/// A new gallery begins with the tables of schema 2, and all later steps follow. What they come to is in docs/gallery-schema.sql.
/// </summary>
internal static class Migration0To2
{
    // Labels are kept as they were given and as LabelFolding folds them, which is what filters compare. AUTOINCREMENT never gives
    // an id twice. The blob is the last column, so that what stands before it is read without touching it.
    public const string Tables =
        """
        CREATE TABLE gallery (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            identity TEXT NOT NULL,
            catalogue_token INTEGER NOT NULL DEFAULT 0,
            state INTEGER NOT NULL DEFAULT 0,
            former_state INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE properties (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;
        CREATE TABLE works (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            title TEXT,
            artist TEXT,
            artist_folded TEXT,
            genre TEXT,
            genre_folded TEXT,
            style TEXT,
            style_folded TEXT,
            year INTEGER,
            image_uri TEXT,
            content_hash ANY NOT NULL,
            tags TEXT,
            checksum INTEGER NOT NULL) STRICT;
        CREATE INDEX works_by_artist ON works (artist_folded) WHERE artist_folded IS NOT NULL;
        CREATE INDEX works_by_genre ON works (genre_folded) WHERE genre_folded IS NOT NULL;
        CREATE INDEX works_by_style ON works (style_folded) WHERE style_folded IS NOT NULL;
        CREATE INDEX works_by_year ON works (year) WHERE year IS NOT NULL;
        CREATE INDEX works_by_content ON works (substr(content_hash, 1, 4));
        CREATE INDEX works_by_place ON works (substr(image_uri, -12)) WHERE image_uri IS NOT NULL;
        CREATE TABLE tags (
            work_id INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
            folded TEXT NOT NULL,
            PRIMARY KEY (work_id, folded)) STRICT, WITHOUT ROWID;
        CREATE INDEX works_by_tag ON tags (folded);
        CREATE TABLE feature_spaces (
            id INTEGER PRIMARY KEY,
            model_id TEXT NOT NULL,
            preprocessing TEXT NOT NULL,
            dimensions INTEGER NOT NULL CHECK (dimensions BETWEEN 1 AND 2147483647),
            signature_count INTEGER NOT NULL DEFAULT 0,
            generation INTEGER NOT NULL DEFAULT 0,
            token INTEGER NOT NULL DEFAULT 0,
            UNIQUE (model_id, preprocessing, dimensions)) STRICT;
        CREATE TABLE changes (
            space_id INTEGER NOT NULL REFERENCES feature_spaces (id),
            generation INTEGER NOT NULL,
            token INTEGER NOT NULL,
            removed BLOB,
            PRIMARY KEY (space_id, generation)) STRICT, WITHOUT ROWID;
        CREATE TABLE signatures (
            id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id <= 2147483647),
            space_id INTEGER NOT NULL REFERENCES feature_spaces (id),
            work_id INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
            checksum INTEGER NOT NULL,
            vector BLOB NOT NULL,
            UNIQUE (work_id, space_id)) STRICT;
        CREATE INDEX signatures_by_space ON signatures (space_id, id, work_id);
        """;

    public static void Apply(SqliteSession session) => session.Execute(Tables);
}
