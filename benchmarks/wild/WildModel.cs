using ArtSimilarity.Onnx;

namespace ArtSimilarity.Wild;

/// <summary>The model that a run is about.</summary>
internal static class WildModel
{
    private const string Default = "default";

    /// <summary>Loads a model.</summary>
    /// <param name="name"><c>default</c>, the name of a model that comes with the packages, or a file; <c>#OUTPUT</c> behind it names another output.</param>
    public static OnnxFeatureExtractor Load(string name)
    {
        string reference = name == Default || name.StartsWith(Default + ModelOrigin.OutputSeparator, StringComparison.Ordinal) ? ModelOrigin.Default.Name + name[Default.Length..] : name;
        return (OnnxFeatureExtractor)ModelOrigin.Parse(reference).CreateExtractor();
    }
}
