using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ArtSimilarity.Galleries;

namespace ArtSimilarity;

/// <summary>
/// Named values: what a catalogue says of a work beyond the fields that <see cref="Painting"/> has (museum, medium, inventory number,
/// …), or what a <see cref="PaintingFilter"/> accepts of those. It never changes, and two are equal when their values are.
/// </summary>
/// <remarks>
/// Names are compared without regard to case and accents (<see cref="LabelFolding"/>), and keep the order they were given in. A name has
/// one value or several; one without a value is not there.
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A painting has fields, not a field dictionary.")]
public sealed class PaintingFields : IReadOnlyDictionary<string, IReadOnlyList<string>>, IEquatable<PaintingFields>
{
    /// <summary>How many characters a name may have.</summary>
    public const int MaxNameLength = 200;

    /// <summary>How many characters a value may have.</summary>
    public const int MaxValueLength = 65_536;

    /// <summary>How many values there may be, counted over all names.</summary>
    public const int MaxValues = 10_000;

    private readonly List<KeyValuePair<string, IReadOnlyList<string>>> _fields = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>Creates fields from names and their values. A name that is given several times has all of its values.</summary>
    /// <param name="fields">The names and values. Equal values of one name count once; a name without a value is passed over.</param>
    /// <exception cref="ArgumentException">
    /// A name or value is blank, too long, or has a null character or half a surrogate pair; a name has a control character; or there are
    /// too many values.
    /// </exception>
    public PaintingFields(IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        int count = 0;
        foreach ((string given, IReadOnlyList<string> values) in fields)
        {
            string name = CheckedName(given, nameof(fields));
            if (values is null)
            {
                throw new ArgumentException($"The values of the field '{name}' are null.", nameof(fields));
            }

            string folded = LabelFolding.Fold(name);
            bool isKnown = _places.TryGetValue(folded, out int place);
            string[] all = [.. (isKnown ? _fields[place].Value : []).Concat(values.Select(value => CheckedValue(name, value, nameof(fields)))).Distinct(StringComparer.Ordinal)];
            if (all.Length == 0)
            {
                continue;
            }

            count += all.Length - (isKnown ? _fields[place].Value.Count : 0);
            if (count > MaxValues)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"There are more than {MaxValues:N0} values of fields."), nameof(fields));
            }

            if (isKnown)
            {
                _fields[place] = new(_fields[place].Key, Array.AsReadOnly(all));
            }
            else
            {
                _places.Add(folded, _fields.Count);
                _fields.Add(new(name, Array.AsReadOnly(all)));
            }
        }
    }

    /// <summary>No fields.</summary>
    public static PaintingFields Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _fields.Count;

    /// <summary>The names, in the order they were given in.</summary>
    public IEnumerable<string> Keys => _fields.Select(held => held.Key);

    /// <summary>The values of each name, in the order of the names.</summary>
    public IEnumerable<IReadOnlyList<string>> Values => _fields.Select(held => held.Value);

    /// <summary>The values of a name.</summary>
    /// <param name="key">The name.</param>
    /// <returns>Its values.</returns>
    /// <exception cref="KeyNotFoundException">There is no such field.</exception>
    public IReadOnlyList<string> this[string key] =>
        TryGetValue(key, out IReadOnlyList<string>? values) ? values : throw new KeyNotFoundException($"There is no field '{key}'.");

    /// <summary>Creates fields from names and values. A name that is given several times has all of its values.</summary>
    /// <param name="fields">The names and values.</param>
    /// <returns>The fields.</returns>
    /// <exception cref="ArgumentException">A name or value cannot be kept, or there are too many.</exception>
    public static PaintingFields Of(params IEnumerable<(string Name, string Value)> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return new PaintingFields(fields.Select(field => new KeyValuePair<string, IReadOnlyList<string>>(field.Name, [field.Value])));
    }

    /// <summary>The first value of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The value; <see langword="null"/> when there is no such field.</returns>
    public string? First(string name) => TryGetValue(name, out IReadOnlyList<string>? values) ? values[0] : null;

    /// <summary>These fields with other values of one name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">Its values; none leaves the name out.</param>
    /// <returns>The fields.</returns>
    /// <exception cref="ArgumentException">The name or a value cannot be kept, or there are too many.</exception>
    public PaintingFields With(string name, params IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        string folded = LabelFolding.Fold(CheckedName(name, nameof(name)));
        var field = new KeyValuePair<string, IReadOnlyList<string>>(name, values);
        return _places.TryGetValue(folded, out int place)
            ? new PaintingFields(_fields.Select((held, i) => i == place ? field : held))
            : new PaintingFields(_fields.Append(field));
    }

    /// <summary>These fields with what others say: their values take the place of those of the same names.</summary>
    /// <param name="update">The others; what they leave out stays as it is.</param>
    /// <returns>The fields.</returns>
    /// <exception cref="ArgumentException">Together there are too many.</exception>
    public PaintingFields UpdatedWith(PaintingFields update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.Count == 0 ? this
            : Count == 0 ? update
            : new PaintingFields(_fields
                .Select(field => update.TryGetValue(field.Key, out IReadOnlyList<string>? values) ? new(field.Key, values) : field)
                .Concat(update._fields.Where(field => !ContainsKey(field.Key))));
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out IReadOnlyList<string> value)
    {
        ArgumentNullException.ThrowIfNull(key);
        bool found = _places.TryGetValue(LabelFolding.Fold(key), out int place);
        value = found ? _fields[place].Value : null;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, IReadOnlyList<string>>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Two are equal when they have the same names, in any order, with the same values in the same order.</summary>
    /// <param name="other">The fields to compare with.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(PaintingFields? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Count == other.Count && _places.All(held => other._places.TryGetValue(held.Key, out int place) && _fields[held.Value].Value.SequenceEqual(other._fields[place].Value)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PaintingFields);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int sum = 0; // of no order
        foreach ((string name, int place) in _places)
        {
            sum = unchecked(sum + HashCode.Combine(name, _fields[place].Value[0], _fields[place].Value.Count));
        }

        return sum;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", _fields.Select(field => $"{field.Key}: {string.Join(", ", field.Value)}"));

    private static string CheckedName(string name, string parameterName)
    {
        if (string.IsNullOrWhiteSpace(name) || LabelFolding.Fold(name).Length == 0)
        {
            throw new ArgumentException("The name of a field is blank.", parameterName);
        }

        return name.Length > MaxNameLength ? throw new ArgumentException($"The name of a field has {name.Length} characters, and may have {MaxNameLength}: {name[..40]}….", parameterName)
            : !EntryValidation.IsStorable(name) || name.Any(char.IsControl) ? throw new ArgumentException($"The name '{name}' of a field has a control character or half a surrogate pair.", parameterName)
            : name.Trim();
    }

    private static string CheckedValue(string name, string value, string parameterName)
    {
        EntryValidation.ThrowIfNotStorable(value, $"A value of the field '{name}'", parameterName);
        return string.IsNullOrWhiteSpace(value) ? throw new ArgumentException($"A value of the field '{name}' is blank.", parameterName)
            : value.Length > MaxValueLength ? throw new ArgumentException($"A value of the field '{name}' has {value.Length} characters, and may have {MaxValueLength}.", parameterName)
            : value;
    }
}
