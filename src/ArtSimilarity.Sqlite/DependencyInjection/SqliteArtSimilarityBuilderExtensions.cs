using ArtSimilarity;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a gallery that is kept in an SQLite file.</summary>
public static class SqliteArtSimilarityBuilderExtensions
{
    /// <summary>Registers a <see cref="SqliteGalleryStore"/> as the <see cref="IGalleryStore"/>; the file is opened at its first use.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The path of the gallery file; it is created when there is none.</param>
    /// <param name="configure">Changes how the file is opened. Several calls compose; the host checks the options when it starts.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path is blank.</exception>
    public static ArtSimilarityBuilder AddSqliteGallery(this ArtSimilarityBuilder builder, string path, Action<SqliteGalleryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.AddOptions(configure, options => options.Validate());
        return builder.AddPart<IGalleryStore>(services => SqliteGalleryStore.Open(path, builder.GetOptions<SqliteGalleryOptions>(services)));
    }
}
