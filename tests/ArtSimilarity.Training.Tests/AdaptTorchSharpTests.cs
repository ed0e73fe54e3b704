using System.Buffers.Binary;
using System.Reflection;
using ArtSimilarity.Training.Build;
using CsCheck;
using Microsoft.Build.Framework;
using Xunit;

namespace ArtSimilarity.Training.Tests;

public sealed class AdaptTorchSharpTests : IDisposable
{
    private const string Version = "GLIBCXX_3.4.32";

    /// <summary>The file as its package has it, named by the project file.</summary>
    private static readonly string Package = typeof(AdaptTorchSharpTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "TorchSharpLibrary").Value!;

    private static readonly byte[] Original = File.ReadAllBytes(Package);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-adapt-");

    private string Library => Path.Combine(_folder.FullName, "libLibTorchSharp.so");

    private string Copy => Path.Combine(_folder.FullName, "obj", "libLibTorchSharp.so");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void One_flag_of_the_one_version_is_set_and_nothing_else()
    {
        byte[] adapted = [.. Original];
        Assert.True(AdaptTorchSharp.MakeVersionWeak(adapted, Version));

        int at = Assert.Single(Enumerable.Range(0, Original.Length), i => adapted[i] != Original[i]);
        Assert.Equal(0, Original[at]);
        Assert.Equal(2, adapted[at]);
        Assert.Equal(HashOfName(Version), BinaryPrimitives.ReadUInt32LittleEndian(Original.AsSpan(at - 4)));
    }

    [Fact]
    public void What_is_weak_already_stays_as_it_is()
    {
        byte[] once = [.. Original];
        AdaptTorchSharp.MakeVersionWeak(once, Version);
        byte[] twice = [.. once];
        Assert.False(AdaptTorchSharp.MakeVersionWeak(twice, Version));
        Assert.Equal(once, twice);
    }

    [Fact]
    public void A_version_that_is_not_needed_changes_nothing()
    {
        byte[] library = [.. Original];
        Assert.False(AdaptTorchSharp.MakeVersionWeak(library, "GLIBCXX_3.4.3"));
        Assert.Equal(Original, library);
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.21")]
    [InlineData("GLIBC_2.2.5")]
    public void A_version_whose_symbols_are_used_is_refused(string version)
    {
        byte[] library = [.. Original];
        var e = Assert.Throws<InvalidDataException>(() => AdaptTorchSharp.MakeVersionWeak(library, version));
        Assert.Contains(version, e.Message, StringComparison.Ordinal);
        Assert.Equal(Original, library);
    }

    [Fact]
    public void A_library_cut_short_is_refused_or_adapted_like_the_whole() =>
        Gen.OneOf(Gen.Int[0, 5_000], Gen.Int[0, Original.Length - 1]).Sample(length =>
        {
            byte[] cut = Original[..length];
            return AdaptedOrUntouched(cut);
        }, iter: 300);

    [Fact]
    public void A_damaged_library_is_refused_or_only_the_flag_is_set() =>
        Gen.Select(Gen.OneOf(Gen.Int[0, 1_000], Gen.Int[0, Original.Length - 1]), Gen.Byte).Array[1, 8].Sample(damages =>
        {
            byte[] damaged = [.. Original];
            foreach (var (at, value) in damages)
            {
                damaged[at] = value;
            }

            return AdaptedOrUntouched(damaged);
        }, iter: 300);

    [Fact]
    public void What_is_no_library_is_refused() =>
        Gen.Byte.Array[0, 400].Sample(bytes =>
        {
            Assert.Throws<InvalidDataException>(() => AdaptTorchSharp.MakeVersionWeak(bytes, Version));
            byte[] elf = [.. Original.AsSpan(0, 20), .. bytes]; // a header with something behind it
            return AdaptedOrUntouched(elf);
        }, iter: 300);

    [Fact]
    public void The_copy_is_adapted_and_the_original_only_read()
    {
        File.WriteAllBytes(Library, Original);
        var (task, engine) = Run();

        Assert.True(task.Adapted);
        Assert.Equal(Original, File.ReadAllBytes(Library));
        byte[] expected = [.. Original];
        AdaptTorchSharp.MakeVersionWeak(expected, Version);
        Assert.Equal(expected, File.ReadAllBytes(Copy));
        Assert.Equal([Copy], Directory.GetFiles(Path.GetDirectoryName(Copy)!));
        string message = Assert.Single(engine.Messages);
        Assert.Contains(Library, message, StringComparison.Ordinal);
        Assert.Contains(Version, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_that_is_up_to_date_is_not_written_again()
    {
        File.WriteAllBytes(Library, Original);
        Run();
        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Copy, longAgo);
        var (task, engine) = Run();

        Assert.True(task.Adapted);
        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(Copy));
        Assert.Empty(engine.Messages);
    }

    [Fact]
    public void A_link_to_the_original_in_the_copys_place_is_replaced_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Symbolic links want a privilege.");
        File.WriteAllBytes(Library, Original);
        Directory.CreateDirectory(Path.GetDirectoryName(Copy)!);
        File.CreateSymbolicLink(Copy, Library);
        var (task, _) = Run();

        Assert.True(task.Adapted);
        Assert.Null(new FileInfo(Copy).LinkTarget);
        Assert.Equal(Original, File.ReadAllBytes(Library));
    }

