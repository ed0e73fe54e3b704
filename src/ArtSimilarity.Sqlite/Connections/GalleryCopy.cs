using ArtSimilarity.Files;
using ArtSimilarity.Galleries;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Connections;

/// <summary>Copies a gallery while it is in use: SQLite's online backup, checked and put in place whole.</summary>
internal static class GalleryCopy
{
    /// <param name="file">The gallery.</param>
    /// <param name="path">The full path of the copy; a file there is replaced.</param>
    /// <exception cref="GalleryStoreException">The gallery cannot be read, or the copy cannot be written or is damaged.</exception>
    public static void Make(GalleryFile file, string path)
    {
        string partial = $"{path}.{Guid.NewGuid():n}.partial";
        try
        {
            using (SqliteSession source = file.Open(file.IsOnlyRead ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite, readsOnly: true))
            using (var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = partial, Pooling = false }.ConnectionString))
            {
                target.Open();
                source.Connection.BackupDatabase(target);
                using SqliteCommand command = target.CreateCommand();

                // One file, whole by itself: no log is left beside it.
                command.CommandText = "PRAGMA journal_mode = DELETE";
                command.ExecuteNonQuery();
                command.CommandText = "PRAGMA integrity_check(1)";
                if (command.ExecuteScalar() as string is not "ok" and var fault)
                {
                    throw new GalleryStoreException($"The gallery '{file.Path}' is damaged, so it was not copied: {fault}.");
                }
            }

            using (FileStream copy = new(partial, FileMode.Open, FileAccess.ReadWrite))
            {
                copy.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GalleryStoreException($"The gallery '{file.Path}' could not be copied to '{path}': {e.Message}", e);
        }
        catch (SqliteException e) when (Path.GetDirectoryName(path) is string folder && !FolderAccess.MayCreateIn(folder))
        {
            throw new GalleryStoreException($"The gallery '{file.Path}' could not be copied to '{path}': {(Directory.Exists(folder) ? "you may not write in that folder" : "that folder does not exist")}.", e);
        }
        catch (SqliteException e)
        {
            throw new GalleryStoreException($"The gallery '{file.Path}' could not be copied to '{path}': {e.Message}", e);
        }
        finally
        {
            foreach (string suffix in (string[])["", "-journal", "-wal", "-shm"])
            {
                if (File.Exists(partial + suffix))
                {
                    File.Delete(partial + suffix);
                }
            }
        }
    }
}
