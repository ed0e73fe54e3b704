using System.Globalization;
using ArtSimilarity.Sqlite.Connections;
using ArtSimilarity.Sqlite.Rows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite.Queries;

/// <summary>Looks for damage in a gallery: in the file's structure, in each row, and between rows.</summary>
internal sealed class GalleryCheck(SqliteSession session)
{
    private const int MostFaults = 100;
    private static readonly string[] WorkColumns = WorkRow.Columns.Split(", ");
    private readonly List<string> _faults = [];
    private readonly Dictionary<long, long> _labels = [];

    /// <returns>One line for each fault, the first hundred.</returns>
    public IReadOnlyList<string> Run(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        // The structure first: what follows may fail on a broken one.
        CheckStructure(cancellationToken);
        progress?.Report(0.3);
        try
        {
            session.Snapshot(() =>
            {
                CheckRows(progress, cancellationToken);
                return true;
            });
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            Add($"rows cannot be read: {(e is SqliteException sqlite ? string.Create(CultureInfo.InvariantCulture, $"they are damaged (SQLite's error {sqlite.SqliteErrorCode})") : e.Message.TrimEnd('.'))}");
        }

        progress?.Report(1);
        return _faults;
    }

    private void CheckStructure(CancellationToken cancellationToken)
    {
        List<string> found = [];
        using (SqliteDataReader row = session.Query($"PRAGMA integrity_check({MostFaults.ToString(CultureInfo.InvariantCulture)})"))
        {
            while (row.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                found.Add(row.GetString(0));
            }
        }

        if (found is ["ok"])
        {
            return;
        }

        var faults = new StructureFaults(NamesOfTrees());
        found.SelectMany(faults.Describe).ToList().ForEach(Add);
    }

    /// <summary>The tables and indexes by the page that each begins on; empty where not even that can be read.</summary>
    private Dictionary<long, string> NamesOfTrees()
    {
        Dictionary<long, string> names = new() { [1] = "the list of tables" };
        try
        {
            using SqliteDataReader row = session.Query("SELECT rootpage, type, name FROM sqlite_schema WHERE rootpage > 1");
            while (row.Read())
            {
                names[row.GetInt64(0)] = $"the {row.GetString(1)} '{row.GetString(2)}'";
            }
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            // The faults are told by the numbers of the pages alone.
        }

        return names;
    }

    private void CheckRows(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Collect("SELECT \"table\", rowid FROM pragma_foreign_key_check", row => $"{row.GetValue(0)} {row.GetValue(1)} refers to what does not exist", cancellationToken);
        Collect(
            "SELECT name, value, checksum FROM properties",
            row => RowChecksum.OfProperty(row.GetString(0), row.GetString(1)) == row.GetInt64(2) ? null : $"property '{row.GetString(0)}' has another checksum",
            cancellationToken);
        Collect($"SELECT {WorkRow.Columns}, w.content_hash, w.id, w.checksum, w.genre_folded, w.style_folded FROM works w", FaultOfWork, cancellationToken);
        CheckLabels(cancellationToken);
        progress?.Report(0.5);
        Collect(
            """
            SELECT w.key FROM works w
            WHERE (SELECT COUNT(*) FROM tags t WHERE t.work_id = w.id) > (SELECT COUNT(*) FROM json_each(COALESCE(w.tags, '[]')))
               OR (w.tags IS NULL) != NOT EXISTS (SELECT 1 FROM tags t WHERE t.work_id = w.id)
            """,
            row => $"work '{row.GetString(0)}' has other tags than it is found by",
            cancellationToken);
        Collect(
            "SELECT s.id, s.vector, s.checksum, s.space_id, s.work_id, f.dimensions, s.region FROM signatures s LEFT JOIN feature_spaces f ON f.id = s.space_id",
            FaultOfSignature,
            cancellationToken);
        progress?.Report(0.9);
        Collect(
            """
            SELECT f.id, f.signature_count, (SELECT COUNT(*) FROM signatures s WHERE s.space_id = f.id), f.generation, f.token,
                (SELECT c.token FROM changes c WHERE c.space_id = f.id AND c.generation = f.generation)
            FROM feature_spaces f
            """,
            row => row.GetInt64(1) != row.GetInt64(2) ? $"feature space {row.GetInt64(0)} counts {row.GetInt64(1)} signatures and has {row.GetInt64(2)}"
                : row.GetInt64(3) > 0 && (row.IsDBNull(5) || row.GetInt64(5) != row.GetInt64(4)) ? $"feature space {row.GetInt64(0)} has another history than its version says"
                : null,
            cancellationToken);
    }

    private string? FaultOfWork(SqliteDataReader row)
    {
        Painting painting = WorkRow.Read(row, 0);
        const int hash = WorkRow.ColumnCount;
        long work = row.GetInt64(hash + 1);
        var texts = new WorkTexts(Text(row, "w.further_artists"), Text(row, "w.tags"), Text(row, "w.fields"));
        foreach ((string name, string folded) in WorkLabels.Of(painting))
        {
            _labels[work] = unchecked(_labels.GetValueOrDefault(work) + RowChecksum.OfLabel(name, folded));
        }

        return RowChecksum.OfWork(work, painting, ContentHash.Read(row, hash), texts) != row.GetInt64(hash + 2) ? $"work '{painting.Key}' has another checksum"
            : !IsFolded(painting.Genre, row, hash + 3) || !IsFolded(painting.Style, row, hash + 4) ? $"work '{painting.Key}' has other labels than it is found by"
            : null;
    }

    /// <summary>Holds the table that filters use against the works, as sums in which the order of the rows does not count.</summary>
    private void CheckLabels(CancellationToken cancellationToken)
    {
        using (SqliteDataReader row = session.Query("SELECT name, folded, work_id FROM labels"))
        {
            while (row.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                long work = row.GetInt64(2);
                _labels[work] = unchecked(_labels.GetValueOrDefault(work) - RowChecksum.OfLabel(row.GetString(0), row.GetString(1)));
            }
        }

        foreach ((long work, long _) in _labels.Where(sum => sum.Value != 0))
        {
            Add($"work '{session.Text("SELECT key FROM works WHERE id = $1", work) ?? work.ToString(CultureInfo.InvariantCulture)}' has other artists or fields than it is found by");
        }
    }

    private static string? Text(SqliteDataReader row, string column)
    {
        int place = Array.IndexOf(WorkColumns, column);
        return row.IsDBNull(place) ? null : row.GetString(place);
    }

    private static bool IsFolded(string? label, SqliteDataReader row, int column) =>
        (label is null ? null : LabelFolding.Fold(label)) == (row.IsDBNull(column) ? null : row.GetString(column));

    private static string? FaultOfSignature(SqliteDataReader row)
    {
        ReadOnlySpan<byte> vector = raw.sqlite3_column_blob(row.Handle!, 1);
        long id = row.GetInt64(0);
        ReadOnlySpan<byte> region = raw.sqlite3_column_blob(row.Handle!, 6);
        return RowChecksum.OfSignature(row.GetInt64(3), row.GetInt64(4), vector, region) != row.GetInt64(2) ? $"signature {id} has another checksum"
            : row.IsDBNull(5) || vector.Length != row.GetInt64(5) * sizeof(float) ? $"signature {id} has {vector.Length} bytes, which its feature space does not have"
            : null;
    }

    private void Collect(string query, Func<SqliteDataReader, string?> faultOf, CancellationToken cancellationToken)
    {
        using SqliteDataReader row = session.Query(query);
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (faultOf(row) is string fault)
            {
                Add(fault);
            }
        }
    }

    private void Add(string fault)
    {
        if (_faults.Count < MostFaults && !_faults.Contains(fault))
        {
            _faults.Add(fault);
        }
    }
}
