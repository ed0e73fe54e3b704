namespace ArtSimilarity.Studio;

/// <summary>A kind of picture the studio can paint.</summary>
/// <param name="Genre">What it is of: the label that retrieval is judged by.</param>
/// <param name="Style">The manner it borrows.</param>
/// <param name="Format">The shape of the canvas: width ÷ height.</param>
/// <param name="Brushed">How visibly it is painted in strokes; 0 leaves edges hard.</param>
/// <param name="Titles">Titles to choose from.</param>
/// <param name="Paint">Draws one, all of its choices taken from the given chance.</param>
internal sealed record Motif(string Genre, string Style, double Format, double Brushed, string[] Titles, Action<Canvas, Chance> Paint);
