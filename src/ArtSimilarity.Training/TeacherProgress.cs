namespace ArtSimilarity.Training;

/// <summary>How far a teacher has been asked.</summary>
/// <remarks>Immutable.</remarks>
public sealed class TeacherProgress
{
    internal TeacherProgress(string teacher, int done, int total)
    {
        Teacher = teacher;
        Done = done;
        Total = total;
    }

    /// <summary>The model's file.</summary>
    public string Teacher { get; }

    /// <summary>The pictures it was asked about so far.</summary>
    public int Done { get; }

    /// <summary>All pictures it is asked about.</summary>
    public int Total { get; }
}
