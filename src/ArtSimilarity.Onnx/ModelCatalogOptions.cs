namespace ArtSimilarity.Onnx;

/// <summary>Which models a <see cref="ModelCatalog"/> knows, where it keeps them, and how patient it is.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>The models. The default is <see cref="ModelCatalog.KnownModels"/>.</summary>
    public IReadOnlyList<ModelDescription> Models { get; set; } = ModelCatalog.KnownModels;

    /// <summary>
    /// The folder that holds the models; created when needed. The default is <c>ArtSimilarity/models</c> in the user's local
    /// application data.
    /// </summary>
    public string CacheDirectory { get; set; } = DefaultCacheDirectory();

    /// <summary>The client that downloads, not disposed; for proxies and credentials. The default is <see langword="null"/>: one of the catalogue's own.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The longest time without a byte before an attempt is given up. The default is 30 seconds.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most attempts for each address, at least 1; each continues where the last one stopped. The default is 5.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>The pause before the second attempt; it doubles with each further one, up to a minute. The default is 1 second.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    private static string DefaultCacheDirectory()
    {
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);

        // Services without a profile have no such folder.
        return Path.Combine(local.Length > 0 ? local : Path.GetTempPath(), "ArtSimilarity", "models");
    }
}
