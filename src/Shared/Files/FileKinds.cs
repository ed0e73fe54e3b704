using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ArtSimilarity.Files;

/// <summary>
/// Tells regular files from folders, pipes, sockets and devices without opening them: opening a pipe waits for a writer, and no signal
/// ends that. Compiled into each package that opens files, so that all refuse the same.
/// </summary>
internal static class FileKinds
{
    // From linux/stat.h, the same on every processor.
    private const int CurrentFolder = -100;
    private const int TypeOnly = 1;
    private const int StatxLength = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;

    /// <summary>What speaks against opening a path, to follow its name in a sentence; links are followed.</summary>
    /// <returns><see langword="null"/> for a regular file, for nothing at all, and where the system does not tell.</returns>
    public static string? Fault(string path) =>
        LeadsInCircle(path) ? "is a link that leads in a circle"
        : Directory.Exists(path) ? "is not a regular file, but a folder"
        : File.Exists(path) && Of(path) == FileKind.Special ? "is not a regular file, but a pipe, a socket or a device"
        : null;

    /// <summary>The kind of a file that exists; links are followed.</summary>
    public static FileKind Of(string path)
    {
        var file = new FileInfo(path);
        FileSystemInfo real = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        if (OperatingSystem.IsWindows() || real is FileInfo { Exists: true, Length: > 0 })
        {
            return FileKind.Regular; // only a regular file has a length
        }

        return OperatingSystem.IsLinux() ? OnLinux(path) : FileKind.Unknown;
    }

    private static bool LeadsInCircle(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is null)
        {
            return false;
        }

        try
        {
            file.ResolveLinkTarget(returnFinalTarget: true);
            return false;
        }
        catch (IOException)
        {
            return true; // more links than the system follows
        }
    }

    private static FileKind OnLinux(string path)
    {
        byte[] status = new byte[StatxLength];
        try
        {
            return statx(CurrentFolder, path, 0, TypeOnly, status) != 0 ? FileKind.Unknown
                : (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeOffset)) & TypeMask) == RegularType ? FileKind.Regular
                : FileKind.Special;
        }
        catch (EntryPointNotFoundException)
        {
            return FileKind.Unknown; // a C library from before 2018
        }
    }

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable CA2101, SYSLIB1054 // UTF-8 is what CharSet.Ansi means on Linux; a generated stub would need unsafe code.
    private static extern int statx(int folder, string path, int flags, uint mask, [Out] byte[] status);
#pragma warning restore CA2101, SYSLIB1054
}
