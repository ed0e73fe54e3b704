namespace SimArt.Api;

/// <summary>The parts of a question, and the photograph of a painting among them, if there is one: it is looked for by itself, and the parts lack it.</summary>
internal sealed record Question(IReadOnlyList<QueryPart> Parts, Upload? Photo = null, int PhotoIndex = 0)
{
    /// <summary>The place in the request of a part of the search, which has the photograph before the others.</summary>
    public int PartOf(int index) => Photo is null || index > PhotoIndex ? index : index == 0 ? PhotoIndex : index - 1;
}

/// <summary>Turns the parts of a request into those of a query.</summary>
internal sealed class QueryBuilder(Collection collection, Uploads uploads)
{
    private const int MaxParts = 20;

    public async Task<Question> BuildAsync(SearchRequest request, IReadOnlyList<(SearchSpace Space, double Weight)> spaces, CancellationToken cancellationToken)
    {
        if (request.Parts is not { Length: > 0 and <= MaxParts } parts)
        {
            throw ApiException.BadRequest($"A question has 1 to {MaxParts} parts.", "parts");
        }

        if (Array.TrueForAll(parts, part => part is null || part.Unwanted))
        {
            throw ApiException.BadRequest("A question needs at least one part that is wanted.", "parts");
        }

        if (Array.FindIndex(parts, part => part?.Weight is not (null or (>= 0.001 and <= 100))) is >= 0 and int bad)
        {
            throw ApiException.BadRequest("The weight of a part is 0.001 to 100.", $"parts[{bad}].weight");
        }

        int photo = request.Photo ? Array.FindIndex(parts, part => part is { Upload: not null, Key: null, Region: null, Unwanted: false }) : -1;
        List<QueryPart> built = [];
        for (int i = 0; i < parts.Length; i++)
        {
            SearchPart part = parts[i] ?? throw ApiException.BadRequest("A part is null.", $"parts[{i}]");
            ImageRegion? region = Shown.Region(part.Region, $"parts[{i}].region");
            ThrowIfNoImages(part is { Key: not null, Region: null } ? [] : spaces);
            if (i == photo)
            {
                continue;
            }

            QueryPart one = (part.Key, part.Upload) switch
            {
                (string key, null) => QueryPart.OfWork((await collection.WorkOfAsync(key, cancellationToken, $"parts[{i}].key")).Painting.Key, region),
                (null, string id) => QueryPart.OfSignatures([.. await SignaturesAsync(uploads.Get(id), region, spaces, cancellationToken)]),
                _ => throw ApiException.BadRequest("A part names either a work by its key or an upload.", $"parts[{i}]"),
            };
            built.Add(new QueryPart(one.Views) { IsWanted = !part.Unwanted, Weight = part.Weight / (photo < 0 ? 1 : parts[photo]!.Weight) }); // a photograph weighs 1
        }

        return photo < 0 ? new Question(built) : new Question(built, uploads.Get(parts[photo]!.Upload), photo);
    }

    private async Task<List<Signature>> SignaturesAsync(
        Upload upload, ImageRegion? region, IReadOnlyList<(SearchSpace Space, double Weight)> spaces, CancellationToken cancellationToken)
    {
        List<Signature> signatures = [];
        foreach ((SearchSpace space, _) in spaces)
        {
            signatures.Add(await upload.SignatureAsync((space.Id, region), () => collection.Gallery.ExtractAsync(upload.Source, region, space.Space, cancellationToken)));
        }

        return signatures;
    }

    private static void ThrowIfNoImages(IReadOnlyList<(SearchSpace Space, double Weight)> spaces)
    {
        if (spaces.FirstOrDefault(each => each.Space.Extractor is null).Space is SearchSpace space)
        {
            throw new ApiException(
                StatusCodes.Status409Conflict, "This space takes no pictures", $"The model of the space '{space.Id}' is not on this server. Search by a work as a whole, or in another space.", "spaces");
        }
    }
}
