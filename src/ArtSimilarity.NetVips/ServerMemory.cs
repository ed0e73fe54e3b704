using System.Runtime.InteropServices;

namespace ArtSimilarity.NetVips;

/// <summary>Keeps the memory of a process flat that decodes pictures and runs models for days.</summary>
/// <remarks>
/// The C library of most Linux systems (glibc) learns from large buffers that come and go, keeps them in its heaps, and has a heap for every thread or
/// so. A server that decodes pictures then holds some hundred megabytes that nobody uses. Other C libraries do not.
/// </remarks>
public static partial class ServerMemory
{
    // malloc.h of glibc
    private const int MmapThreshold = -3, ArenaMax = -8;

    private const int LargeFrom = 256 * 1024, Heaps = 4;

    /// <summary>
    /// Makes the C library give buffers of 256 KiB and more back to the system as soon as they are free, and share four heaps among its threads. It counts for
    /// the whole process, so a host decides it, best as the first thing it does. Call it as often as you like, from any thread.
    /// </summary>
    /// <returns>Whether it had an effect: <see langword="false"/> where the C library is another one than glibc.</returns>
    public static bool ReturnLargeBuffers()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return SetOption(MmapThreshold, LargeFrom) == 1 && SetOption(ArenaMax, Heaps) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
        catch (DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetOption(int option, int value);
}
