using System.Reflection;
using System.Text.Json;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Files;
using ArtSimilarity.Training;

namespace ArtSimilarity.Trainer;

/// <summary>The recipes that come along, from the folder <c>recipes</c>.</summary>
internal static class Recipes
{
    private const string Prefix = "recipes/";

    public static IReadOnlyList<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^".json".Length]).Order(StringComparer.Ordinal)];

    /// <exception cref="CommandFailedException">There is no such recipe, or it is malformed; says where.</exception>
    public static Recipe Load(string nameOrFile)
    {
        string text;
        if (Names.Contains(nameOrFile))
        {
            using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Prefix}{nameOrFile}.json")!;
            using var reader = new StreamReader(stream);
            text = reader.ReadToEnd();
        }
        else if (FileKinds.Fault(nameOrFile) is string fault)
        {
            throw new CommandFailedException($"--recipe {nameOrFile} {fault}.");
        }
        else if (File.Exists(nameOrFile))
        {
            text = File.ReadAllText(nameOrFile);
        }
        else
        {
            throw new CommandFailedException($"'{nameOrFile}' is neither a recipe that comes along ({string.Join(", ", Names)}) nor a file.");
        }

        try
        {
            return Recipe.FromJson(text);
        }
        catch (JsonException e)
        {
            throw new CommandFailedException($"the recipe {nameOrFile} cannot be used: {e.Message}", e);
        }
    }
}
