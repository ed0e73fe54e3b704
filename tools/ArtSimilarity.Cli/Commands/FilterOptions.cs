using System.CommandLine;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary>The options that say which works are meant, for the commands that take them.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string[]> _genre = Repeatable("--genre", "Only works of this genre; may be given several times.");
    private readonly Option<string[]> _style = Repeatable("--style", "Only works of this style; may be given several times.");
    private readonly Option<string[]> _artist = Repeatable("--artist", "Only works by this artist; may be given several times.");
    private readonly Option<string[]> _tag = Repeatable("--tag", "Only works with this tag, e.g. medium:etching; may be given several times.");
    private readonly Option<int?> _fromYear = new("--from-year") { Description = "Only works of this year or later (negative: BCE).", HelpName = "YEAR" };
    private readonly Option<int?> _toYear = new("--to-year") { Description = "Only works of this year or earlier.", HelpName = "YEAR" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_genre, _style, _artist, _tag, _fromYear, _toYear])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(_fromYear) > result.GetValue(_toYear))
            {
                result.AddError("--from-year is after --to-year.");
            }
        });
    }

    public PaintingFilter Filter(ParseResult parsed) => new()
    {
        Genres = parsed.GetValue(_genre) ?? [],
        Styles = parsed.GetValue(_style) ?? [],
        Artists = parsed.GetValue(_artist) ?? [],
        Tags = parsed.GetValue(_tag) ?? [],
        FromYear = parsed.GetValue(_fromYear),
        ToYear = parsed.GetValue(_toYear),
    };

    /// <summary>Refuses a value that no work of the gallery has: most often it is mistyped.</summary>
    /// <exception cref="UsageException">There is one; says which come near.</exception>
    public static async Task ThrowIfUnknownAsync(IGalleryStore store, PaintingFilter filter, CancellationToken cancellationToken)
    {
        await CheckAsync("genre", filter.Genres, value => new PaintingFilter { Genres = [value] }, work => [work.Genre]);
        await CheckAsync("style", filter.Styles, value => new PaintingFilter { Styles = [value] }, work => [work.Style]);
        await CheckAsync("artist", filter.Artists, value => new PaintingFilter { Artists = [value] }, work => [work.Artist]);
        await CheckAsync("tag", filter.Tags, value => new PaintingFilter { Tags = [value] }, work => work.Tags);

        async Task CheckAsync(string field, IReadOnlyList<string> values, Func<string, PaintingFilter> only, Func<Painting, IEnumerable<string?>> of)
        {
            foreach (string value in values)
            {
                if (await store.CountAsync(only(value), cancellationToken) > 0)
                {
                    continue;
                }

                SortedSet<string> known = new(StringComparer.Ordinal);
                await foreach (StoredWork work in store.ListAsync(new PaintingFilter(), cancellationToken))
                {
                    known.UnionWith(of(work.Painting).OfType<string>());
                }

                throw new UsageException(known.Count == 0
                    ? $"--{field} {value}: no work of the gallery has a {field}."
                    : $"--{field} {value}: the gallery has no such {field}; {NearestWord.Hint(value, known)} See 'artsim list --values {field}'.");
            }
        }
    }

    private static Option<string[]> Repeatable(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
    };
}