    [Fact]
    public void A_damaged_library_is_named_in_a_warning_and_left_to_be_used_as_it_is()
    {
        File.WriteAllBytes(Library, Original[..5_000]);
        var (task, engine) = Run();

        Assert.False(task.Adapted);
        Assert.False(File.Exists(Copy));
        Assert.Equal(Original[..5_000], File.ReadAllBytes(Library));
        Assert.Empty(engine.Messages);
        var warning = Assert.Single(engine.Warnings);
        Assert.Equal("ARTSIM001", warning.Code);
        Assert.Contains(Library, warning.Message!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_cannot_be_read_is_named_in_a_warning()
    {
        var (task, engine) = Run();
        Assert.False(task.Adapted);
        Assert.Contains(Library, Assert.Single(engine.Warnings).Message!, StringComparison.Ordinal);
    }

    private (AdaptTorchSharp Task, Engine Engine) Run()
    {
        var engine = new Engine();
        var task = new AdaptTorchSharp { BuildEngine = engine, Library = Library, AdaptedLibrary = Copy, Always = true };
        Assert.True(task.Execute());
        return (task, engine);
    }

    private static bool AdaptedOrUntouched(byte[] library)
    {
        byte[] before = [.. library];
        bool adapted;
        try
        {
            adapted = AdaptTorchSharp.MakeVersionWeak(library, Version);
        }
        catch (InvalidDataException)
        {
            adapted = false;
        }

        int same = before.AsSpan().CommonPrefixLength(library);
        return adapted ? before.AsSpan(same + 1).SequenceEqual(library.AsSpan(same + 1)) : same == library.Length;
    }

    /// <summary>The hash by which the System V ABI lets the loader compare names of versions.</summary>
    private static uint HashOfName(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }

    /// <summary>Collects what the task says.</summary>
    private sealed class Engine : IBuildEngine
    {
        public List<string> Messages { get; } = [];

        public List<BuildWarningEventArgs> Warnings { get; } = [];

        public bool ContinueOnError => false;

        public int LineNumberOfTaskNode => 0;

        public int ColumnNumberOfTaskNode => 0;

        public string ProjectFileOfTaskNode => "";

        public bool BuildProjectFile(
            string projectFileName, string[] targetNames, System.Collections.IDictionary globalProperties,
            System.Collections.IDictionary targetOutputs) => throw new NotSupportedException();

        public void LogCustomEvent(CustomBuildEventArgs e) => throw new NotSupportedException();

        public void LogErrorEvent(BuildErrorEventArgs e) => Assert.Fail(e.Message!);

        public void LogMessageEvent(BuildMessageEventArgs e)
        {
            Assert.Equal(MessageImportance.High, e.Importance);
            Messages.Add(e.Message!);
        }

        public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add(e);
    }
}
