namespace ArtSimilarity.Annoy.Building;

/// <summary>Builds the trees in parallel. Randomness belongs to the tree, not to the thread, so their number changes nothing.</summary>
internal static class ForestBuilder
{
    public static BuiltTree[] Build(Rows rows, AnnoyIndexOptions options, CancellationToken cancellationToken)
    {
        var trees = new BuiltTree[options.TreeCount];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism, CancellationToken = cancellationToken };
        Parallel.For(0, trees.Length, parallel, tree =>
            trees[tree] = TreeBuilder.Build(rows, options.LeafSize, new RandomSource(options.Seed, tree), cancellationToken));
        return trees;
    }
}
