using ArtSimilarity.Cli.Output;
using ArtSimilarity.Galleries;
using ArtSimilarity.Recognition;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What <c>artsim search</c> found.</summary>
/// <param name="Found">What the gallery answered.</param>
/// <param name="Results">The works, in the order in which they are shown.</param>
internal sealed record SearchAnswer(GallerySearchResult Found, IReadOnlyList<SimilarPainting> Results)
{
    /// <summary>How the query was looked at; empty where it was not looked at in several ways, and where <see cref="Compared"/> says it of each work.</summary>
    public IReadOnlyList<PhotoView> Views { get; init; } = [];

    /// <summary>What the comparison with the photograph said of each work, by its key; <see langword="null"/> where nothing was verified.</summary>
    public IReadOnlyDictionary<string, IdentifiedCandidate>? Compared { get; init; }

    /// <summary>The view that a work is nearest to; <see langword="null"/> where there is none.</summary>
    public SearchDocument.FoundView? ViewOf(SimilarPainting result)
    {
        PhotoView? view = Compared is not null ? Compared[result.Painting.Key].View
            : Views.Count > 0 && result.PartIndex == 0 ? Views[result.ViewIndex]
            : null;
        return view is null ? null : SearchDocument.FoundView.From(view);
    }

    /// <summary>What the comparison with the photograph said of a work; <see langword="null"/> where nothing was verified.</summary>
    public SearchDocument.Verification? VerificationOf(SimilarPainting result) =>
        Compared is null ? null : SearchDocument.Verification.From(Compared[result.Painting.Key]);
}
