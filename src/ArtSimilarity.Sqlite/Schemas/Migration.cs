using ArtSimilarity.Sqlite.Connections;

namespace ArtSimilarity.Sqlite.Schemas;

/// <summary>One step from a schema version to the next. Steps only go forwards, and each runs in one transaction.</summary>
/// <param name="To">The version that the step leads to.</param>
/// <param name="Apply">Changes the tables and their rows.</param>
internal sealed record Migration(int To, Action<SqliteSession> Apply)
{
    /// <summary>Every step there is, in order. A new schema version adds one here and changes none of the others.</summary>
    public static IReadOnlyList<Migration> All { get; } = [new Migration(2, Migration1To2.Apply), new Migration(3, Migration2To3.Apply), new Migration(4, Migration3To4.Apply)];

    /// <summary>The version that galleries of this build have.</summary>
    public static int Current => All[^1].To;
}
