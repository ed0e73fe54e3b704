using ArtSimilarity.Training.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Data;

/// <summary>Which pictures look like which, and an order of pictures in which those that look alike follow one another.</summary>
internal sealed class LookAlikes
{
    /// <summary>From this cosine on two pictures may show one work, which nobody is to tell from itself.</summary>
    private const float SameWork = 0.95f;

    private const int Nearest = 24;
    private const int Block = 512;

    private readonly Dictionary<int, int[]> _near;

    private LookAlikes(Dictionary<int, int[]> near) => _near = near;

    /// <summary>Finds the nearest pictures of each.</summary>
    /// <param name="features">[pictures, dimensions], in the order of <paramref name="images"/>.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="works">The work of every picture of the set.</param>
    public static LookAlikes Find(Tensor features, IReadOnlyList<int> images, IReadOnlyList<int> works)
    {
        using var scope = NewDisposeScope();
        Dictionary<int, int[]> near = new(images.Count);
        using (no_grad())
        {
            // What all pictures have in common says nothing about which are alike.
            Tensor unit = nn.functional.normalize(features, dim: 1), centred = nn.functional.normalize(unit.Minus(unit.mean([0L], keepdim: true)), dim: 1);
            int wanted = Math.Min(Nearest + 1, images.Count);
            for (int start = 0; start < images.Count; start += Block)
            {
                using var inner = NewDisposeScope();
                int count = Math.Min(Block, images.Count - start);
                (_, Tensor found) = centred.narrow(0, start, count).matmul(centred.t()).topk(wanted, 1);
                long[] places = found.contiguous().data<long>().ToArray();
                Tensor chosen = unit.index_select(0, tensor(places)).reshape(count, wanted, -1);
                float[] cosines = chosen.mul(unit.narrow(0, start, count).unsqueeze(1)).sum(2).contiguous().data<float>().ToArray();
                for (int i = 0; i < count; i++)
                {
                    int image = images[start + i];
                    near[image] = [.. Enumerable.Range(i * wanted, wanted)
                        .Where(at => cosines[at] < SameWork && works[images[(int)places[at]]] != works[image])
                        .Select(at => images[(int)places[at]])];
                }
            }
        }

        return new LookAlikes(near);
    }

    /// <summary>The pictures that look like one, the nearest first.</summary>
    public IReadOnlyList<int> Of(int image) => _near[image];

    /// <summary>Orders pictures into groups: each has one of them and some of those it looks like. None is lost, and none comes oftener.</summary>
    /// <param name="order">The pictures, in an order of chance.</param>
    /// <param name="size">How many form a group, where there are so many left.</param>
    /// <param name="random">Decides which of the nearest.</param>
    public int[] Group(IReadOnlyList<int> order, int size, Random random)
    {
        Dictionary<int, int> left = order.GroupBy(image => image).ToDictionary(group => group.Key, group => group.Count());
        List<int> grouped = new(order.Count);
        foreach (int image in order)
        {
            if (left[image] == 0)
            {
                continue;
            }

            left[image]--;
            grouped.Add(image);
            int[] near = [.. _near[image].Where(other => left.GetValueOrDefault(other) > 0)];
            random.Shuffle(near);
            foreach (int other in near.Take(size - 1))
            {
                left[other]--;
                grouped.Add(other);
            }
        }

        return [.. grouped];
    }
}
