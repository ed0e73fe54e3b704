using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>
/// The truth of a gallery: works and their signatures, committed together. Everything else (indexes) is derived from it.
/// </summary>
/// <remarks>
/// <para>Safe to call from several threads at once; a reader sees a commit either wholly or not at all.</para>
/// <para>
/// A signature has an id that is unique within its feature space, grows with every signature written and is never used again. The
/// signatures written since an index was built are those with a higher id than any it holds.
/// </para>
/// </remarks>
public interface IGalleryStore : IAsyncDisposable
{
    /// <summary>Identifies this gallery, for as long as it exists; another gallery at the same place has another identity.</summary>
    Guid Identity { get; }

    /// <summary>The folder where files derived from this gallery belong; <see langword="null"/> when nothing is kept on disk. It need not exist.</summary>
    string? DerivedFilesDirectory { get; }

    /// <summary>Lists the feature spaces that signatures have been written in, in the order of their first use.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One summary per space.</returns>
    ValueTask<IReadOnlyList<FeatureSpaceSummary>> GetFeatureSpacesAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes works and signatures in one transaction.</summary>
    /// <param name="entries">What to write; keys must be distinct.</param>
    /// <param name="cancellationToken">Cancels before the commit; then nothing is written.</param>
    /// <returns>A task that ends when the transaction is committed.</returns>
    /// <exception cref="ArgumentException">The entries cannot be kept (<see cref="EntryValidation.ThrowIfUnusable"/>); nothing is written.</exception>
    ValueTask WriteAsync(IReadOnlyList<GalleryEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>Removes works and their signatures in one transaction. Unknown keys are passed over.</summary>
    /// <param name="keys">The keys of the works.</param>
    /// <param name="cancellationToken">Cancels before the commit; then nothing is removed.</param>
    /// <returns>The number of works removed.</returns>
    ValueTask<int> RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default);

