using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace ArtSimilarity.CommandLine;

/// <summary>A command whose help ends with examples to copy.</summary>
[SuppressMessage("Design", "CA1010", Justification = "Command itself is enumerable only so that collection initialisers work.")]
public sealed class TeachingCommand(string name, string description) : Command(name, description)
{
    /// <summary>What each example does, and how it is written.</summary>
    public IReadOnlyList<(string Purpose, string Line)> Examples { get; init; } = [];
}
