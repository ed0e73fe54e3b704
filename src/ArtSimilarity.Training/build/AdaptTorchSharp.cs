using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;

namespace ArtSimilarity.Training.Build;

/// <summary>
/// Makes a copy of TorchSharp's native library for Linux that also loads where libstdc++ is older than GCC 13's. The library asks
/// for the version GLIBCXX_3.4.32 because of a mere marker: <c>&lt;iostream&gt;</c> of GCC 13 names a symbol that nothing calls. In
/// the copy that one need is marked weak, so that the loader tolerates its absence. Nothing else changes, and where the version
/// exists the copy behaves like the original.
/// </summary>
/// <remarks>
/// The build compiles this file by itself (RoslynCodeTaskFactory) against .NET Standard 2.0: no other file and no newer API may be
/// used here. A library that is damaged, or that really uses the version, is left as it is, with a warning.
/// </remarks>
public sealed class AdaptTorchSharp : Microsoft.Build.Utilities.Task
{
    private const string Version = "GLIBCXX_3.4.32";

    private const ushort WeakFlag = 2;

    private static readonly string[] UsualFolders =
        { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib" };

    /// <summary>The package's libLibTorchSharp.so; only read.</summary>
    [Required]
    public string Library { get; set; } = "";

    /// <summary>Where the adapted copy goes; written only when its content changes, by renaming a finished file.</summary>
    [Required]
    public string AdaptedLibrary { get; set; } = "";

    /// <summary>Whether to adapt the library whatever libstdc++ this host has, for a program that is built here to run elsewhere.</summary>
    public bool Always { get; set; }

    /// <summary>Whether the adapted copy exists now and is the one to use.</summary>
    [Output]
    public bool Adapted { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            string host = Always ? "" : HostLibrary();
            if (host.Length > 0 && Names(File.ReadAllBytes(host), Version))
            {
                return true;
            }

            byte[] library = File.ReadAllBytes(Library);
            if (!MakeVersionWeak(library, Version))
            {
                return true;
            }

            if (!File.Exists(AdaptedLibrary) || !File.ReadAllBytes(AdaptedLibrary).SequenceEqual(library))
            {
                Write(library);
                string why = Always
                    ? "as ArtSimilarityAdaptTorchSharp=true asks"
                    : $"which this machine's libstdc++ lacks ({(host.Length > 0 ? host : "none was found")})";
                Log.LogMessage(
                    MessageImportance.High,
                    $"{Library} needs {Version} of GCC 13, {why}: the output gets a copy, {AdaptedLibrary}, in which that need is weak.");
            }

            Adapted = true;
        }
        catch (Exception e) when (e is InvalidDataException || e is IOException || e is UnauthorizedAccessException)
        {
            Log.LogWarning(
                null, "ARTSIM001", null, Library, 0, 0, 0, 0,
                $"{Library} was left as it is and may not load where libstdc++ is older than GCC 13's: {e.Message}");
        }

        return true;
    }

    /// <summary>
    /// Marks a version that an ELF file for 64-bit little-endian machines needs of another library as weak, in place.
    /// </summary>
    /// <returns>Whether anything was changed: false where the version is not needed or is weak already.</returns>
    /// <exception cref="InvalidDataException">The bytes are no such file or a damaged one, or a relocation uses a symbol of the
    /// version, so that a weak need would only put off the failure; nothing was changed.</exception>
    public static bool MakeVersionWeak(byte[] elf, string version)
    {
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
        {
            throw new InvalidDataException("It is no ELF file for 64-bit little-endian machines.");
        }

        // The loader's own view, not the section headers, which may be missing: program headers, then the dynamic entries.
        long versionNeeds = 0, strings = 0, symbolVersions = 0;
        long relocations = 0, relocationBytes = 0, calls = 0, callBytes = 0;
        long dynamic = 0, dynamicEnd = 0;
        foreach (var (type, offset, _, size) in Segments(elf))
        {
            if (type == 2)
            {
                dynamic = offset;
                dynamicEnd = offset + size;
            }
        }

        for (; dynamic < dynamicEnd && ReadTag(elf, dynamic) != 0; dynamic += 16)
        {
            switch (ReadTag(elf, dynamic))
            {
                case 2: callBytes = ReadSize(elf, dynamic + 8); break;
                case 5: strings = ReadAddress(elf, dynamic + 8); break;
                case 7: relocations = ReadAddress(elf, dynamic + 8); break;
                case 8: relocationBytes = ReadSize(elf, dynamic + 8); break;
                case 23: calls = ReadAddress(elf, dynamic + 8); break;
                case 0x6ffffff0: symbolVersions = ReadAddress(elf, dynamic + 8); break;
                case 0x6ffffffe: versionNeeds = ReadAddress(elf, dynamic + 8); break;
            }
        }

        long need = versionNeeds == 0 ? 0 : FindVersion(elf, versionNeeds, strings, version);
        if (need == 0 || (Read16(elf, need + 4) & WeakFlag) != 0)
        {
            return false;
        }

        if (symbolVersions == 0)
        {
            throw new InvalidDataException("It is damaged: its symbols have no versions.");
        }

        ushort index = Read16(elf, need + 6);
        if (Uses(elf, relocations, relocationBytes, symbolVersions, index) || Uses(elf, calls, callBytes, symbolVersions, index))
        {
            throw new InvalidDataException($"It uses symbols of {version}.");
        }

        elf[need + 4] |= (byte)WeakFlag;
        return true;
    }

