namespace ArtSimilarity.CommandLine;

/// <summary>What the process returns.</summary>
public static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
}
