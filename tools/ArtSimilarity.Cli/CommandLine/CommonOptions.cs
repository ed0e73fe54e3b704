using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ArtSimilarity.Cli.CommandLine;

/// <summary>The options that several commands share, so that they mean the same everywhere.</summary>
internal static class CommonOptions
{
    /// <summary>The one option whose value may be blank: a tab or a space.</summary>
    public const string DelimiterName = "--delimiter";

    /// <summary>The option that lets a model take longer to load.</summary>
    public const string LoadTimeoutName = "--load-timeout";

    /// <summary>The most trees that a forest may have.</summary>
    public const int MostTrees = 1 << 16;

    private const double ShortestLoadTimeout = 0.001;
    private const int LongestLoadTimeout = 24 * 60 * 60;

    // Far above the processors of any machine, and far below what the runtime can count.
    private const int MostParallel = 1024;

    public static Option<string> Gallery() => new("--gallery", "-g")
    {
        Description = "The gallery file.",
        HelpName = "FILE",
        Required = true,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document and nothing else; messages go to the error stream." };

    /// <summary>Lets the options that write a file replace any file but the gallery in use and what the command reads.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Replace a file that artsim did not write." };

    public static Option<string?> Model(string description) => new("--model", "-m") { Description = description, HelpName = "NAME|PATH" };

    /// <summary>How long a model may take to load. A day is more than any takes, and less than the runtime can count.</summary>
    public static Option<TimeSpan?> LoadTimeout() => new(LoadTimeoutName)
    {
        Description = "How long loading the model may take, and again its trial run, in seconds (default: 60; 2 for the trial run of a model with loops, which may never end).",
        HelpName = "SECONDS",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds >= ShortestLoadTimeout && seconds <= LongestLoadTimeout)
            {
                return TimeSpan.FromSeconds(seconds);
            }

            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{LoadTimeoutName} must be a number of seconds from {ShortestLoadTimeout} to {LongestLoadTimeout}, not '{text}'."));
            return null;
        },
    };

    /// <summary>A model that tells labels.</summary>
    public static Option<string?> Classifier() => Model(
        "The model: the path of an ONNX file that was trained to tell labels, or a name that 'artsim models' lists. The default is the one that comes with artsim, which tells the genre.");

    public static Option<string?> Target() => new("--target")
    {
        Description = "What to tell, where the model tells several things, e.g. style. The default is what it tells first.",
        HelpName = "NAME",
    };

    public static Option<bool> Flip() => new("--flip") { Description = "Look at each image mirrored too, and take the mean: a little better, for twice the time." };

    public static Option<int> Parallelism()
    {
        Option<int> option = Between("--parallelism", "How many batches to decode and extract at the same time.", "N", MostParallel);
        option.DefaultValueFactory = _ => Environment.ProcessorCount;
        return option;
    }

    public static Option<int> AtLeastOne(string name, string description, string helpName) => Between(name, description, helpName, int.MaxValue);

    /// <summary>A whole number from 1 to a greatest one.</summary>
    public static Option<int> Between(string name, string description, string helpName, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (TryGetNumber(result, out int value) && (value < 1 || value > most))
            {
                string range = most == int.MaxValue ? "at least 1" : string.Create(CultureInfo.InvariantCulture, $"from 1 to {most:N0}");
                result.AddError($"{name} must be {range}, not {result.Tokens[0].Value}.");
            }
        });
        return option;
    }

    public static Option<long?> MaxBytes() => Size("--max-bytes", "The longest picture file to accept, e.g. 960M or 1000000000 (default: 268435456, which is 256 MiB).");

    public static Option<long?> MaxPixels() => Size("--max-pixels", "The most pixels of a picture to accept, width × height, e.g. 500M (default: 300M; 100M for formats that are decoded as a whole).");

    public static Option<bool> AcceptDamaged() => new("--accept-damaged") { Description = "Take damaged pictures for what can be decoded of them, and name them. Without this they are refused." };

    /// <summary>The hosts whose pictures may be read by their addresses.</summary>
    public static Option<string[]> AllowHttp()
    {
        var option = new Option<string[]>("--allow-http")
        {
            Description = "Read pictures at http:// and https:// addresses of this host, e.g. iiif.example.org; may be given several times. Each picture has 30 seconds, 5 redirects to hosts named here, and --max-bytes. Addresses that are not public are refused.",
            HelpName = "HOST",
            Arity = ArgumentArity.OneOrMore,
        };
        option.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(token => Uri.CheckHostName(token.Value) == UriHostNameType.Unknown))
            {
                result.AddError($"--allow-http takes the name of a host without scheme, port and path, not '{token.Value}'.");
            }
        });
        return option;
    }

    public static Option<bool> AllowPrivateAddresses() => new("--allow-private-addresses")
    {
        Description = "With --allow-http: the hosts may have addresses that are not public, such as those of this machine and the local network.",
    };

    /// <summary>Patterns of what to leave out of folders.</summary>
    public static Option<string[]> Exclude() => new("--exclude")
    {
        Description = "Leave out of folders what matches this pattern: a name (*.tmp.jpg, thumbs), or a path in the folder (old/**); may be given several times.",
        HelpName = "GLOB",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<string?> Delimiter() => new(DelimiterName) { Description = "What separates the fields of the CSV files: one character, or comma, semicolon, tab or space. The default is found out.", HelpName = "CHAR" };

    public static Option<string?> Encoding() => new("--encoding") { Description = "The encoding of the CSV files, e.g. windows-1250. The default is found out: a byte order mark, else UTF-8, else windows-1252.", HelpName = "NAME" };

    /// <summary>Which column of a CSV holds which field.</summary>
    public static Option<string[]> Map() => new("--map")
    {
        Description = "Which column of the CSV files holds a field, e.g. file=Image; may be given several times. Fields: id, file, title, artist, genre, style, year, date, earliest, latest, tags.",
        HelpName = "FIELD=COLUMN",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>A number of at least 1 that may end in K, M or G.</summary>
    private static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value.ToUpperInvariant();
            long factor = text.Length == 0 ? 1 : text[^1..] switch { "K" => 1_000, "M" => 1_000_000, "G" => 1_000_000_000, _ => 1 };
            if (long.TryParse(factor == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= long.MaxValue / factor)
            {
                return number * factor;
            }

            result.AddError($"{name} must be a whole number of at least 1, which may end in K, M or G, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    /// <summary>What a number was given as; <see langword="null"/> where it was not.</summary>
    public static int? GivenNumber(ParseResult parsed, Option<int> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    /// <summary>A quality: above 0, and at most 1 or below it.</summary>
    public static Option<double?> Quality(string description, bool mayBeExact) => Number(
        "--quality", description, "Q", value => value > 0 && (value < 1 || (mayBeExact && value == 1)), $"above 0 and {(mayBeExact ? "at most" : "below")} 1");

    /// <summary>A number above 0.</summary>
    public static Option<double?> Positive(string name, string description, string helpName) => Number(name, description, helpName, value => value > 0, "a number above 0");

    /// <summary>A number of 0 or above.</summary>
    public static Option<double?> NotNegative(string name, string description, string helpName) => Number(name, description, helpName, value => value >= 0, "a number of 0 or above");

    /// <summary>A number from one to another.</summary>
    public static Option<double?> Within(string name, string description, string helpName, int least, int most) =>
        Number(name, description, helpName, value => value >= least && value <= most, $"a number from {least} to {most}");

    /// <summary>Adds a check that looks at several options together. It is passed over where one of them cannot be read: the parser says so itself.</summary>
    public static void AddCheck(this Command command, Action<CommandResult> check) => command.Validators.Add(result =>
    {
        try
        {
            check(result);
        }
        catch (InvalidOperationException)
        {
            // The value of an option is not of its type, which is among the errors already.
        }
    });

    // The parser's own conversion would take 1,5 for 15.
    private static Option<double?> Number(string name, string description, string helpName, Func<double, bool> isAllowed, string allowed) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && isAllowed(value))
            {
                return value;
            }

            result.AddError($"{name} must be {allowed}, not '{text}'.");
            return null;
        },
    };

    public static Option<string?> Csv() => new("--csv")
    {
        Description = "Write the table as CSV to this file, or to the output for -. A text that a spreadsheet would run as a formula begins with an apostrophe.",
        HelpName = "FILE",
    };

    // A token that is no number is reported by the parser itself.
    private static bool TryGetNumber(OptionResult result, out int value)
    {
        value = 0;
        return result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);
    }
}
