using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Cli.Tuning;

/// <summary>Tunes one index of an open gallery.</summary>
internal delegate Task<TuningReport<TTuning, TSettings>> TuneIndex<TTuning, TSettings>(
    OpenGallery gallery, FeatureSpace space, TuneArguments arguments, IProgress<double> progress, CancellationToken cancellationToken)
    where TTuning : VectorIndexTuning
    where TSettings : struct;
