using ArtSimilarity.Sqlite.Connections;
using ArtSimilarity.Sqlite.Rows;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>
/// Schema 1 had neither checksums nor folded labels nor a record of changes. Rows are copied into the tables of schema 2 under their ids.
/// </summary>
internal static class Migration1To2
{
    private const string SetAside =
        """
        DROP INDEX works_by_artist;
        DROP INDEX works_by_genre;
        DROP INDEX works_by_style;
        DROP INDEX works_by_year;
        DROP INDEX works_by_tag;
        DROP INDEX signatures_by_space;
        ALTER TABLE gallery RENAME TO former_gallery;
        ALTER TABLE properties RENAME TO former_properties;
        ALTER TABLE works RENAME TO former_works;
        ALTER TABLE tags RENAME TO former_tags;
        ALTER TABLE feature_spaces RENAME TO former_feature_spaces;
        ALTER TABLE signatures RENAME TO former_signatures;
        """;

    // The generations begin anew with a token of their own: index files of schema 1 are built again.
    private const string CopyOver =
        """
        INSERT INTO gallery (id, identity, catalogue_token) SELECT id, identity, random() FROM former_gallery;
        INSERT INTO properties (name, value, checksum) SELECT name, value, property_checksum(name, value) FROM former_properties;
        INSERT INTO works (id, key, title, artist, artist_folded, genre, genre_folded, style, style_folded, year, image_uri, content_hash, tags, checksum)
        SELECT id, key, title, artist, fold(artist), genre, fold(genre), style, fold(style), year, image_uri, pack_hash(content_hash), tags,
            work_checksum(id, key, title, artist, genre, style, year, image_uri, content_hash, tags)
        FROM (SELECT w.*, (SELECT json_group_array(t.tag ORDER BY t.position) FROM former_tags t WHERE t.work_id = w.id HAVING COUNT(*) > 0) AS tags
              FROM former_works w)
        ORDER BY id;
        INSERT OR IGNORE INTO tags (work_id, folded) SELECT work_id, fold(tag) FROM former_tags;
        INSERT INTO feature_spaces (id, model_id, preprocessing, dimensions, signature_count, generation, token)
        SELECT id, model_id, preprocessing, dimensions, signature_count, generation, random() FROM former_feature_spaces;
        INSERT INTO changes (space_id, generation, token) SELECT id, generation, token FROM feature_spaces WHERE generation > 0;
        INSERT INTO signatures (id, space_id, work_id, checksum, vector)
        SELECT id, space_id, work_id, signature_checksum(space_id, work_id, vector), vector FROM former_signatures ORDER BY id;
        DELETE FROM sqlite_sequence WHERE name = 'signatures';
        INSERT INTO sqlite_sequence (name, seq) SELECT 'signatures', seq FROM sqlite_sequence WHERE name = 'former_signatures';
        DROP TABLE former_signatures;
        DROP TABLE former_tags;
        DROP TABLE former_works;
        DROP TABLE former_feature_spaces;
        DROP TABLE former_properties;
        DROP TABLE former_gallery;
        """;

    public static void Apply(SqliteSession session)
    {
        SqliteConnection connection = session.Connection;
        connection.CreateFunction("fold", (string? label) => label is null ? null : LabelFolding.Fold(label), isDeterministic: true);
        connection.CreateFunction("pack_hash", (string hash) => ContentHash.Pack(hash), isDeterministic: true);
        connection.CreateFunction("property_checksum", (string name, string value) => RowChecksum.OfProperty(name, value), isDeterministic: true);
        connection.CreateFunction("signature_checksum", (long space, long work, byte[] vector) => RowChecksum.OfSignature(space, work, vector), isDeterministic: true);
        connection.CreateFunction(
            "work_checksum",
            (object?[] row) => RowChecksum.OfWork2(
                (long)row[0]!, (string)row[1]!, row[2] as string, row[3] as string, row[4] as string, row[5] as string, row[6] as long?, row[7] as string, (string)row[8]!, row[9] as string),
            isDeterministic: true);
        session.Execute(SetAside);
        session.Execute(Migration0To2.Tables);
        session.Execute(CopyOver);
    }
}
