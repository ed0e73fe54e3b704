namespace ArtSimilarity.Cli.Catalogue;

/// <summary>When a work was made, as a catalogue says it and as far as years can be told from that.</summary>
/// <param name="Text">What the catalogue says.</param>
/// <param name="Earliest">The first year it may mean (negative: BCE), or <see langword="null"/> where that cannot be told.</param>
/// <param name="Latest">The last year it may mean (negative: BCE), or <see langword="null"/> where that cannot be told.</param>
internal sealed record CatalogueDate(string Text, int? Earliest, int? Latest)
{
    /// <summary>Whether any year can be told.</summary>
    public bool HasYears => Earliest is not null || Latest is not null;

    /// <summary>The one year to search by: that meant, or the middle of those, rounded down; <see langword="null"/> where there is no middle.</summary>
    public int? Year => Earliest is int earliest && Latest is int latest ? (int)Math.Floor(((long)earliest + latest) / 2.0) : null;
}
