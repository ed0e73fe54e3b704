using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.Commands;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.CommandLine;

/// <summary>The tool: parses a command line, runs the command and turns what went wrong into one line and an exit code.</summary>
internal static class Artsim
{
    /// <summary>How the user can start artsim again.</summary>
    public static OwnCommand Own { get; } = new(typeof(Artsim).Assembly, "ArtSimilarity.Cli");

    private static readonly (string Purpose, string Line)[] Examples =
    [
        ("See what it does, without any pictures of your own", "artsim demo"),
        ("Index a folder", "artsim index ~/paintings --gallery my.db"),
        ("Find works that look like a picture", "artsim search photo.jpg --gallery my.db -k 10"),
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliConsole console, CancellationToken cancellationToken)
    {
        RootCommand root = CreateRoot(console);
        if (args.Count == 0)
        {
            // Help, but on the error stream and as a failure: a script that forgot the command must notice.
            Parse(root, ["--help"]).Invoke(Configuration(console.Error, console.Error));
            return ExitCode.WrongUsage;
        }

        ParseResult parsed = Parse(root, args);
        string[] unusable = parsed.Action is HelpAction or TeachingHelp ? [] : [.. UnusableTexts(parsed.CommandResult), .. UnknownOptions(parsed)];
        foreach (string line in unusable)
        {
            console.Warn(line);
        }

        if (unusable.Length > 0)
        {
            return ExitCode.WrongUsage;
        }

        if (parsed.Action is ParseErrorAction)
        {
            foreach (string line in WrongUsage(parsed, root))
            {
                console.Warn(line);
            }

            console.Error.WriteLine($"Run '{Own.Text}{CommandPath(parsed)["artsim".Length..]} --help' for its options and examples.");
            return ExitCode.WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(Configuration(console.Output, console.Error), cancellationToken);
        }
        catch (Exception e)
        {
            return Explain(e, console); // the one place where errors become text
        }
    }

    // Without a replacer: '@list.jpg' is the key of a work or a file, never a file of further options.
    private static ParseResult Parse(RootCommand root, IReadOnlyList<string> args) =>
        root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>All commands.</summary>
    internal static RootCommand CreateRoot(CliConsole console)
    {
        var root = new RootCommand("Finds paintings that look alike.")
        {
            DemoCommand.Create(console),
            IndexCommand.Create(console),
            SearchCommand.Create(console),
            IdentifyCommand.Create(console),
            ExplainCommand.Create(console),
            ListCommand.Create(console),
            GenealogyCommand.Create(console),
            GraphCommand.Create(console),
            PathCommand.Create(console),
            MapCommand.Create(console),
            GuessCommand.Create(console),
            DuplicatesCommand.Create(console),
            DifferenceCommand.Create(console),
            ClassifyCommand.Create(console),
            EvaluateCommand.Create(console),
            InfoCommand.Create(console),
            TuneCommand.Create(console),
            RemoveCommand.Create(console),
            BackupCommand.Create(console),
            VerifyCommand.Create(console),
            ModelsCommand.Create(console),
            AnnoyCommand.Create(console),
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new TeachingHelp((HelpAction)help.Action!, Own, Examples);
        return root;
    }

    private static InvocationConfiguration Configuration(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null, // Interruption listens to signals
    };

    private static IEnumerable<string> WrongUsage(ParseResult parsed, RootCommand root)
    {
        if (parsed.CommandResult.Command is RootCommand && parsed.UnmatchedTokens is [string word, ..])
        {
            return [$"'{word}' is not a command; {NearestWord.Hint(word, [.. root.Subcommands.Select(command => command.Name)])}"];
        }

        return parsed.Errors.Select(error => ParserMessages.Plain(error.Message));
    }

    /// <summary>What is wrong with the texts given, whatever the option: no file, key or name is blank or has a null character.</summary>
    private static IEnumerable<string> UnusableTexts(CommandResult command)
    {
        foreach (SymbolResult given in command.Children)
        {
            string name = given switch
            {
                OptionResult option => option.Option.Name,
                ArgumentResult argument => $"<{argument.Argument.Name}>",
                _ => "",
            };
            foreach (Token token in given.Tokens)
            {
                if (string.IsNullOrWhiteSpace(token.Value) && name != CommonOptions.DelimiterName)
                {
                    yield return token.Value.Length == 0 ? $"{name} is empty." : $"{name} is blank.";
                }
                else if (token.Value.Contains('\0', StringComparison.Ordinal))
                {
                    yield return $"{name} '{token.Value}' has a null character.";
                }
            }
        }
    }

    /// <summary>What looks like an option and is none: the parser would take it for a file or a key. Behind a <c>--</c> it is one.</summary>
    private static IEnumerable<string> UnknownOptions(ParseResult parsed)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            return [];
        }

        string[] known = [.. parsed.CommandResult.Command.Options.Select(option => option.Name)];
        return parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => token.Value.StartsWith("--", StringComparison.Ordinal))
            .Select(token => $"'{token.Value}' is no option of '{CommandPath(parsed)}'; {NearestWord.Hint(token.Value, known)} A file or key that begins so is written behind a --.");
    }

    private static string CommandPath(ParseResult parsed)
    {
        List<string> names = [];
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = command.Parent)
        {
            names.Insert(0, command.Command is RootCommand ? "artsim" : command.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static int Explain(Exception exception, CliConsole console)
    {
        (int code, string message) = exception switch
        {
            UsageException => (ExitCode.WrongUsage, exception.Message),
            OperationCanceledException => (ExitCode.Failed, "interrupted."),
            OnnxModelException { LoadTimeLimit: TimeSpan limit } slow => (ExitCode.Failed, string.Create(
                CultureInfo.InvariantCulture,
                $"{slow.ModelName}: the model was not loaded and tried within {limit.TotalSeconds:0.###} s. It may never end; {CommonOptions.LoadTimeoutName} SECONDS gives it longer.")),
            OnnxModelException { LacksLabels: true } unlabelled => (ExitCode.Failed,
                $"{unlabelled.ModelName}: the model has no labels, for it was not trained by artsim-train or ArtSimilarity.Training. Leave --model out for the one that comes with artsim."),
            CatalogueException catalogue => CatalogueMessages.Explain(catalogue),
            FeatureExtractionException unusable => (ExitCode.Failed, $"the picture cannot be searched for: {unusable.Reason}."),
            CommandFailedException or GalleryStoreException or FeatureSpaceMismatchException or PaintingNotFoundException
                or ImageDecodeException or OnnxModelException or FeatureMapNotSupportedException or ModelDownloadException or IOException or UnauthorizedAccessException
                => (ExitCode.Failed, exception.Message),
            _ => (ExitCode.Failed, $"unexpected {exception.GetType().Name}: {exception.Message} (ARTSIM_DEBUG=1 shows where)"),
        };
        console.Warn(message.ReplaceLineEndings(" "));
        if (Environment.GetEnvironmentVariable("ARTSIM_DEBUG") == "1")
        {
            console.Error.Write(exception + Environment.NewLine);
        }

        return code;
    }
}
