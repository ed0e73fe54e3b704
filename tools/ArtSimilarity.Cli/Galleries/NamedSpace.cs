using ArtSimilarity.Cli.Commands;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>A feature space of a gallery under a name that can be typed, and how much it counts.</summary>
/// <param name="Name">The model's name, that of its file without folder and extension, or the model's identity where no name is known.</param>
/// <param name="Model">What the gallery remembers as the model that made it, or <see langword="null"/>.</param>
/// <param name="Space">The space.</param>
/// <param name="Weight">How much it counts.</param>
internal sealed record NamedSpace(string Name, string? Model, FeatureSpace Space, double Weight)
{
    /// <summary>Finds the spaces that names stand for: the model's name, its file's path or name, or the model's identity, whatever their case.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="modelOf">The model that made a space.</param>
    /// <param name="wanted">The names and weights.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="CommandFailedException">A name stands for none of the gallery's spaces, or for several.</exception>
    public static async Task<IReadOnlyList<NamedSpace>> FindAsync(
        SqliteGalleryStore store, Func<FeatureSpace, Task<string?>> modelOf, IReadOnlyList<SpaceOption> wanted, CancellationToken cancellationToken)
    {
        List<NamedSpace> held = [];
        foreach (FeatureSpaceSummary summary in await store.GetFeatureSpacesAsync(cancellationToken))
        {
            string? model = await modelOf(summary.Space);
            held.Add(new NamedSpace(model is null ? summary.Space.ModelId : ShortName(model), model, summary.Space, 0));
        }

        List<NamedSpace> found = [];
        foreach (SpaceOption option in wanted)
        {
            NamedSpace[] matches = [.. held.Where(space => space.AnswersTo(option.Name))];
            if (matches.Length != 1)
            {
                string all = held.Count == 0 ? "none: add works with 'artsim index'" : string.Join(", ", held.Select(space => space.Name).Order(StringComparer.Ordinal));
                throw new CommandFailedException(matches.Length == 0
                    ? $"the gallery {store.FilePath} has no space '{option.Name}'; it has {all}."
                    : $"'{option.Name}' may be any of {string.Join(" and ", matches.Select(space => space.Space.ModelId))} of the gallery {store.FilePath}: name one by that.");
            }

            if (found.Find(space => space.Space == matches[0].Space) is NamedSpace twice)
            {
                throw new UsageException($"--space {option.Name} is the same space as {twice.Name}.");
            }

            found.Add(matches[0] with { Weight = option.Weight });
        }

        return found;
    }

    private static string ShortName(string model) => Path.IsPathRooted(model) ? Path.GetFileNameWithoutExtension(model) : model;

    private bool AnswersTo(string name) =>
        new[] { Name, Model, Space.ModelId }.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (Model is not null && Path.IsPathRooted(Model) && Path.GetFullPath(name) == Model);
}
