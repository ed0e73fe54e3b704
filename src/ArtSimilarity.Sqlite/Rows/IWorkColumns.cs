namespace ArtSimilarity.Sqlite.Rows;

/// <summary>The columns of one work, in the order of <see cref="WorkRow.Columns"/>. Each is read at most once, and in that order.</summary>
internal interface IWorkColumns
{
    /// <summary>The text in a column; <see langword="null"/> where there is none.</summary>
    string? Text(int column);

    /// <summary>The number in a column; <see langword="null"/> where there is none.</summary>
    int? Number(int column);
}
