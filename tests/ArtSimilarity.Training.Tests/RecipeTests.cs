using System.Text.Json;
using ArtSimilarity.Trainer;
using ArtSimilarity.Training.Running;
using Xunit;

namespace ArtSimilarity.Training.Tests;

public class RecipeTests
{
    [Fact]
    public void Every_recipe_that_comes_along_is_valid()
    {
        Assert.Equal(["genre-mobilenetv2", "genre-resnet50", "genre-resnet50-conv4", "genre-resnet50-signature", "genre-resnet50-taught", "head", "head-taught", "paper", "two-mobilenetv2", "two-mobilenetv2-late", "two-resnet18"], Recipes.Names);
        foreach (string name in Recipes.Names)
        {
            Recipe recipe = Recipes.Load(name);
            recipe.Validate();
            Assert.Equal(name, recipe.Name);
            Assert.Equal(recipe.ToJson(), Recipe.FromJson(recipe.ToJson()).ToJson());
        }
    }

    [Fact]
    public void The_papers_recipe_is_the_papers()
    {
        Recipe recipe = Recipes.Load("paper");
        TrainingPhase phase = Assert.Single(recipe.Phases);
        Assert.Equal((50, 1e-5, 0.0, 10.0, 512, true), (phase.Epochs, phase.LearningRate, phase.WeightDecay, phase.Augmentation.Rotation, recipe.Dimensions, phase.ConstantRate));
        Assert.Equal((0.0, 0.0, 1.0, 25_000), (phase.LabelSmoothing, phase.MixUp, phase.SamplingPower, phase.EpochImages));
    }

    [Theory]
    [InlineData("""{ "name": "first" }""", 2)]
    [InlineData("""[{ "name": "first" }, { "name": "second" }]""", 3)]
    [InlineData("ten epochs, by hand", 2)] // another program's words
    public void The_recipes_of_trainings_that_went_on_from_one_another_form_an_array(string earlier, int count)
    {
        using var all = JsonDocument.Parse(Recipe.Append(earlier, Recipes.Load("head")));
        Assert.Equal(count, all.RootElement.GetArrayLength());
        Assert.Equal("head", all.RootElement[count - 1].GetProperty("name").GetString());
        JsonElement first = all.RootElement[0];
        if (first.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(earlier, first.GetString());
        }
        else
        {
            Assert.Equal("first", first.GetProperty("name").GetString());
        }
    }

