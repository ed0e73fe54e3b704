using System.CommandLine;

namespace ArtSimilarity.Cli.CommandLine;

/// <summary>A command whose help ends with examples to copy.</summary>
internal sealed class TeachingCommand(string name, string description) : Command(name, description)
{
    /// <summary>What each example does, and how it is written.</summary>
    public IReadOnlyList<(string Purpose, string Line)> Examples { get; init; } = [];
}
