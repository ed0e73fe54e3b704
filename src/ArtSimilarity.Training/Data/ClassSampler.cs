namespace ArtSimilarity.Training.Data;

/// <summary>Draws the pictures of an epoch so that small classes come more often.</summary>
internal sealed class ClassSampler
{
    private readonly int[] _images;
    private readonly double[] _expected;

    /// <param name="images">The pictures.</param>
    /// <param name="classes">The class of each, -1 where it is unknown: such pictures come as often as those of an average class.</param>
    /// <param name="classCount">How many classes there are.</param>
    /// <param name="power">Each picture is drawn by the size of its class to the power of minus this.</param>
    /// <param name="epochImages">How many are drawn; as many as there are by default.</param>
    public ClassSampler(IReadOnlyList<int> images, IReadOnlyList<int> classes, int classCount, double power, int? epochImages)
    {
        _images = [.. images];
        int[] sizes = new int[classCount];
        foreach (int label in classes.Where(label => label >= 0))
        {
            sizes[label]++;
        }

        double known = Math.Max(1, sizes.Sum());
        double average = known / Math.Max(1, sizes.Count(size => size > 0));
        double[] weights = [.. classes.Select(label => Math.Pow(label < 0 ? average : sizes[label], -power))];
        double total = weights.Sum();
        int drawn = epochImages ?? images.Count;
        _expected = [.. weights.Select(weight => drawn * weight / total)];

        double[] shares = [.. sizes.Select(size => size == 0 ? 0 : Math.Pow(size, 1 - power))];
        Prior = [.. shares.Select(share => share / Math.Max(double.Epsilon, shares.Sum()))];
    }

    /// <summary>The share of each class in what is drawn.</summary>
    public IReadOnlyList<double> Prior { get; }

    /// <summary>The pictures of an epoch, shuffled: each as often as expected, rounded up or down at random (systematic sampling).</summary>
    public int[] Draw(Random random)
    {
        int[] order = [.. Enumerable.Range(0, _images.Length)];
        random.Shuffle(order);
        List<int> drawn = [];
        double position = random.NextDouble(), sum = 0;
        foreach (int i in order)
        {
            sum += _expected[i];
            for (; position < sum; position++)
            {
                drawn.Add(_images[i]);
            }
        }

        int[] result = [.. drawn];
        random.Shuffle(result);
        return result;
    }
}
