using NetVips;
using Libvips = NetVips.NetVips;

namespace ArtSimilarity.NetVips.Runtime;

/// <summary>The settings of libvips that hold for the whole process; made once, before the first image.</summary>
internal static class VipsRuntime
{
    private static readonly Lazy<bool> Configured = new(Configure);

    /// <exception cref="InvalidOperationException">libvips cannot be loaded, or is too old.</exception>
    public static void EnsureConfigured() => _ = Configured.Value;

    private static bool Configure()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            throw new InvalidOperationException(
                "libvips could not be loaded: NetVips.Native has no build for this platform, or it was not deployed with the application.",
                ModuleInitializer.Exception);
        }

        if (!Libvips.AtLeastLibvips(8, 13))
        {
            throw new InvalidOperationException($"libvips 8.13 or newer is needed, to switch off its untrusted loaders; found {Libvips.Version(0)}.{Libvips.Version(1)}.");
        }

        // The operation cache keeps results for a second look that never comes here; off, memory stays flat.
        Cache.Max = 0;

        // One thread an image: callers decode many images at once.
        Libvips.Concurrency = 1;

        // Loaders that libvips itself does not hold safe for foreign files (ImageMagick, SVG, PDF, …). The decoder opens the
        // formats it knows by their own loaders; this keeps everything else out of reach of a file that looks like two formats.
        Libvips.BlockUntrusted = true;

        // Damaged files make libvips write warnings to stderr. The decoder takes them instead: some tell of damage that no error tells.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, message) => VipsWarnings.Receive(message));
        return true;
    }
}
