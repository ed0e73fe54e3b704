using Xunit;

namespace ArtSimilarity.Training.Tests;

/// <summary>Tests that keep all cores busy by themselves, one after the other.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
