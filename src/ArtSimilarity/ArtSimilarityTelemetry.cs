namespace ArtSimilarity;

/// <summary>What galleries measure and trace, for a host to listen to: <c>metrics.AddMeter(ArtSimilarityTelemetry.MeterName)</c>.</summary>
/// <remarks>
/// <para>Every measurement has the tag <c>artsimilarity.gallery</c>, the gallery's name. Times are in seconds.</para>
/// <list type="table">
/// <listheader><term>Instrument</term><description>What it counts</description></listheader>
/// <item><term><c>artsimilarity.works.added</c></term><description>Works committed with new signatures.</description></item>
/// <item><term><c>artsimilarity.works.failed</c></term><description>Works that could not be added.</description></item>
/// <item><term><c>artsimilarity.images.decoded</c></term><description>Images decoded; the tag <c>artsimilarity.purpose</c> is <c>add</c> or <c>search</c>.</description></item>
/// <item><term><c>artsimilarity.extraction.duration</c></term><description>The time that one batch of images takes in an extractor; the tag <c>artsimilarity.space</c> names the feature space.</description></item>
/// <item><term><c>artsimilarity.search.duration</c></term><description>The time of a search, decoding and extraction included; the tag <c>artsimilarity.query</c> is <c>image</c>, <c>key</c> or <c>signature</c>, and <c>error.type</c> names the exception where it failed.</description></item>
/// <item><term><c>artsimilarity.index.build.duration</c></term><description>The time of an index build; the tags name the space and the index, and <c>error.type</c> the exception where it failed. So its count tells the builds and their outcome.</description></item>
/// <item><term><c>artsimilarity.index.pending</c></term><description>Signatures written or removed since the index was built, as the last search found; all of them while none is open. The tags name the space and the index.</description></item>
/// </list>
/// <para>Traces have one span for each search, <c>artsimilarity.search</c>, and one for each call that adds works, <c>artsimilarity.add</c>.</para>
/// </remarks>
public static class ArtSimilarityTelemetry
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "ArtSimilarity";

    /// <summary>The name of the activity source.</summary>
    public const string ActivitySourceName = "ArtSimilarity";
}