    [Theory]
    [InlineData("""{ "phases": [ { "epochs": 1, "learnigRate": 0.1 } ] }""", "learnigRate")]
    [InlineData("""{ "phases": [ { "epochs": "many" } ] }""", "epochs")]
    [InlineData("""{ "name": "nothing" }""", "phases")]
    public void A_malformed_recipe_says_where(string json, string what) =>
        Assert.Contains(what, Assert.Throws<JsonException>(() => Recipe.FromJson(json)).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void A_value_out_of_range_is_named()
    {
        var phase = new TrainingPhase { Epochs = 1 };
        Check(phase with { Epochs = 0 }, "Epochs");
        Check(phase with { MixUp = 1.5 }, "MixUp");
        Check(phase with { LearningRate = double.NaN }, "LearningRate");
        Check(phase with { InputSide = 8 }, "InputSide");
        Check(phase with { InstanceWeight = -1 }, "InstanceWeight");
        Check(phase with { InstanceTemperature = 0 }, "InstanceTemperature");
        Check(phase with { InstanceWeight = 1, CachedViews = 1 }, "CachedViews");
        Check(phase with { InstanceWeight = 1, BatchSize = 5 }, "BatchSize");
        Check(phase with { Augmentation = new Augmentation { Rotation = 90 } }, "Rotation");

        static void Check(TrainingPhase phase, string name) => Assert.Contains(
            name, Assert.Throws<ArgumentOutOfRangeException>(() => new Recipe { Phases = [phase] }.Validate()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_go_together_with_a_signature_for_works_is_named()
    {
        var phase = new TrainingPhase { Epochs = 1 };
        Check(phase with { HeavyViews = new HeavyViews() }, "InstanceWeight");
        Check(phase with { InstanceMemory = 8 }, "InstanceWeight");
        Check(phase with { LookAlikes = 2 }, "InstanceWeight");
        phase = phase with { InstanceWeight = 1 };
        Check(phase with { HeavyViews = new HeavyViews(), CachedViews = 2 }, "CachedHeavyViews");
        Check(phase with { HeavyViews = new HeavyViews(), CachedViews = 1, CachedHeavyViews = 65 }, "CachedHeavyViews");
        Check(phase with { HeavyViews = new HeavyViews(), CachedHeavyViews = 2 }, "CachedHeavyViews");
        Check(phase with { CachedViews = 2, CachedHeavyViews = 2 }, "CachedHeavyViews");
        Check(phase with { InstanceMemory = -1 }, "InstanceMemory");
        Check(phase with { LookAlikes = 1 }, "LookAlikes");
        Check(phase with { HeavyViews = new HeavyViews { Detail = -0.1 } }, "HeavyViews.Detail");
        Check(phase with { HeavyViews = new HeavyViews { Photograph = 0, Detail = 0, Grey = 0, Faded = 0, Mirrored = 0, Digitisation = 0 } }, "HeavyViews.Photograph");
        Check(phase with { HeavyViews = new HeavyViews { SmallestDetail = 0.01 } }, "HeavyViews.SmallestDetail");
        Check(phase with { HeavyViews = new HeavyViews { LargestDetail = 0.05 } }, "HeavyViews.LargestDetail");
        Check(phase with { HeavyViews = new HeavyViews { SmallestFill = 0 } }, "HeavyViews.SmallestFill");
        Check(phase with { HeavyViews = new HeavyViews { Strength = double.NaN } }, "HeavyViews.Strength");
        Check(phase, "Work.Dimensions", new WorkHead { Dimensions = 0 });
        Check(phase, "Work.Exponent", new WorkHead { Exponent = 0.5 });
        var untrained = new Recipe { Phases = [new TrainingPhase { Epochs = 1 }], Work = new WorkHead() };
        Assert.Contains("instanceWeight", Assert.Throws<ArgumentException>(untrained.Validate).Message, StringComparison.Ordinal);

        static void Check(TrainingPhase phase, string name, WorkHead? work = null) => Assert.Contains(
            name, Assert.Throws<ArgumentOutOfRangeException>(() => new Recipe { Phases = [phase], Work = work }.Validate()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_without_a_signature_for_works_is_written_as_ever()
    {
        // Checkpoints are told apart by this text: one more property, and no run could go on.
        foreach (string name in Recipes.Names.Where(name => !name.StartsWith("two", StringComparison.Ordinal)))
        {
            string json = Recipes.Load(name).ToJson();
            Assert.All(["work", "heavyViews", "instanceMemory", "lookAlikes"], property => Assert.DoesNotContain($"\"{property}\"", json, StringComparison.Ordinal));
        }

        Recipe two = Recipes.Load("two-mobilenetv2");
        Assert.Equal(256, two.Work!.Dimensions);
        Assert.Equal(two, Recipe.FromJson(two.ToJson()));
    }

    [Fact]
    public void The_learning_rate_rises_and_falls_along_a_cosine()
    {
        var schedule = new RateSchedule(new TrainingPhase { Epochs = 1, LearningRate = 1, WarmUp = 0.1 }, 100);
        Assert.Equal(0.1, schedule.At(0), 1e-9);
        Assert.Equal(1, schedule.At(10), 1e-9);
        Assert.Equal(0.5, schedule.At(55), 1e-9);
        Assert.Equal(0, schedule.At(100), 1e-9);
        Assert.Equal(1, new RateSchedule(new TrainingPhase { Epochs = 1, LearningRate = 1, WarmUp = 0, ConstantRate = true }, 100).At(99));
    }
}
