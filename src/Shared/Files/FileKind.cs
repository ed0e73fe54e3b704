namespace ArtSimilarity.Files;

/// <summary>What an entry of a folder is, once links are followed.</summary>
internal enum FileKind
{
    /// <summary>A file with content, which ends.</summary>
    Regular,

    /// <summary>A pipe, a socket or a device: reading it may wait for ever.</summary>
    Special,

    /// <summary>It has no length, and this system does not tell whether it is an empty file or no regular one.</summary>
    Unknown,
}
