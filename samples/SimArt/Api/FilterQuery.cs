using System.Globalization;
using ArtSimilarity;
using SimArt.Collections;

namespace SimArt.Api;

/// <summary>Reads filters out of query strings, and turns them into those of the packages.</summary>
internal static class FilterQuery
{
    private const int MaxValues = 100, MaxLength = 500;

    public static WorkFilter Parse(IQueryCollection query)
    {
        Dictionary<string, string[]> fields = query.Where(parameter => parameter.Key.StartsWith(CatalogueFacets.FieldPrefix, StringComparison.Ordinal))
            .ToDictionary(parameter => parameter.Key[CatalogueFacets.FieldPrefix.Length..], parameter => Values(query, parameter.Key)!);
        return Checked(new WorkFilter
        {
            Genres = Values(query, "genre"),
            Styles = Values(query, "style"),
            Artists = Values(query, "artist"),
            Tags = Values(query, "tag"),
            Fields = fields.Count == 0 ? null : fields,
            From = Year(query, "from"),
            To = Year(query, "to"),
            Q = query["q"],
        });
    }

    /// <exception cref="ApiException">The filter is too long.</exception>
    public static WorkFilter Checked(WorkFilter? filter)
    {
        filter ??= new WorkFilter();
        foreach ((string name, string[]? values) in ((string, string[]?)[])[("genres", filter.Genres), ("styles", filter.Styles), ("artists", filter.Artists), ("tags", filter.Tags),
            .. (filter.Fields ?? []).Select(field => (field.Key, (string[]?)field.Value))])
        {
            if (values is not null && (values.Length > MaxValues || Array.Exists(values, value => value is null || value.Length > MaxLength) || name.Length > MaxLength))
            {
                throw ApiException.BadRequest($"A filter names at most {MaxValues} values of at most {MaxLength} characters.", $"filter.{Shown.Text(name)}");
            }
        }

        return filter.Q?.Length > MaxLength ? throw ApiException.BadRequest($"Words to look for have at most {MaxLength} characters.", "q") : filter;
    }

    /// <summary>The same for a search. Words become the keys of the works that have them.</summary>
    /// <returns>The filter; <see langword="null"/> lets all works pass.</returns>
    public static async Task<PaintingFilter?> ToPaintingFilterAsync(WorkFilter filter, Catalogue catalogue, CancellationToken cancellationToken)
    {
        string[]? keys = null;
        if (!string.IsNullOrWhiteSpace(filter.Q))
        {
            WorkMatcher matcher = new(filter);
            keys = [.. (await catalogue.CurrentAsync(cancellationToken)).Works.Where(matcher.Matches).Select(work => work.Painting.Key)];
            if (keys.Length == 0)
            {
                throw ApiException.NotFound("No work passes the filter.", "filter");
            }
        }

        var result = new PaintingFilter
        {
            Genres = filter.Genres ?? [],
            Styles = filter.Styles ?? [],
            Artists = filter.Artists ?? [],
            Tags = filter.Tags ?? [],
            Fields = filter.Fields is null
                ? PaintingFields.Empty
                : new PaintingFields(filter.Fields.Where(field => field.Value.Length > 0).Select(field => KeyValuePair.Create(field.Key, (IReadOnlyList<string>)field.Value))),
            FromYear = filter.From,
            ToYear = filter.To,
            Keys = keys ?? [],
        };
        return result.IsEmpty ? null : result;
    }

    private static string[]? Values(IQueryCollection query, string name) => query[name] is { Count: > 0 } values ? [.. values.OfType<string>()] : null;

    private static int? Year(IQueryCollection query, string name) => (string?)query[name] switch
    {
        null or "" => null,
        string text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int year)
            ? year
            : throw ApiException.BadRequest($"'{Shown.Text(text)}' is no year.", name),
    };
}
