namespace SimArt;

/// <summary>What the command line (<c>--gallery FILE</c>), the environment (<c>SimArt__Gallery</c>) or appsettings.json may say.</summary>
internal sealed class SimArtOptions
{
    public static readonly Dictionary<string, string> Switches = new()
    {
        ["--gallery"] = "SimArt:Gallery",
        ["--folder"] = "SimArt:Folder",
        ["--data"] = "SimArt:Data",
        ["--name"] = "SimArt:Name",
        ["--iiif-hosts"] = "SimArt:IiifHosts",
        ["--urls"] = "urls",
    };

    /// <summary>A gallery made by artsim. It is shown as it is: no work is added or changed.</summary>
    public string? Gallery { get; set; }
    /// <summary>A folder of pictures to index first, with paintings.csv or metadata.csv in it where there is one.</summary>
    public string? Folder { get; set; }
    /// <summary>Where galleries that SimArt makes, thumbnails and tiles are kept.</summary>
    public string Data { get; set; } = "simart-data";
    /// <summary>The name on the page.</summary>
    public string? Name { get; set; }
    /// <summary>Hosts, with commas between them, whose IIIF images visitors may search by.</summary>
    public string IiifHosts { get; set; } = "";
    /// <summary>Whether these hosts may have addresses in private networks.</summary>
    public bool AllowPrivateAddresses { get; set; }
    public long MaxUploadBytes { get; set; } = 20 * 1024 * 1024;

    public long MaxUploadPixels { get; set; } = 60_000_000;
    /// <summary>How much memory visitors' pictures may take together.</summary>
    public long MaxUploadMemory { get; set; } = 64L * 1024 * 1024;

    public TimeSpan UploadLifetime { get; set; } = TimeSpan.FromMinutes(30);
    /// <summary>How much room thumbnails and tiles may take; the longest unused go first.</summary>
    public long MaxCacheBytes { get; set; } = 4L * 1024 * 1024 * 1024;
    /// <summary>Requests of one address in ten seconds, pictures and pages aside.</summary>
    public int RequestsPerTenSeconds { get; set; } = 300;
    /// <summary>Uploads of one address in a minute.</summary>
    public int UploadsPerMinute { get; set; } = 60;

    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    public IReadOnlyList<string> IiifHostList => IiifHosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
