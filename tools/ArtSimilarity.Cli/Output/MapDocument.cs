namespace ArtSimilarity.Cli.Output;

internal sealed record MapDocument(string File, int Works, int Shown, int Unreadable, bool IsNew, int Placed, double Seconds);
