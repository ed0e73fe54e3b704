using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ArtSimilarity.CommandLine;

/// <summary>The usual help, followed by the command's examples.</summary>
/// <param name="usual">The usual help.</param>
/// <param name="own">How the user starts this program.</param>
/// <param name="rootExamples">The examples of the program itself.</param>
public sealed class TeachingHelp(HelpAction usual, OwnCommand own, IReadOnlyList<(string Purpose, string Line)> rootExamples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        IReadOnlyList<(string Purpose, string Line)> examples = parseResult.CommandResult.Command switch
        {
            TeachingCommand command => command.Examples,
            RootCommand => rootExamples,
            _ => [],
        };
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach ((string purpose, string line) in examples)
            {
                output.WriteLine($"  {purpose}:");
                output.WriteLine($"    {line}");
            }

            if (own.Text != own.Name)
            {
                output.WriteLine($"  (Where these say {own.Name}, type {own.Text}: {own.Name} is not on the PATH.)");
            }

            output.WriteLine();
        }

        if (parseResult.CommandResult.Command is RootCommand)
        {
            output.WriteLine("Exit codes: 0 done, 1 failed, 2 wrong usage. ARTSIM_DEBUG=1 adds stack traces to errors.");
        }

        return ExitCode.Done;
    }
}
