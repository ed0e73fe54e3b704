using ArtSimilarity.Features;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries;

/// <summary>What a gallery tells its log.</summary>
internal static partial class GalleryLog
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Debug, Message = "There is no {Provider} index {Name} yet.")]
    public static partial void NoIndexYet(this ILogger logger, string provider, string name);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "The {Provider} index {Name} was built from other signatures or with other settings, and is built anew.")]
    public static partial void IndexIsOfSomethingElse(this ILogger logger, string provider, string name);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning, Message = "The {Provider} index {Name} cannot be used and is built anew: {Reason}")]
    public static partial void IndexCannotBeUsed(this ILogger logger, string provider, string name, string reason);

    [LoggerMessage(EventId = 104, Level = LogLevel.Warning, Message = "The {Provider} index cannot be written in {Directory} ({Reason}); it is kept in memory.")]
    public static partial void IndexCannotBeWritten(this ILogger logger, string provider, string directory, string reason);

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "The {Provider} index of {Space} belongs to another history of the gallery, and is built anew.")]
    public static partial void IndexIsOfAnotherHistory(this ILogger logger, string provider, FeatureSpace space);

    [LoggerMessage(EventId = 106, Level = LogLevel.Information, Message = "Building the {Provider} index over {Count} signatures of {Space}.")]
    public static partial void BuildBegins(this ILogger logger, string provider, int count, FeatureSpace space);

    [LoggerMessage(EventId = 107, Level = LogLevel.Information, Message = "Built the {Provider} index over {Count} signatures of {Space} in {Elapsed}; {Changes} were added or removed meanwhile.")]
    public static partial void BuildEnded(this ILogger logger, string provider, int count, FeatureSpace space, TimeSpan elapsed, int changes);

    [LoggerMessage(EventId = 108, Level = LogLevel.Error, Message = "Building the {Provider} index of {Space} failed, {Failures} times in a row. Searches go on without it; a search tries again after {Pause}.")]
    public static partial void BuildFailed(this ILogger logger, Exception cause, string provider, FeatureSpace space, int failures, TimeSpan pause);

    [LoggerMessage(EventId = 109, Level = LogLevel.Warning, Message = "The tuning kept for the {Provider} index of {Space} is not used: {Reason}")]
    public static partial void TuningIsRefused(this ILogger logger, string provider, FeatureSpace space, string reason);
}
