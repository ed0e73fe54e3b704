using ArtSimilarity.Imaging;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public class TrainedModelInfoTests
{
    private const string Preprocessing =
        """{"width":224,"height":224,"resize":"squash","cropFraction":1,"scale":0.003921569,"mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225],"layout":"nchw","channels":"rgb"}""";

    private const string Targets =
        """[{"column":"genre","output":"probabilities","labels":["abstract_painting","portrait"]},{"column":"style","output":"probabilities_style","labels":["Baroque","Ukiyo-e"]}]""";

    private const string Letters = "ab\"\\é絵<\n ";

    [Fact]
    public void The_properties_of_a_trained_model_are_read()
    {
        TrainedModelInfo info = TrainedModelInfo.FromProperties(Properties(
            ("artsimilarity.training_set", "sha256:abc"), ("artsimilarity.base", "mobilenetv2 sha256:def"), ("artsimilarity.recipe", """{"epochs":3}"""), ("producer", "somebody")))!;
        Assert.Equal("genre-mobilenetv2 1", info.Version);
        Assert.Equal([("genre", "probabilities"), ("style", "probabilities_style")], info.Targets.Select(target => (target.Column, target.Output)));
        Assert.Equal(["Baroque", "Ukiyo-e"], info.Targets[1].Labels);
        Assert.Equal(ImagePreprocessing.ImageNet, info.Preprocessing);
        Assert.Equal(("sha256:abc", "mobilenetv2 sha256:def", """{"epochs":3}"""), (info.TrainingSet, info.Base, info.Recipe));
    }

    [Fact]
    public void Where_it_comes_from_need_not_be_said()
    {
        TrainedModelInfo info = TrainedModelInfo.FromProperties(Properties())!;
        Assert.Equal((null, null, null), (info.TrainingSet, info.Base, info.Recipe));
        Assert.Equal(["artsimilarity.format", "artsimilarity.preprocessing", "artsimilarity.targets", "artsimilarity.version"], info.ToProperties().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_written_is_the_promised_text() => Assert.Equal(Properties(), TrainedModelInfo.FromProperties(Properties())!.ToProperties());

    [Fact]
    public void Several_signatures_are_told_and_one_alone_is_not()
    {
        const string Signatures = """[{"output":"embedding","tells":"genre","dimensions":512},{"output":"work","tells":"work","dimensions":256}]""";
        TrainedModelInfo info = TrainedModelInfo.FromProperties(Properties(("artsimilarity.signatures", Signatures)))!;
        Assert.Equal([("embedding", "genre", 512), ("work", "work", 256)], info.Signatures.Select(signature => (signature.Output, signature.Tells, signature.Dimensions)));
        Assert.Equal(Signatures, info.ToProperties()["artsimilarity.signatures"]);
        Assert.Empty(TrainedModelInfo.FromProperties(Properties())!.Signatures);
    }

    [Theory]
    [InlineData("""[{"output":"work","tells":"work","dimensions":0}]""")]
    [InlineData("""[{"output":"work","dimensions":2}]""")]
    [InlineData("""[{"output":"a","tells":"b","dimensions":2},{"output":"a","tells":"c","dimensions":2}]""")]
    [InlineData("null")]
    public void Malformed_signatures_are_refused_by_their_property(string signatures) => Assert.Contains(
        "artsimilarity.signatures", Assert.Throws<OnnxModelException>(() => TrainedModelInfo.FromProperties(Properties(("artsimilarity.signatures", signatures)))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_model_of_another_origin_says_nothing()
    {
        Assert.Null(TrainedModelInfo.FromProperties(new Dictionary<string, string>()));
        Assert.Null(TrainedModelInfo.FromProperties(new Dictionary<string, string> { ["license"] = "MIT" }));
    }

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        Gen<float> number = Gen.Float[-10, 10];
        Gen<ImagePreprocessing> preprocessing =
            from width in Gen.Int[1, 8192]
            from height in Gen.Int[1, 8192]
            from policy in Gen.Enum<ResizePolicy>()
            from crop in Gen.Double[0.01, 1]
            from scale in Gen.Float[1e-6f, 1e6f]
            from mean in Gen.Select(number, number, number)
            from std in Gen.Float[1e-6f, 1e6f].Array[3]
            from layout in Gen.Enum<TensorLayout>()
            from order in Gen.Enum<ChannelOrder>()
            select new ImagePreprocessing
            {
                InputSize = new ImageSize(width, height),
                ResizePolicy = policy,
                CropFraction = crop,
                Scale = scale,
                Mean = new ChannelValues(mean.Item1, mean.Item2, mean.Item3),
                Std = new ChannelValues(std[0], std[1], std[2]),
                Layout = layout,
                ChannelOrder = order,
            };
        Gen<TrainedModelTarget> target =
            from output in Gen.String[Gen.Char['a', 'z'], 1, 5]
            from labels in Gen.String[Gen.Int[0, Letters.Length - 1].Select(i => Letters[i]), 1, 6].Where(label => label.Trim().Length > 0).HashSet[1, 6]
            select new TrainedModelTarget("x" + output, output, [.. labels]);
        Gen.Select(preprocessing, target).Sample((preprocessing, target) =>
        {
            var info = new TrainedModelInfo { Version = "v", Targets = [target], Preprocessing = preprocessing, Recipe = "{}" };
            TrainedModelInfo read = TrainedModelInfo.FromProperties(info.ToProperties())!;
            Assert.Equal(preprocessing, read.Preprocessing);
            Assert.Equal((target.Column, target.Output), (read.Targets[0].Column, read.Targets[0].Output));
            Assert.Equal(target.Labels, read.Targets[0].Labels);
            Assert.Equal((info.Version, info.TrainingSet, info.Base, info.Recipe), (read.Version, read.TrainingSet, read.Base, read.Recipe));
        });
    }

    [Theory]
    [InlineData("artsimilarity.format", null, "lacks the property artsimilarity.format")]
    [InlineData("artsimilarity.version", null, "lacks the property artsimilarity.version")]
    [InlineData("artsimilarity.targets", null, "lacks the property artsimilarity.targets")]
    [InlineData("artsimilarity.preprocessing", null, "lacks the property artsimilarity.preprocessing")]
    [InlineData("artsimilarity.format", "2", "artsimilarity.format is '2'; this version of ArtSimilarity reads 1")]
    [InlineData("artsimilarity.version", " ", "artsimilarity.version cannot be used: The version is empty")]
    [InlineData("artsimilarity.targets", "", "artsimilarity.targets cannot be used")]
    [InlineData("artsimilarity.targets", "null", "artsimilarity.targets cannot be used")]
    [InlineData("artsimilarity.targets", "[null]", "A target is null")]
    [InlineData("artsimilarity.targets", "[]", "There are no targets")]
    [InlineData("artsimilarity.targets", "[{", "artsimilarity.targets cannot be used")]
    [InlineData("artsimilarity.targets", """[{"column":"genre","labels":["a"]}]""", "output")]
    [InlineData("artsimilarity.targets", """[{"column":"","output":"p","labels":["a"]}]""", "column")]
    [InlineData("artsimilarity.targets", """[{"column":"genre","output":"p","labels":[]}]""", "There are no labels")]
    [InlineData("artsimilarity.targets", """[{"column":"genre","output":"p","labels":["a",null]}]""", "Label 1 is empty")]
    [InlineData("artsimilarity.targets", """[{"column":"genre","output":"p","labels":["a","b","a"]}]""", "The label 'a' is there twice")]
    [InlineData("artsimilarity.targets", """[{"column":"g","output":"p","labels":["a"]},{"column":"g","output":"q","labels":["a"]}]""", "The target 'g' is there twice")]
    [InlineData("artsimilarity.preprocessing", """{"width":224}""", "height")]
    [InlineData("artsimilarity.preprocessing", "resize=fit", "'resize' is 'fit', not one of squash, center_crop, letterbox")]
    [InlineData("artsimilarity.preprocessing", "resize=null", "artsimilarity.preprocessing cannot be used")]
    [InlineData("artsimilarity.preprocessing", "layout=hwc", "'layout' is 'hwc'")]
    [InlineData("artsimilarity.preprocessing", "channels=gray", "'channels' is 'gray'")]
    [InlineData("artsimilarity.preprocessing", "mean=[1,2]", "'mean' has 2 numbers, not 3")]
    [InlineData("artsimilarity.preprocessing", "std=[1,0,1]", "standard deviations")]
    [InlineData("artsimilarity.preprocessing", "width=0", "InputSize")]
    [InlineData("artsimilarity.preprocessing", "scale=0", "scale")]
    [InlineData("artsimilarity.preprocessing", "cropFraction=2", "crop")]
    public void What_cannot_be_read_is_an_error_that_names_model_and_property(string key, string? value, string expected)
    {
        Dictionary<string, string> properties = Properties();
        if (value is null)
        {
            properties.Remove(key);
        }
        else
        {
            properties[key] = value.Split('=') is [string field, string changed] ? Changed(field, changed) : value;
        }

        var e = Assert.Throws<OnnxModelException>(() => TrainedModelInfo.FromProperties(properties, "genre.onnx"));
        Assert.Equal("genre.onnx", e.ModelName);
        Assert.Contains(key, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_cannot_be_is_not_made()
    {
        var target = new TrainedModelTarget("genre", "probabilities", ["a"]);
        Assert.Throws<ArgumentException>(() => new TrainedModelInfo { Version = "", Targets = [target], Preprocessing = ImagePreprocessing.ImageNet });
        Assert.Throws<ArgumentException>(() => new TrainedModelInfo { Version = "1", Targets = [], Preprocessing = ImagePreprocessing.ImageNet });
        Assert.Throws<ArgumentException>(() => new TrainedModelTarget("genre", " ", ["a"]));
        Assert.Throws<ArgumentException>(() => new TrainedModelTarget("genre", "probabilities", ["a", "a"]));
    }

    private static Dictionary<string, string> Properties(params (string Key, string Value)[] more) => new(more.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)))
    {
        ["artsimilarity.format"] = "1",
        ["artsimilarity.version"] = "genre-mobilenetv2 1",
        ["artsimilarity.targets"] = Targets,
        ["artsimilarity.preprocessing"] = Preprocessing,
    };

    private static string Changed(string field, string value)
    {
        System.Text.Json.Nodes.JsonNode node = System.Text.Json.Nodes.JsonNode.Parse(Preprocessing)!;
        node[field] = value is "null" || char.IsAsciiDigit(value[0]) || value[0] == '[' ? System.Text.Json.Nodes.JsonNode.Parse(value) : value;
        return node.ToJsonString();
    }
}