    /// <summary>The offset of the entry of a needed version, zero where it is not needed.</summary>
    private static long FindVersion(byte[] elf, long file, long strings, string version)
    {
        byte[] name = Encoding.ASCII.GetBytes(version + "\0");
        while (true)
        {
            long entry = file + Read32(elf, file + 8);
            for (int left = Read16(elf, file + 2); left > 0; left--)
            {
                long text = strings + Read32(elf, entry + 8);
                Require(elf, text, 1);
                if (text + name.Length <= elf.Length && name.SequenceEqual(new ArraySegment<byte>(elf, (int)text, name.Length)))
                {
                    Require(elf, entry, 16);
                    return entry;
                }

                entry += Read32(elf, entry + 12);
            }

            long next = Read32(elf, file + 12);
            if (next < 16)
            {
                return next == 0 ? 0 : throw new InvalidDataException("It is damaged: its list of needed versions overlaps itself.");
            }

            file += next;
        }
    }

    /// <summary>Whether a relocation, data's or a call's, refers to a symbol whose version has the given index.</summary>
    private static bool Uses(byte[] elf, long relocations, long bytes, long symbolVersions, ushort index)
    {
        for (long at = relocations; at < relocations + bytes; at += 24)
        {
            uint symbol = Read32(elf, at + 12);
            if (symbol != 0 && (Read16(elf, symbolVersions + (2L * symbol)) & 0x7fff) == index)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Loadable and other segments: kind, offset in the file, address in memory, size in the file.</summary>
    private static (uint Type, long Offset, long Address, long Size)[] Segments(byte[] elf)
    {
        long table = ReadSize(elf, 32);
        int size = Read16(elf, 54), count = Read16(elf, 56);
        return size != 56
            ? throw new InvalidDataException("It is damaged: its program headers have an unknown size.")
            : Enumerable.Range(0, count).Select(i => table + (i * size))
                .Select(at => (Read32(elf, at), ReadSize(elf, at + 8), ReadSize(elf, at + 16), ReadSize(elf, at + 32))).ToArray();
    }

    /// <summary>Reads an address in memory and returns where in the file its content lies.</summary>
    private static long ReadAddress(byte[] elf, long at)
    {
        long address = ReadSize(elf, at);
        foreach (var (type, offset, start, size) in Segments(elf))
        {
            if (type == 1 && address >= start && address < start + size)
            {
                return offset + address - start;
            }
        }

        throw new InvalidDataException($"It is damaged: no segment holds the address {address:x}.");
    }

    /// <summary>Reads a number so bounded that sums of a few do not overflow.</summary>
    private static long ReadSize(byte[] elf, long at)
    {
        long value = ReadTag(elf, at);
        return value >= 0 && value < 1L << 56
            ? value
            : throw new InvalidDataException($"It is damaged: the number at byte {at} is beyond any file.");
    }

    private static long ReadTag(byte[] elf, long at)
    {
        Require(elf, at, 8);
        return BitConverter.ToInt64(elf, (int)at);
    }

    private static ushort Read16(byte[] elf, long at)
    {
        Require(elf, at, 2);
        return BitConverter.ToUInt16(elf, (int)at);
    }

    private static uint Read32(byte[] elf, long at)
    {
        Require(elf, at, 4);
        return BitConverter.ToUInt32(elf, (int)at);
    }

    private static void Require(byte[] elf, long at, int bytes)
    {
        if (at < 0 || at > elf.Length - bytes)
        {
            throw new InvalidDataException($"It is damaged: it ends before byte {at + bytes}.");
        }
    }

    /// <summary>The libstdc++ of this machine's loader: the one that this very process uses, or else one in a usual folder; empty
    /// where there is none.</summary>
    private static string HostLibrary()
    {
        const string Maps = "/proc/self/maps", Name = "libstdc++.so.6";
        var mapped = (File.Exists(Maps) ? File.ReadAllLines(Maps) : Array.Empty<string>())
            .Select(line => line.Substring(Math.Max(0, line.IndexOf('/'))))
            .Where(path => Path.GetFileName(path).StartsWith(Name, StringComparison.Ordinal));
        return mapped.Concat(UsualFolders.Select(folder => Path.Combine(folder, Name))).FirstOrDefault(File.Exists) ?? "";
    }

    private static bool Names(byte[] library, string version) =>
        Encoding.GetEncoding("ISO-8859-1").GetString(library).Contains(version + "\0");

    /// <summary>Replaces the copy in one step, so that an interrupted build leaves no half of it.</summary>
    private void Write(byte[] content)
    {
        string path = Path.GetFullPath(AdaptedLibrary);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.WriteAllBytes(temporary, content);
            if (File.Exists(path))
            {
                File.Replace(temporary, path, null);
            }
            else
            {
                File.Move(temporary, path);
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
