using System.Runtime.InteropServices;

namespace ArtSimilarity.CommandLine;

/// <summary>What the process returns.</summary>
public static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>What a shell shows of a process that a signal ended.</summary>
    internal static int OfSignal(PosixSignal signal) => signal == PosixSignal.SIGINT ? 128 + 2 : 128 + 15;
}
