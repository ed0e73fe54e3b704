using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Tests;

internal static class OneThread
{
    /// <summary>The networks here are so small that threads would only wait for one another, for long where other tests run beside.</summary>
    [ModuleInitializer]
    internal static void Use() => set_num_threads(1);
}
