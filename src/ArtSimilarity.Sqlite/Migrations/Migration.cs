using ArtSimilarity.Sqlite.Connections;

namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>One step from a schema version to the next. Steps only go forwards, and each runs in one transaction.</summary>
/// <param name="From">The version that the step begins at; 0 is an empty file.</param>
/// <param name="To">The version that the step leads to.</param>
/// <param name="Apply">Changes the tables and their rows.</param>
internal sealed record Migration(int From, int To, Action<SqliteSession> Apply);
