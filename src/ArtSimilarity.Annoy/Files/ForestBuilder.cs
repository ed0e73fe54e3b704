using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Annoy.Files;

/// <summary>Builds the memory of a forest, which is also its file.</summary>
internal static unsafe class ForestBuilder
{
    /// <summary>Trees are built on as many threads as allowed; each has random numbers of its own, so the bytes are the same on any number of them.</summary>
    /// <exception cref="ArgumentException">An id occurs twice, or there would be more nodes than Annoy can number.</exception>
    public static NativeIndexMemory Build(VectorSet vectors, string stamp, AnnoyIndexOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var items = new AnnoyItems(vectors, renumber: true);
        var format = new AngularNodes(items.Dimensions);
        int threads = ParallelDegree.Threads(options.MaxDegreeOfParallelism);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        AnnoyTree[] trees = new AnnoyTree[options.TreeCount];
        var reporting = new Lock();
        int built = 0;
        Parallel.For(0, trees.Length, parallel, i =>
        {
            trees[i] = AnnoyTreeBuilder.Build(items, format.LeafCapacity, new TreeRandom(options.Seed, i), cancellationToken);
            lock (reporting)
            {
                progress?.Report(++built / (trees.Length + 1.0));
            }
        });

        var notes = new ForestNotes(items.Dimensions, trees.Length, options.Seed, stamp, items.SourceIds);
        long nodes = items.NodeCount + notes.NodeCountFor(format.NodeLength) + trees.Sum(tree => tree.Nodes.Count + 1L);
        if (nodes > int.MaxValue)
        {
            throw new ArgumentException($"The forest would need {nodes} nodes, and Annoy numbers no more than {int.MaxValue}: fewer trees or fewer vectors are needed.");
        }

        var memory = new NativeIndexMemory(nodes * format.NodeLength);
        try
        {
            using (var stream = new UnmanagedMemoryStream(memory.Pointer, 0, memory.Length, FileAccess.Write))
            {
                var writer = new AnnoyNodeWriter(stream, items, int.MaxValue);
                writer.WriteItems(trees.Length, cancellationToken);
                notes.Write(writer, format.NodeLength);
                for (int i = 0; i < trees.Length; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    writer.WriteTree(trees[i], trees.Length - i);
                }

                writer.WriteRoots();
            }

            notes.Seal(memory, format.NodeLength);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }
}
