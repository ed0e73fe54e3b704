// Counts the words of each sentence in the documentation. Run it by eng/check-sentences.sh, in the root of the repository.
#:property PublishAot=false
#:property PackAsTool=false

using System.Text.RegularExpressions;

const int Long = 20;
const int TooLong = 35;
const int Worst = 10;

var known = new HashSet<string> { "--short", "--strict" };
if (args.FirstOrDefault(arg => !known.Contains(arg)) is { } unknown)
{
    Console.Error.WriteLine($"Unknown option {unknown}. The options are --short and --strict.");
    return 2;
}

bool isShort = args.Contains("--short");
var files = Files(".", "*.md").Select(path => (Path: path, Blocks: MarkdownBlocks(File.ReadAllLines(path))))
    .Concat(Files("src", "*.cs").Select(path => (Path: path, Blocks: CommentBlocks(File.ReadAllLines(path)))))
    .Select(file => (file.Path, Sentences: file.Blocks.SelectMany(Sentences).ToList()))
    .Where(file => file.Sentences.Count > 0)
    .ToList();

if (!isShort)
{
    Console.WriteLine($"sentences  over {Long}  longest  file");
    foreach (var (path, sentences) in files)
    {
        Console.WriteLine($"{sentences.Count,9}  {Share(sentences),7}  {sentences.Max(sentence => sentence.Words),7}  {path}");
    }

    Console.WriteLine();
}

foreach (var group in files.GroupBy(file => file.Path.EndsWith(".md", StringComparison.Ordinal) ? "Markdown" : "XML comments"))
{
    List<Sentence> all = [.. group.SelectMany(file => file.Sentences)];
    Console.WriteLine($"{group.Key}: {all.Count} sentences, {Share(all)} over {Long} words, {all.Count(sentence => sentence.Words > TooLong)} over {TooLong}, the longest has {all.Max(sentence => sentence.Words)}");
}

var tooLong = files.SelectMany(file => file.Sentences.Where(sentence => sentence.Words > TooLong).Select(sentence => (file.Path, Sentence: sentence))).ToList();
foreach (var (path, sentence) in isShort ? tooLong.OrderByDescending(item => item.Sentence.Words).Take(Worst) : tooLong)
{
    Console.WriteLine($"{path}:{sentence.Line}: {sentence.Words} words: {sentence.Text}");
}

return args.Contains("--strict") && tooLong.Count > 0 ? 1 : 0;

static string Share(List<Sentence> sentences) => $"{100.0 * sentences.Count(sentence => sentence.Words > Long) / sentences.Count:0} %";

static IEnumerable<string> Files(string root, string pattern) =>
    Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
        .Select(path => path.Replace('\\', '/'))
        .Select(path => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)
        .Where(path => !Regex.IsMatch(path, @"(^|/)(bin|obj|\.[^/]+|BenchmarkDotNet\.Artifacts)/"))
        .Order(StringComparer.Ordinal);

// A block is a paragraph, a list item or one XML element: text that belongs together, line by line.
static List<List<(int Line, string Text)>> MarkdownBlocks(string[] lines)
{
    var blocks = new List<List<(int Line, string Text)>>();
    var block = new List<(int Line, string Text)>();
    string? fence = null;
    void End()
    {
        if (block.Count > 0)
        {
            blocks.Add(WithoutMarkup(block));
            block = [];
        }
    }

    for (int i = 0; i < lines.Length; i++)
    {
        string line = lines[i];
        string trimmed = line.Trim();
        if (fence is not null)
        {
            fence = trimmed == fence ? null : fence;
        }
        else if (Regex.Match(trimmed, "^(`{3,}|~{3,})") is { Success: true } open)
        {
            fence = open.Value;
            End();
        }
        else if (trimmed.Length == 0 || trimmed[0] is '#' or '|' || trimmed.StartsWith("<!--", StringComparison.Ordinal)
            || (block.Count == 0 && line.StartsWith("    ", StringComparison.Ordinal)))
        {
            End();
        }
        else
        {
            if (Regex.IsMatch(trimmed, @"^([-*+]|\d+\.) "))
            {
                End();
                trimmed = Regex.Replace(trimmed, @"^([-*+]|\d+\.) +", "");
            }

            block.Add((i + 1, trimmed.TrimStart('>', ' ')));
        }
    }

    End();
    return blocks;
}

// Code counts as one word and a link as its text. Both may go over the end of a line.
static List<(int Line, string Text)> WithoutMarkup(List<(int Line, string Text)> block)
{
    string text = string.Join('\n', block.Select(line => line.Text));
    text = Regex.Replace(text, "(`+)[^`]+\\1", match => "code" + LineEnds(match.Value));
    text = Regex.Replace(text, @"!?\[([^\]]*)\]\([^)]*\)", match => match.Groups[1].Value + LineEnds(match.Value[match.Groups[1].Length..]));
    return [.. text.Replace("*", "", StringComparison.Ordinal).Split('\n').Select((line, i) => (block[i].Line, line))];

    static string LineEnds(string text) => new('\n', text.Count(character => character == '\n'));
}

static List<List<(int Line, string Text)>> CommentBlocks(string[] lines)
{
    var blocks = new List<List<(int Line, string Text)>>();
    var block = new List<(int Line, string Text)>();
    bool inCode = false;
    void End()
    {
        if (block.Count > 0)
        {
            blocks.Add(block);
            block = [];
        }
    }

    for (int i = 0; i < lines.Length; i++)
    {
        string trimmed = lines[i].Trim();
        if (!trimmed.StartsWith("///", StringComparison.Ordinal))
        {
            End();
            continue;
        }

        string text = trimmed[3..];
        if (inCode || text.Contains("<code", StringComparison.Ordinal))
        {
            inCode = !text.Contains("</code>", StringComparison.Ordinal);
            End();
            continue;
        }

        text = Regex.Replace(text, @"<c>[^<]*</c>", "code");
        text = Regex.Replace(text, @"<(see|seealso|paramref|typeparamref)\b[^>]*/>", "code");
        text = Regex.Replace(text, @"</?(see|seealso|b|i|em|strong|a)\b[^>]*>", "");
        foreach (string part in Regex.Split(text, @"(<[^>]+>)"))
        {
            if (part.StartsWith('<'))
            {
                End();
            }
            else if (part.Trim().Length > 0)
            {
                block.Add((i + 1, part.Trim()));
            }
        }
    }

    End();
    return blocks;
}

static IEnumerable<Sentence> Sentences(List<(int Line, string Text)> block)
{
    var words = new List<string>();
    int first = 0;
    string? last = null;
    foreach (var (line, text) in block)
    {
        foreach (string token in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (last is not null && Ends(last) && Begins(token))
            {
                yield return Take(words, first);
                words = [];
            }

            if (words.Count == 0)
            {
                first = line;
            }

            words.Add(token);
            last = token;
        }
    }

    if (words.Any(IsWord))
    {
        yield return Take(words, first);
    }

    static bool Ends(string token) => Regex.IsMatch(token, @"[.!?][)""”'’\]_]*$")
        && !Regex.IsMatch(token, @"^\(?(e\.g|i\.e|etc|cf|vs|c|approx|no|al)\.$", RegexOptions.IgnoreCase);
    static bool Begins(string token) => Regex.IsMatch(token, @"^[(""“'‘\[_]*(\p{Lu}|\d|code)");
    static bool IsWord(string token) => token.Any(char.IsLetterOrDigit);
    static Sentence Take(List<string> words, int line) => new(line, words.Count(IsWord), string.Join(' ', words));
}

internal sealed record Sentence(int Line, int Words, string Text);
