using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Training;

/// <summary>How a network is changed and trained; the whole of it can be written as JSON.</summary>
public sealed record Recipe
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>What the recipe is called.</summary>
    public string Name { get; init; } = "recipe";

    /// <summary>The map of the base model that the head (or the added stage) works on. The default is <c>feature_map</c>.</summary>
    public string Map { get; init; } = "feature_map";

    /// <summary>The channels that the map is narrowed to, see <see cref="Network.Narrow"/>; <see langword="null"/> for all of them.</summary>
    public int? MapChannels { get; init; }

    /// <summary>The bottlenecks of an added stage, 0 for none: 3 make the conv5_x that a ResNet50 cut after conv4_x lacks. The default is 0.</summary>
    public int StageBlocks { get; init; }

    /// <summary>
    /// Whether the base model was trained for the same labels before and goes on with the head it has. <see cref="Map"/>, <see
    /// cref="Dimensions"/>, <see cref="Rectified"/> and <see cref="Dropout"/> then say nothing. <see cref="MapChannels"/>, <see
    /// cref="StageBlocks"/> and <see cref="FurtherMaps"/> must not be set. All of it learns at the trunk's rate. Hold out the same
    /// pictures as then. The default is <see langword="false"/>.
    /// </summary>
    public bool KeepHead { get; init; }

    /// <summary>Whether the base model's batch normalisations are multiplied into its convolutions first. The default is <see langword="true"/>.</summary>
    public bool FoldBatchNormalization { get; init; } = true;

    /// <summary>The length of the signature. The default is 512.</summary>
    public int Dimensions { get; init; } = 512;

    /// <summary>Whether the signature is rectified. The default is <see langword="true"/>.</summary>
    public bool Rectified { get; init; } = true;

    /// <summary>The share of the signature that training drops. The default is 0.2.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>
    /// Further maps that the head works on, of those that <see cref="Map"/> is computed from, by the names they have once
    /// normalisations are folded. See <see cref="ClassifierHead.FurtherMaps"/>. With an added stage, <c>stage_input</c> is the map
    /// that the stage begins with. None by default.
    /// </summary>
    public IReadOnlyList<string> FurtherMaps { get; init; } = [];

    /// <summary>
    /// The second signature, <c>work</c>, or <see langword="null"/> for none. The loss of <see cref="TrainingPhase.InstanceWeight"/> is then
    /// on it instead of on <c>embedding</c>, so one phase at least has such a weight. With <see cref="KeepHead"/> it is added where the base
    /// model has none; one that has it keeps it. The default is <see langword="null"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorkHead? Work { get; init; }

    /// <summary>How much the loss of every label column after the first counts. The default is 0.2.</summary>
    public double FurtherTargetWeight { get; init; } = 0.2;

    /// <summary>The phases, in order; each begins its schedule anew.</summary>
    public required IReadOnlyList<TrainingPhase> Phases { get; init; }

    /// <summary>Reads a recipe.</summary>
    /// <param name="json">JSON, property names as here in camel case; an unknown one is an error.</param>
    /// <returns>The recipe.</returns>
    /// <exception cref="JsonException">The text is no recipe; says where.</exception>
    public static Recipe FromJson(string json) => JsonSerializer.Deserialize<Recipe>(json, Json) ?? throw new JsonException("A recipe is an object, not null.");

    /// <summary>Writes the recipe as JSON, every value spelled out.</summary>
    /// <returns>The JSON.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>
    /// Changes a base model as this recipe says: folded, cut at <see cref="Map"/>, narrowed, with the added stage and the heads. Its map is
    /// then called <c>feature_map</c>.
    /// </summary>
    /// <param name="network">The base model.</param>
    /// <param name="targets">What is learned.</param>
    /// <param name="seed">Decides the new weights.</param>
    /// <exception cref="ArgumentException">The base model has no such map, or no head for these labels that it could keep.</exception>
    public void Apply(Network network, IReadOnlyList<LabelTarget> targets, long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        const string FinalMap = "feature_map";
        if (KeepHead)
        {
            RequireHead(network, targets);
            if (FoldBatchNormalization)
            {
                network.FoldBatchNormalization();
            }

            AddWork(FinalMap);
            return;
        }

        network.Cut(Map);
        if (FoldBatchNormalization)
        {
            network.FoldBatchNormalization();
        }

        if (MapChannels is { } channels)
        {
            network.Narrow(Map, channels);
        }

        if (StageBlocks > 0)
        {
            network.Rename(Map, Trainer.StageInput);
            network.AddBottleneckStage(Trainer.StageInput, FinalMap, "conv5", StageBlocks, seed);
        }
        else if (Map != FinalMap)
        {
            network.Rename(Map, FinalMap);
        }

        network.AddHead(FinalMap, new ClassifierHead { Dimensions = Dimensions, Rectified = Rectified, Dropout = Dropout, FurtherMaps = FurtherMaps, Targets = targets }, seed);
        AddWork(FinalMap);

        void AddWork(string map)
        {
            if (Work is not null)
            {
                network.AddWorkHead(map, Work, seed);
            }
        }
    }

    /// <summary>The recipes of trainings that went on from one another, as a JSON array.</summary>
    /// <param name="earlier">One recipe, or such an array.</param>
    /// <param name="recipe">The one that came after it.</param>
    internal static string Append(string earlier, Recipe recipe)
    {
        JsonNode? known;
        try
        {
            known = JsonNode.Parse(earlier);
        }
        catch (JsonException)
        {
            known = JsonValue.Create(earlier); // another program's words
        }

        JsonArray all = known as JsonArray ?? [known];
        all.Add(JsonNode.Parse(recipe.ToJson()));
        return all.ToJsonString(Json);
    }

    private static void RequireHead(Network network, IReadOnlyList<LabelTarget> targets)
    {
        IReadOnlyList<TrainedModelTarget> known = TrainedModelInfo.FromProperties(network.Properties, "the base model")?.Targets ?? [];
        if (!known.Select(target => target.Column).SequenceEqual(targets.Select(target => target.Column)))
        {
            throw new ArgumentException(
                $"There is no head to keep: the base model tells {(known.Count == 0 ? "no labels" : string.Join(", ", known.Select(target => target.Column)))}, not {string.Join(", ", targets.Select(target => target.Column))}.", nameof(network));
        }

        var head = new ClassifierHead { Targets = targets };
        string[] wanted = [ClassifierHead.EmbeddingName, .. targets.SelectMany((_, i) => new[] { head.LogitsName(i), head.ProbabilitiesName(i) })];
        if (wanted.Except(network.Tensors).FirstOrDefault() is { } missing)
        {
            throw new ArgumentException($"There is no head to keep: the base model has no tensor '{missing}'.", nameof(network));
        }

        foreach ((TrainedModelTarget have, LabelTarget want) in known.Zip(targets))
        {
            if (!have.Labels.SequenceEqual(want.Labels))
            {
                throw new ArgumentException($"The head cannot be kept: its labels of '{want.Column}' are {string.Join(", ", have.Labels)}, not {string.Join(", ", want.Labels)}.", nameof(network));
            }
        }
    }

    /// <summary>Two recipes are equal when their JSON is.</summary>
    /// <param name="other">The recipe to compare with.</param>
    /// <returns>Whether every value is the same.</returns>
    public bool Equals(Recipe? other) => other is not null && (ReferenceEquals(this, other) || ToJson() == other.ToJson());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Map, StageBlocks, Dimensions, Phases.Count);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(StageBlocks);
        ArgumentOutOfRangeException.ThrowIfLessThan(MapChannels ?? 1, 1, nameof(MapChannels));
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimensions, 1);
        if (!(Dropout is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Dropout), Dropout, "Dropout must be from 0 to below 1.");
        }

        if (!(FurtherTargetWeight >= 0 && double.IsFinite(FurtherTargetWeight)))
        {
            throw new ArgumentOutOfRangeException(nameof(FurtherTargetWeight), FurtherTargetWeight, "FurtherTargetWeight must be at least 0.");
        }

        if (KeepHead && (MapChannels is not null || StageBlocks > 0 || FurtherMaps.Count > 0))
        {
            throw new ArgumentException("With keepHead the network stays as it is: no mapChannels, no stageBlocks, no furtherMaps.");
        }

        if (Phases.Count == 0)
        {
            throw new ArgumentException("A recipe has at least one phase.");
        }

        Work?.Validate();
        if (Work is not null && Phases.All(phase => phase.InstanceWeight == 0))
        {
            throw new ArgumentException("With work some phase must have an instanceWeight above 0, or nothing would train that signature.");
        }

        for (int i = 0; i < Phases.Count; i++)
        {
            Phases[i].Validate(i + 1);
        }
    }
}
