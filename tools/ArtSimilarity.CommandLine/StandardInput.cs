using System.Runtime.InteropServices;

namespace ArtSimilarity.CommandLine;

/// <summary>The standard input of the process.</summary>
internal static partial class StandardInput
{
    private const int GetDescriptorFlags = 1; // F_GETFD

    /// <summary>Opens it.</summary>
    /// <exception cref="CommandFailedException">Whoever started the process closed it.</exception>
    public static Stream Open() => IsClosed()
        ? throw new CommandFailedException("the standard input is closed: pipe something into it, or redirect it from a file.")
        : Console.OpenStandardInput();

    /// <summary>
    /// Whether the process was started without one. Descriptor 0 may be in use all the same: the runtime gets it for a pipe of its own,
    /// from which reading would never end. That pipe closes on exec. What came through exec cannot.
    /// </summary>
    private static bool IsClosed() => !OperatingSystem.IsWindows() && Control(0, GetDescriptorFlags) is not 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);
}
