using System.CommandLine;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary>The options that say which works are meant, for the commands that take them.</summary>
internal sealed class FilterOptions
{
    private static readonly HashSet<string> Own = new(["genre", "style", "artist", "tag"], StringComparer.OrdinalIgnoreCase);

    private readonly Option<string[]> _genre = Repeatable("--genre", "Only works of this genre; may be given several times.");
    private readonly Option<string[]> _style = Repeatable("--style", "Only works of this style; may be given several times.");
    private readonly Option<string[]> _artist = Repeatable("--artist", "Only works by this artist; may be given several times.");
    private readonly Option<string[]> _tag = Repeatable("--tag", "Only works with this tag; may be given several times.");
    private readonly Option<string[]> _field = new("--field")
    {
        Description = "Only works with this value of a field, e.g. museum=Prado; may be given several times. Of one field any value will do, of several fields each counts.",
        HelpName = "NAME=VALUE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int?> _fromYear = new("--from-year") { Description = "Only works of this year or later (negative: BCE).", HelpName = "YEAR" };
    private readonly Option<int?> _toYear = new("--to-year") { Description = "Only works of this year or earlier.", HelpName = "YEAR" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_genre, _style, _artist, _tag, _field, _fromYear, _toYear])
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

    /// <exception cref="UsageException">A field is not of the form NAME=VALUE.</exception>
    public PaintingFilter Filter(ParseResult parsed)
    {
        (string Name, string Value)[] fields = [.. (parsed.GetValue(_field) ?? []).Select(ParseField)];
        return new PaintingFilter
        {
            Genres = With(_genre, "genre"),
            Styles = With(_style, "style"),
            Artists = With(_artist, "artist"),
            Tags = With(_tag, "tag"),
            Fields = PaintingFields.Of(fields.Where(field => !Own.Contains(field.Name))),
            FromYear = parsed.GetValue(_fromYear),
            ToYear = parsed.GetValue(_toYear),
        };

        // What has an option of its own may be said as a field too.
        IReadOnlyList<string> With(Option<string[]> option, string name) =>
            [.. parsed.GetValue(option) ?? [], .. fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];
    }

    /// <summary>Refuses a value that no work of the gallery has: most often it is mistyped.</summary>
    /// <exception cref="UsageException">There is one; says which come near.</exception>
    public static async Task ThrowIfUnknownAsync(IGalleryStore store, PaintingFilter filter, CancellationToken cancellationToken)
    {
        await CheckAsync("genre", filter.Genres, value => new PaintingFilter { Genres = [value] }, work => [work.Genre]);
        await CheckAsync("style", filter.Styles, value => new PaintingFilter { Styles = [value] }, work => [work.Style]);
        await CheckAsync("artist", filter.Artists, value => new PaintingFilter { Artists = [value] }, work => work.Artists);
        await CheckAsync("tag", filter.Tags, value => new PaintingFilter { Tags = [value] }, work => work.Tags);
        foreach ((string name, IReadOnlyList<string> values) in filter.Fields)
        {
            await CheckFieldAsync(store, name, values, cancellationToken);
        }

        async Task CheckAsync(string field, IReadOnlyList<string> values, Func<string, PaintingFilter> only, Func<Painting, IEnumerable<string?>> of)
        {
            foreach (string value in values)
            {
                if (await store.CountAsync(only(value), cancellationToken) > 0)
                {
                    continue;
                }

                var known = new ValueCounts();
                await foreach (StoredWork work in store.ListAsync(new PaintingFilter(), cancellationToken))
                {
                    known.Add(of(work.Painting));
                }

                if (field == "tag" && await FieldOfTagAsync(store, value, cancellationToken) is string option)
                {
                    throw new UsageException($"--tag {value}: the gallery has no such tag, but such a field: say {option}.");
                }

                throw new UsageException(known.Count == 0
                    ? $"--{field} {value}: no work of the gallery has a {field}."
                    : $"--{field} {value}: the gallery has no such {field}; {NearestWord.Hint(value, Sorted(known))} See 'artsim list --values {field}'.");
            }
        }
    }

    private static async Task CheckFieldAsync(IGalleryStore store, string name, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        foreach (string value in values)
        {
            if (await store.CountAsync(new PaintingFilter { Fields = PaintingFields.Of((name, value)) }, cancellationToken) > 0)
            {
                continue;
            }

            ValueCounts names = new(), known = new();
            await foreach (StoredWork work in store.ListAsync(new PaintingFilter(), cancellationToken))
            {
                names.Add(work.Painting.Fields.Keys);
                known.Add(work.Painting.Fields.TryGetValue(name, out IReadOnlyList<string>? held) ? held : []);
            }

            throw new UsageException(names.Count == 0 ? $"--field {name}={value}: no work of the gallery has any field."
                : known.Count == 0 ? $"--field {name}={value}: no work of the gallery has a field '{name}'; {NearestWord.Hint(name, Sorted(names))}"
                : $"--field {name}={value}: the gallery has no such {name}; {NearestWord.Hint(value, Sorted(known))} See 'artsim list --values {name}'.");
        }
    }

    private static string[] Sorted(ValueCounts counts) => [.. counts.All.Select(value => value.Value).Order(StringComparer.Ordinal)];

    /// <summary>How to ask for what was once kept as a tag <c>name:value</c>, where works have it as a field.</summary>
    private static async Task<string?> FieldOfTagAsync(IGalleryStore store, string tag, CancellationToken cancellationToken)
    {
        int colon = tag.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1)
        {
            return null;
        }

        try
        {
            var filter = new PaintingFilter { Fields = PaintingFields.Of((tag[..colon], tag[(colon + 1)..])) };
            return await store.CountAsync(filter, cancellationToken) > 0 ? $"--field {tag[..colon]}={tag[(colon + 1)..]}" : null;
        }
        catch (ArgumentException)
        {
            return null; // no field can have that name or value
        }
    }

    private static (string Name, string Value) ParseField(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        (string name, string value) = equals < 0 ? ("", "") : (text[..equals].Trim(), text[(equals + 1)..].Trim());
        if (name.Length == 0 || value.Length == 0)
        {
            throw new UsageException($"--field {text}: expected NAME=VALUE, e.g. museum=Prado.");
        }

        try
        {
            PaintingFields.Of((name, value));
            return (name, value);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--field {text}: {e.Message}");
        }
    }

    private static Option<string[]> Repeatable(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
    };
}
