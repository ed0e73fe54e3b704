using System.Diagnostics;
using System.Runtime.Intrinsics;
using Xunit;

namespace ArtSimilarity.Conformance;

/// <summary>Runs test classes again in a child process with instruction sets switched off, since a process cannot switch its own.</summary>
public static class InstructionSets
{
    private const string ExpectedBits = "ARTSIM_EXPECTED_VECTOR_BITS";

    /// <summary>The widths of vectors, in bits, that SIMD code is run with besides the machine's own.</summary>
    public static TheoryData<int> Narrower => [256, 128, 0];

    /// <summary>The widest vector this process computes in hardware, in bits; 0 without any.</summary>
    public static int VectorBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>Whether this process is such a child.</summary>
    public static bool IsChild => Environment.GetEnvironmentVariable(ExpectedBits) is not null;

    /// <summary>Runs the tests of a class with vectors no wider than <paramref name="bits"/> and fails unless all of them pass.</summary>
    public static async Task RunAsync(Type testClass, int bits, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(VectorBits <= bits, $"This machine's widest vectors have {VectorBits} bits.");
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "--filter-class", testClass.FullName!, "--no-ansi" },
            Environment = { [ExpectedBits] = bits.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (bits < 512)
        {
            start.Environment["DOTNET_EnableAVX512F"] = "0";
            start.Environment["DOTNET_EnableAVX512"] = "0";
        }

        if (bits < 256)
        {
            start.Environment["DOTNET_EnableAVX2"] = "0";
        }

        if (bits < 128)
        {
            start.Environment["DOTNET_EnableHWIntrinsic"] = "0";
        }

        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> error = child.StandardError.ReadToEndAsync(cancellationToken);
        await child.WaitForExitAsync(cancellationToken);
        Assert.True(child.ExitCode == 0, $"{await output}{await error}");
    }

    /// <summary>In a child, fails when the switches had no effect: the other tests would then prove nothing.</summary>
    public static void AssertSwitchesWorked()
    {
        string? expected = Environment.GetEnvironmentVariable(ExpectedBits);
        Assert.SkipWhen(expected is null, "Only in a child process with instruction sets switched off.");
        Assert.Equal(expected, VectorBits.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
