namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>Every step there is. A new schema version adds one at the end and changes none of the others.</summary>
internal static class MigrationSteps
{
    /// <summary>The steps, by ascending version.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        new Migration(0, 2, Migration0To2.Apply),
        new Migration(1, 2, Migration1To2.Apply),
        new Migration(2, 3, Migration2To3.Apply),
        new Migration(3, 4, Migration3To4.Apply),
        new Migration(4, 5, Migration4To5.Apply),
    ];

    /// <summary>The version that galleries of this build have.</summary>
    public static int CurrentVersion => All[^1].To;

    /// <summary>The steps from a version to the current one, in order; none where it is the current one.</summary>
    /// <param name="version">The version, 0 (an empty file) or more.</param>
    public static IEnumerable<Migration> Since(long version)
    {
        foreach (Migration step in All)
        {
            if (step.From == version)
            {
                yield return step;
                version = step.To;
            }
        }
    }
}
