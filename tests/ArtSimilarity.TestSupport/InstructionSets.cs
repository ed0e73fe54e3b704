using System.Runtime.Intrinsics;
using Xunit;

namespace ArtSimilarity.TestSupport;

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
    public static async Task RunAsync(Type testClass, int bits, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        Assert.SkipWhen(VectorBits <= bits, $"This machine's widest vectors have {VectorBits} bits.");
        var switches = new List<(string Name, string Value)> { (ExpectedBits, bits.ToString(System.Globalization.CultureInfo.InvariantCulture)) };
        if (bits < 512)
        {
            switches.Add(("DOTNET_EnableAVX512F", "0"));
            switches.Add(("DOTNET_EnableAVX512", "0"));
        }

        if (bits < 256)
        {
            switches.Add(("DOTNET_EnableAVX2", "0"));
        }

        if (bits < 128)
        {
            switches.Add(("DOTNET_EnableHWIntrinsic", "0"));
        }

        await ChildProcess.RunAsync(testClass, cancellationToken, [.. switches, .. environment]);
    }

    /// <summary>In a child, fails when the switches had no effect: the other tests would then prove nothing.</summary>
    public static void AssertSwitchesWorked()
    {
        string? expected = Environment.GetEnvironmentVariable(ExpectedBits);
        Assert.SkipWhen(expected is null, "Only in a child process with instruction sets switched off.");
        Assert.Equal(expected, VectorBits.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
