using ArtSimilarity.Imaging;

namespace ArtSimilarity.Duplicates;

/// <summary>Verifies duplicates by laying their pictures over one another (<see cref="ImageAlignment"/>).</summary>
/// <remarks>Each picture is opened once, and some 18 kB of it are kept. The score is the agreement.</remarks>
/// <param name="decoder">Decodes the pictures.</param>
/// <param name="opener">Opens them by the URIs of the works.</param>
/// <param name="minAgreement">The least agreement of duplicates, from −1 to 1.</param>
public sealed class AlignmentVerifier(IImageDecoder decoder, IImageOpener opener, double minAgreement = AlignmentVerifier.DefaultMinAgreement) : IDuplicateVerifier
{
    /// <summary>The least agreement of duplicates by default.</summary>
    public const double DefaultMinAgreement = 0.9;

    private static readonly ImageSize Smallest = new(128, 128);

    private readonly PreparedPictures<ImageAlignment.Prepared> _pictures = new(decoder, opener, Smallest, ImageAlignment.Prepare);

    /// <summary>How many works have no picture that can be opened: they are duplicates of none.</summary>
    public int UnreadableCount => _pictures.UnreadableCount;

    /// <inheritdoc/>
    public async ValueTask<DuplicateVerdict> VerifyAsync(Painting first, Painting second, CancellationToken cancellationToken = default)
    {
        if (await _pictures.OfBothAsync(first, second, cancellationToken).ConfigureAwait(false) is not (ImageAlignment.Prepared one, ImageAlignment.Prepared other))
        {
            return new DuplicateVerdict(false, -1);
        }

        double agreement = ImageAlignment.Of(one, other).Agreement;
        return new DuplicateVerdict(agreement >= minAgreement, agreement);
    }
}
