namespace ArtSimilarity.Training;

/// <summary>A file of answers cannot be used; the message names the file and the picture.</summary>
public sealed class TeacherAnswersException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TeacherAnswersException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public TeacherAnswersException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="innerException">The cause.</param>
    public TeacherAnswersException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
