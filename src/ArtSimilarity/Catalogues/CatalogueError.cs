namespace ArtSimilarity.Catalogues;

/// <summary>Why a catalogue cannot be used.</summary>
public enum CatalogueError
{
    /// <summary>There is no such file, it is no regular file, or it is too large.</summary>
    Unreadable,

    /// <summary>The file is not text of the encoding named, or of any that could be told.</summary>
    Encoding,

    /// <summary>No encoding of the name is known.</summary>
    UnknownEncoding,

    /// <summary>The file lacks a column that the caller named.</summary>
    NoSuchColumn,

    /// <summary>No column tells which work a row describes: there is neither an id nor a file.</summary>
    NoKeyColumn,

    /// <summary>The header or a row is malformed, or has a value that cannot be used; or there is no row that can be.</summary>
    Content,
}
