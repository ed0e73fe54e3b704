namespace ArtSimilarity.Indexing;

/// <summary>The rows that a scan looks at: all of them, or those listed.</summary>
internal readonly ref struct RowSelection
{
    private readonly ReadOnlySpan<int> _listed;

    /// <summary>All rows, dead ones included.</summary>
    public RowSelection(FlatRows rows)
    {
        Rows = rows;
        IsAll = true;
        Count = rows.Count;
    }

    /// <summary>The rows listed, in ascending order.</summary>
    public RowSelection(FlatRows rows, ReadOnlySpan<int> listed)
    {
        Rows = rows;
        _listed = listed;
        Count = listed.Length;
    }

    public FlatRows Rows { get; }

    public bool IsAll { get; }

    /// <summary>How many rows are selected.</summary>
    public int Count { get; }

    /// <summary>The row in a place of the selection.</summary>
    public int this[int place] => IsAll ? place : _listed[place];
}
