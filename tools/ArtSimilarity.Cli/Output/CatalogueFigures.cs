namespace ArtSimilarity.Cli.Output;

/// <summary>How a catalogue and the pictures met; of what did not, the first ten are named.</summary>
internal sealed record CatalogueFigures(
    string File, int Rows, int OddRows, IReadOnlyList<string> FirstOddRows, int RowsWithoutPicture, IReadOnlyList<string> FirstRowsWithoutPicture, int PicturesWithoutRow, IReadOnlyList<string> FirstPicturesWithoutRow);
