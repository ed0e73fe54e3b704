namespace SimArt.Collections;

/// <summary>A feature space that visitors search by.</summary>
/// <param name="Id">Its name in addresses.</param>
/// <param name="Title">What visitors read.</param>
/// <param name="Description">What it was trained to see, in a sentence.</param>
/// <param name="Space">The space.</param>
/// <param name="Extractor">Makes signatures of pictures; <see langword="null"/> where the model cannot be loaded here: works can be searched by, uploads cannot.</param>
internal sealed record SearchSpace(string Id, string Title, string Description, FeatureSpace Space, IFeatureExtractor? Extractor)
{
    /// <summary>The model's hash as the feature space names it.</summary>
    public string ModelHash => Space.ModelId.Split('@') is [_, string hash, ..] ? hash.Split(',')[0] : Space.ModelId;
}

/// <summary>The feature spaces of a gallery, each with its model where that can be loaded.</summary>
internal static class SearchSpaces
{
    /// <summary>Both spaces that need nothing but packages: after fine-tuning for genre, and before it.</summary>
    public static IReadOnlyList<SearchSpace> BuiltIn()
    {
        IFeatureExtractor genre = ModelOrigin.Default.CreateExtractor();
        OnnxFeatureExtractor resNet = ResNet18();
        return [Describe(genre.Space, genre), Describe(resNet.Space, resNet)];
    }

    /// <summary>The spaces that a gallery made elsewhere has.</summary>
    public static async Task<IReadOnlyList<SearchSpace>> OfGalleryAsync(IGalleryStore store, ILogger logger, CancellationToken cancellationToken)
    {
        List<SearchSpace> spaces = [];
        foreach (GalleryModel model in (await store.GetModelsAsync(cancellationToken)).OrderByDescending(model => model.IsDefault))
        {
            SearchSpace space = Describe(model.Space, await LoadAsync(store, model, logger, cancellationToken));
            for (int more = 2; spaces.Any(other => other.Id == space.Id); more++)
            {
                space = space with { Id = $"{Slug(model.Name)}-{more}" };
            }

            spaces.Add(space);
        }

        return spaces;
    }

    private static async Task<IFeatureExtractor?> LoadAsync(IGalleryStore store, GalleryModel model, ILogger logger, CancellationToken cancellationToken)
    {
        if (model.Space.ModelId.StartsWith("ResNet18", StringComparison.Ordinal))
        {
            OnnxFeatureExtractor resNet = ResNet18();
            if (resNet.Space == model.Space)
            {
                return resNet;
            }

            resNet.Dispose();
        }

        try
        {
            return await store.CreateExtractorAsync(model.Space, cancellationToken: cancellationToken);
        }
        catch (Exception e) when (e is OnnxModelException or FeatureSpaceMismatchException or IOException or ArgumentException or InvalidOperationException)
        {
            logger.LogWarning(e, "The model {Model} cannot be loaded: works of its space can be searched by, uploads cannot", model.Name);
            return null;
        }
    }

    private static SearchSpace Describe(FeatureSpace space, IFeatureExtractor? extractor)
    {
        string name = space.ModelId.Split('@')[0];
        return name switch
        {
            _ when space.ModelId.EndsWith(":work", StringComparison.Ordinal) => new("work", "The very work", "Photographs, details and prints of a painting lie near it.", space, extractor),
            _ when name.StartsWith("genre-", StringComparison.Ordinal) || name.StartsWith("paintings-", StringComparison.Ordinal) =>
                new("genre", "After fine-tuning", "A network that was trained on ImageNet and then on genres of paintings. It sees what kind of painting this is.", space, extractor),
            "ResNet18" => new("before", "Before fine-tuning", "ResNet18 as ImageNet taught it. It sees objects, textures and how they lie.", space, extractor),
            "classical" => new("classical", "Colours and textures", "Histograms of colours and edges. No network looks at the picture.", space, extractor),
            _ => new(Slug(name), name, $"The model {name}, with signatures of {space.Dimensions} numbers.", space, extractor),
        };
    }

    private static string Slug(string name)
    {
        string slug = string.Concat(Path.GetFileNameWithoutExtension(name).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return slug.Length == 0 ? "space" : slug;
    }

    /// <summary>ImageNet ResNet18 of Microsoft.ML.DnnImageFeaturizer.ResNet18: BGR, 0–255 less the mean of each channel, which its package names.</summary>
    private static OnnxFeatureExtractor ResNet18() => new(new OnnxFeatureExtractorOptions
    {
        ModelPath = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx"),
        OutputName = "Pooling395_Output_0",
        Preprocessing = new ImagePreprocessing
        {
            InputSize = new ImageSize(224, 224),
            ChannelOrder = ChannelOrder.Bgr,
            Scale = 1,
            Mean = new ChannelValues(Red: 123.15f, Green: 115.90f, Blue: 103.06f),
            Std = new ChannelValues(1, 1, 1),
        },
    });
}
