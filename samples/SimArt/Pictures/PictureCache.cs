using Microsoft.Extensions.Options;

namespace SimArt.Pictures;

/// <summary>
/// Files that are made once from the pictures of the gallery. Each is written beside its place and then moved there, so that nobody reads half a file. Two
/// requests for one file make it once. The longest unused are deleted when there are too many.
/// </summary>
internal sealed class PictureCache(IOptions<SimArtOptions> options) : IDisposable
{
    private const int Stripes = 64;

    private readonly SemaphoreSlim[] _making = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];
    private readonly string _root = Path.GetFullPath(Path.Combine(options.Value.Data, "cache"));
    private long _written;

    /// <summary>The file of a name, made where it is not there.</summary>
    /// <param name="name">Parts of its path, made of digits, letters and dashes by the caller, never by a visitor.</param>
    /// <param name="make">Writes the file to a path.</param>
    /// <param name="cancellationToken">Stops waiting and making.</param>
    public async Task<string> GetAsync(string name, Func<string, CancellationToken, Task> make, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_root, name);
        if (File.Exists(path))
        {
            return path;
        }

        SemaphoreSlim stripe = _making[(uint)StringComparer.Ordinal.GetHashCode(name) % Stripes];
        await stripe.WaitAsync(cancellationToken);
        try
        {
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                string unfinished = path + "." + Uploads.NewId();
                try
                {
                    await make(unfinished, cancellationToken);
                    File.Move(unfinished, path, overwrite: true);
                }
                finally
                {
                    File.Delete(unfinished);
                }

                if (Interlocked.Add(ref _written, new FileInfo(path).Length) > options.Value.MaxCacheBytes / 20)
                {
                    Interlocked.Exchange(ref _written, 0);
                    _ = Task.Run(Trim, CancellationToken.None);
                }
            }
        }
        finally
        {
            stripe.Release();
        }

        return path;
    }

    public void Dispose() => Array.ForEach(_making, stripe => stripe.Dispose());

    private void Trim()
    {
        long allowed = options.Value.MaxCacheBytes;
        foreach (FileInfo file in new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastAccessTimeUtc))
        {
            allowed -= file.Length;
            if (allowed < 0)
            {
                try
                {
                    file.Delete();
                }
                catch (IOException)
                {
                    // It is being read; the next time will do.
                }
            }
        }
    }
}
