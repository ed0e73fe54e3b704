using System.Runtime.InteropServices;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>
/// Switches the telemetry of ONNX Runtime off. Outside Windows, the runtime writes a device id and a database below the user's cache
/// folder, and warns on the error stream where that cannot be written. It reads <c>ORT_DISABLE_TELEMETRY</c> when it starts.
/// </summary>
internal static partial class RuntimeTelemetry
{
    /// <summary>The environment variable that the runtime reads.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Called before the first use of the runtime. A value that the host's user has set stays.</summary>
    public static void SwitchOff() => _ = Off.Value;

    private static readonly Lazy<bool> Off = new(() =>
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
        {
            return false;
        }

        Environment.SetEnvironmentVariable(Variable, "1");
        if (!OperatingSystem.IsWindows())
        {
            // .NET keeps a copy of the environment there; native code does not see what is set in it.
            _ = SetNative(Variable, "1", 0);
        }

        return true;
    });

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
