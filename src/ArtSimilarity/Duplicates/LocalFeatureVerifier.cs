using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;

namespace ArtSimilarity.Duplicates;

/// <summary>
/// Verifies duplicates point by point (<see cref="GeometricVerifier"/>), as a photograph is identified. Another crop, frame, colour or light does not matter,
/// nor a picture seen from aside. It takes some fifty times as long as <see cref="AlignmentVerifier"/>.
/// </summary>
/// <remarks>Each picture is opened once, and some 180 kB of it are kept. The score is the number of agreeing points.</remarks>
/// <param name="decoder">Decodes the pictures.</param>
/// <param name="opener">Opens them by the URIs of the works.</param>
/// <param name="minPoints">The least number of agreeing points of duplicates, at least 5.</param>
public sealed class LocalFeatureVerifier(IImageDecoder decoder, IImageOpener opener, int minPoints = LocalFeatureVerifier.DefaultMinPoints) : IDuplicateVerifier
{
    /// <summary>The least number of agreeing points by default.</summary>
    public const int DefaultMinPoints = 20;

    private const int Side = 400, MaxFeatures = 350;

    private readonly PreparedPictures<LocalFeatures> _pictures =
        new(decoder, opener, new ImageSize(Side, Side), image => LocalFeatures.Extract(image, Side, MaxFeatures));

    /// <summary>How many works have no picture that can be opened: they are duplicates of none.</summary>
    public int UnreadableCount => _pictures.UnreadableCount;

    /// <inheritdoc/>
    public async ValueTask<DuplicateVerdict> VerifyAsync(Painting first, Painting second, CancellationToken cancellationToken = default)
    {
        if (await _pictures.OfBothAsync(first, second, cancellationToken).ConfigureAwait(false) is not (LocalFeatures one, LocalFeatures other))
        {
            return new DuplicateVerdict(false, 0);
        }

        int points = GeometricVerifier.Match(one, other, cancellationToken)?.Inliers ?? 0;
        return new DuplicateVerdict(points >= minPoints, points);
    }
}
