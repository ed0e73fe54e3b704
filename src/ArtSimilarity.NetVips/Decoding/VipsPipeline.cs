using NetVips;

namespace ArtSimilarity.NetVips.Decoding;

/// <summary>A row of libvips operations, evaluated when its end is read; disposing it frees every step, last first.</summary>
internal sealed class VipsPipeline : IDisposable
{
    private readonly Stack<Image> _owned = new();

    public Image Current { get; private set; } = null!;

    public void Begin(Image image, bool owned = false)
    {
        Current = image;
        if (owned)
        {
            _owned.Push(image);
        }
    }

    public void Then(Func<Image, Image> operation) => Begin(operation(Current), owned: true);

    public void Dispose()
    {
        while (_owned.TryPop(out Image? image))
        {
            image.Dispose();
        }
    }
}
