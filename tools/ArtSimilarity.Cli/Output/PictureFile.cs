using ArtSimilarity.Cli.Files;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>A figure that belongs to a result.</summary>
/// <param name="File">Its file.</param>
/// <param name="Draw">Draws it to the path it is given.</param>
internal sealed record PictureFile(OutputFile File, Action<string> Draw) : IResultFile
{
    public void Write(CliConsole console) => File.Write(Draw);
}
