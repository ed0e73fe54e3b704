namespace SimArt.Api;

/// <summary>Reads filters out of query strings and requests.</summary>
internal static class FilterQuery
{
    private const int MaxValues = 100, MaxLength = 500;

    /// <param name="query">The parameters.</param>
    /// <param name="keys">The name of the parameter that names works; most requests use key for something else.</param>
    public static WorkQuery Parse(IQueryCollection query, string? keys = null) => ToWorkQuery(new WorkFilter
    {
        Genres = Values(query, "genre"),
        Styles = Values(query, "style"),
        Artists = Values(query, "artist"),
        Tags = Values(query, "tag"),
        Fields = query.Where(parameter => parameter.Key.StartsWith(Facet.FieldPrefix, StringComparison.Ordinal))
            .ToDictionary(parameter => parameter.Key[Facet.FieldPrefix.Length..], parameter => Values(query, parameter.Key)!),
        From = Year(query, "from"),
        To = Year(query, "to"),
        Q = query["q"],
        Keys = keys is null ? null : Values(query, keys),
    });

    /// <exception cref="ApiException">The filter is too long, or has an empty name.</exception>
    public static WorkQuery ToWorkQuery(WorkFilter? filter)
    {
        filter ??= new WorkFilter();
        (string Name, string[]? Values)[] lists =
            [("genres", filter.Genres), ("styles", filter.Styles), ("artists", filter.Artists), ("tags", filter.Tags), ("keys", filter.Keys), .. (filter.Fields ?? []).Select(field => (field.Key, (string[]?)field.Value))];
        foreach ((string name, string[]? values) in lists)
        {
            if (name.Length is 0 or > MaxLength || values?.Length > MaxValues || (values is not null && Array.Exists(values, value => value is null || value.Length > MaxLength)))
            {
                throw ApiException.BadRequest($"A filter names at most {MaxValues} values of at most {MaxLength} characters.", $"filter.{Shown.Text(name)}");
            }
        }

        if (filter.Q?.Length > MaxLength)
        {
            throw ApiException.BadRequest($"Words to look for have at most {MaxLength} characters.", "q");
        }

        return new WorkQuery(
            new PaintingFilter
            {
                Genres = filter.Genres ?? [],
                Styles = filter.Styles ?? [],
                Artists = filter.Artists ?? [],
                Tags = filter.Tags ?? [],
                Fields = new PaintingFields((filter.Fields ?? []).Where(field => field.Value is { Length: > 0 }).Select(field => KeyValuePair.Create(field.Key, (IReadOnlyList<string>)field.Value))),
                FromYear = filter.From,
                ToYear = filter.To,
                Keys = filter.Keys ?? [],
            },
            filter.Q);
    }

    /// <summary>The same for a search. Words become the keys of the works that have them.</summary>
    /// <returns>The filter; <see langword="null"/> lets all works pass.</returns>
    public static PaintingFilter? ToPaintingFilter(WorkQuery query, BrowsedWorks works)
    {
        if (string.IsNullOrWhiteSpace(query.Words))
        {
            return query.Filter is { IsEmpty: false } filter ? filter : null;
        }

        string[] keys = [.. works.Select(query).Select(work => work.Painting.Key)];
        return keys.Length > 0 ? new PaintingFilter { Keys = keys } : throw ApiException.NotFound("No work passes the filter.", "filter");
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
