using System.Text.Json.Serialization;
using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Cli.Output;

/// <summary>The documents that <c>--json</c> prints.</summary>
[JsonSerializable(typeof(IndexDocument))]
[JsonSerializable(typeof(SearchDocument))]
[JsonSerializable(typeof(ExplainDocument))]
[JsonSerializable(typeof(IdentifyDocument))]
[JsonSerializable(typeof(ListDocument))]
[JsonSerializable(typeof(ValuesDocument))]
[JsonSerializable(typeof(DemoDocument))]
[JsonSerializable(typeof(IReadOnlyList<ClassifiedImage>))]
[JsonSerializable(typeof(EvaluateDocument))]
[JsonSerializable(typeof(EvaluateClassifierDocument))]
[JsonSerializable(typeof(InfoDocument))]
[JsonSerializable(typeof(RemoveDocument))]
[JsonSerializable(typeof(BackupDocument))]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(TuneDocument))]
[JsonSerializable(typeof(ModelsDocument))]
[JsonSerializable(typeof(DownloadDocument))]
[JsonSerializable(typeof(GraphDocument))]
[JsonSerializable(typeof(PathDocument))]
[JsonSerializable(typeof(GenealogyDocument))]
[JsonSerializable(typeof(MapDocument))]
[JsonSerializable(typeof(GuessDocument))]
[JsonSerializable(typeof(DuplicatesDocument))]
[JsonSerializable(typeof(DifferenceDocument))]
[JsonSerializable(typeof(AnnoyInfoDocument))]
[JsonSerializable(typeof(AnnoyImportDocument))]
[JsonSerializable(typeof(AnnoyExportDocument))]
[JsonSerializable(typeof(IReadOnlyList<AnnoyAnswer>))]
internal sealed partial class JsonDocuments : JsonSerializerContext
{
    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