    /// <summary>Looks works up by key.</summary>
    /// <param name="keys">The keys; unknown ones are passed over.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The works found, by key.</returns>
    ValueTask<IReadOnlyDictionary<string, StoredWork>> FindAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default);

    /// <summary>Counts the works that pass a filter.</summary>
    /// <param name="filter">The filter; an empty one counts all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of works.</returns>
    ValueTask<int> CountAsync(PaintingFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Lists the works that pass a filter, in ascending order of their keys by Unicode code points.</summary>
    /// <remarks>
    /// The works are read in pages, and no transaction stays open between them: a work that is written or removed meanwhile may be listed
    /// or not, and no other is left out or listed twice.
    /// </remarks>
    /// <param name="filter">The filter; an empty one lists all.</param>
    /// <param name="cancellationToken">Cancels between works.</param>
    /// <returns>The works.</returns>
    IAsyncEnumerable<StoredWork> ListAsync(PaintingFilter filter, CancellationToken cancellationToken = default);

    /// <summary>The ids of the signatures in one feature space whose works pass a filter.</summary>
    /// <param name="space">The feature space; one without signatures gives an empty set.</param>
    /// <param name="filter">The filter; an empty one gives the ids of all signatures of the space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ids; the set may be frozen, and shared with other callers.</returns>
    ValueTask<IdSet> SelectAsync(FeatureSpace space, PaintingFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Reads signatures in ascending order of their ids, as one consistent snapshot.</summary>
    /// <param name="space">The feature space.</param>
    /// <param name="afterId">Only ids above this are read; −1 reads all.</param>
    /// <param name="cancellationToken">Cancels between vectors.</param>
    /// <returns>The vectors and their ids.</returns>
    ValueTask<VectorSet> ReadSignaturesAsync(FeatureSpace space, int afterId = -1, CancellationToken cancellationToken = default);

    /// <summary>Reads signatures in blocks, in ascending order of their ids, so that they are never all in memory.</summary>
    /// <remarks>
    /// No transaction stays open between blocks. A signature that is written or removed meanwhile may come or not: so a work whose image is
    /// replaced may come twice, with two ids, or not at all. All others come once.
    /// </remarks>
    /// <param name="space">The feature space; one without signatures gives no block.</param>
    /// <param name="blockSize">How many signatures come together, at least 1; only the last block may have fewer, unless some are removed meanwhile.</param>
    /// <param name="cancellationToken">Cancels between vectors.</param>
    /// <returns>Blocks of at least one signature each: ids and vectors.</returns>
    IAsyncEnumerable<VectorSet> ReadSignatureBlocksAsync(FeatureSpace space, int blockSize = 4096, CancellationToken cancellationToken = default);

    /// <summary>Reads what changed in a feature space since a former state of it, as one consistent snapshot. It costs the changes, not the size.</summary>
    /// <param name="space">The feature space; one without signatures has changed nothing.</param>
    /// <param name="since">The former state; <c>default</c> for the empty one before the first commit.</param>
    /// <param name="afterId">The highest id that was ever seen; only signatures with a higher one count as added. −1 for none.</param>
    /// <param name="cancellationToken">Cancels between vectors.</param>
    /// <returns>
    /// The changes; <see langword="null"/> when the store's history does not lead from that state to the present one. This happens when
    /// the gallery was put back to an earlier state, and when the store no longer remembers that far back.
    /// </returns>
    ValueTask<SignatureChanges?> ReadChangesAsync(FeatureSpace space, SpaceVersion since, int afterId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads what changed in a feature space since a former state of it, as <see cref="ReadChangesAsync"/> does, but for the vectors. It tells
    /// which work each signature belongs to instead.
    /// </summary>
    /// <param name="space">The feature space; one without signatures has changed nothing.</param>
    /// <param name="since">The former state; <c>default</c> for the empty one before the first commit.</param>
    /// <param name="afterId">The highest id that was ever seen; only signatures with a higher one count as added. −1 for none.</param>
    /// <param name="cancellationToken">Cancels between signatures.</param>
    /// <returns>The changes; <see langword="null"/> when the store's history does not lead from that state to the present one.</returns>
    ValueTask<WorkChanges?> ReadWorkChangesAsync(FeatureSpace space, SpaceVersion since, int afterId, CancellationToken cancellationToken = default);

    /// <summary>Finds the works that have one of the given images: by their content, or by the place of their image.</summary>
    /// <param name="contentHashes">Content hashes, compared ordinally.</param>
    /// <param name="imageUris">Places of images (<see cref="Painting.ImageUri"/>), compared ordinally.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The works, in ascending order of their keys; each once.</returns>
    ValueTask<IReadOnlyList<StoredWork>> FindByImageAsync(
        IReadOnlyCollection<string> contentHashes, IReadOnlyCollection<string> imageUris, CancellationToken cancellationToken = default);

    /// <summary>The signature of the whole image of one work.</summary>
    /// <param name="space">The feature space.</param>
    /// <param name="key">The work's key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its id and vector, or <see langword="null"/> when the work is unknown or has no signature of the whole in this space.</returns>
    ValueTask<(int Id, float[] Vector)?> GetSignatureAsync(FeatureSpace space, string key, CancellationToken cancellationToken = default);

    /// <summary>The works that signatures belong to.</summary>
    /// <param name="space">The feature space the ids are of.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One work per id, in the same order; <see langword="null"/> where the signature exists no more.</returns>
    ValueTask<IReadOnlyList<Painting?>> GetPaintingsAsync(FeatureSpace space, IReadOnlyList<int> ids, CancellationToken cancellationToken = default);

    /// <summary>All signatures of one work in a feature space: of its whole image, of its regions, or both.</summary>
    /// <param name="space">The feature space.</param>
    /// <param name="key">The work's key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The signatures with their regions, in the order they were written; none when the work is unknown or has none in this space.</returns>
    ValueTask<IReadOnlyList<Signature>> GetAllSignaturesAsync(FeatureSpace space, string key, CancellationToken cancellationToken = default);

    /// <summary>Reads a setting kept with the gallery.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its value, or <see langword="null"/> when it was never set.</returns>
    ValueTask<string?> GetPropertyAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Keeps a setting with the gallery.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="value">Its value; <see langword="null"/> forgets it.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>A task that ends when it is committed.</returns>
    ValueTask SetPropertyAsync(string name, string? value, CancellationToken cancellationToken = default);
}
