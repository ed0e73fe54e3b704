using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What <c>--like</c> and <c>--unlike</c> say beside the query: keys of works, image files and addresses.</summary>
/// <param name="Like">What is wanted besides.</param>
/// <param name="Unlike">What is not wanted.</param>
internal sealed record QueryParts(IReadOnlyList<string> Like, IReadOnlyList<string> Unlike)
{
    /// <summary>Whether the query is all that is asked.</summary>
    public bool IsEmpty => Like.Count == 0 && Unlike.Count == 0;

    /// <summary>What a report says of the parts behind the query.</summary>
    public string Sentence => (Like.Count > 0 ? $", like {string.Join(" and ", Like)}" : "") + (Unlike.Count > 0 ? $", unlike {string.Join(" and ", Unlike)}" : "");

    /// <summary>What of the wanted a result is nearest to, as it was written; <see langword="null"/> where the query is all that is asked.</summary>
    public string? NearestTo(string query, SimilarPainting result) => IsEmpty ? null : result.PartIndex == 0 ? query : Like[result.PartIndex - 1];

    /// <summary>Whether an image has to be looked at, so that a model is needed.</summary>
    public async ValueTask<bool> HaveImagesAsync(IGalleryStore store, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, StoredWork> works = await store.FindAsync([.. Like, .. Unlike], cancellationToken);
        return Like.Concat(Unlike).Any(text => !works.ContainsKey(text) && (ImageAccess.IsWebAddress(text) || File.Exists(text)));
    }

    /// <summary>The parts of the query behind the query itself: first what it is to be like, then what it is not to be like.</summary>
    /// <exception cref="CommandFailedException">A text is neither a key, nor a file, nor an address.</exception>
    public async Task<IReadOnlyList<QueryPart>> ReadAsync(OpenGallery gallery, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, StoredWork> works = await gallery.Store.FindAsync([.. Like, .. Unlike], cancellationToken);
        List<QueryPart> parts = [];
        foreach (string text in Like)
        {
            parts.Add(new QueryPart(await ViewAsync("--like", text)));
        }

        foreach (string text in Unlike)
        {
            parts.Add(new QueryPart(await ViewAsync("--unlike", text)) { IsWanted = false });
        }

        return parts;

        async Task<QueryView> ViewAsync(string option, string text) => works.ContainsKey(text)
            ? QueryView.OfWork(text)
            : QueryView.OfImage(ImageAccess.IsWebAddress(text) ? await gallery.Opener.OpenAsync(text, null, cancellationToken)
                : File.Exists(text) ? ImageSource.FromFile(text)
                : throw new CommandFailedException($"{option} {text}: neither an image file nor the key of a work in {gallery.Store.FilePath}."));
    }
}
