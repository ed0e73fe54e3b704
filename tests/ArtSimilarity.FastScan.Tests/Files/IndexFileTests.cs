using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Files;

public sealed class IndexFileTests : IDisposable
{
    private const int Dimensions = 7;
    private readonly TemporaryFolder _folder = new();
    private readonly FastScanIndexProvider _provider = new(new FastScanIndexOptions { LeafSize = 10, SearchSettings = new(30, 24), VerifyOnOpen = true });
    private readonly string _path;
    private readonly byte[] _bytes;

    public IndexFileTests()
    {
        _path = _folder.File("index.fastscan");
        _provider.Build(TestVectors.Random(200, Dimensions, seed: 6), _path, "généré 17").Dispose();
        _bytes = File.ReadAllBytes(_path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pipe", false)]
    [InlineData("pipe", true)]
    [InlineData("device", false)]
    [InlineData("device", true)]
    [InlineData("folder", false)]
    [InlineData("folder", true)]
    public async Task What_is_no_file_is_refused_at_once(string kind, bool map)
    {
        string path = _folder.File("special.fastscan");
        await SpecialFile.MakeAsync(kind, path, TestContext.Current.CancellationToken);
        var provider = new FastScanIndexProvider(new FastScanIndexOptions { MapFile = map });
        var e = await Assert.ThrowsAsync<VectorIndexFileException>(
            () => Task.Run(() => provider.Open(path), TestContext.Current.CancellationToken).WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken));
        Assert.StartsWith($"{path} is not a regular file, but a ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_opens_with_its_stamp_and_ids_and_answers_as_when_it_was_built()
    {
        VectorSet vectors = TestVectors.Random(200, Dimensions, seed: 6);
        vectors.Add([5000], new float[Dimensions]);
        using FastScanIndex built = _provider.Build(vectors, _path, "généré 17");
        OpenedVectorIndex opened = _provider.Open(_path);
        using var index = (FastScanIndex)opened.Index;
        Assert.Equal("généré 17", opened.Stamp);
        Assert.Equal(201, index.Count);
        using FastScanIndex inMemory = _provider.Build(vectors);
        for (int q = 0; q < 50; q++)
        {
            Assert.Equal(Answer(built, vectors[q]), Answer(index, vectors[q]));
            Assert.Equal(Answer(inMemory, vectors[q]), Answer(index, vectors[q]));
        }
    }

    [Fact]
    public void An_empty_index_is_a_file_too()
    {
        string path = _folder.File("empty.fastscan");
        _provider.Build(new VectorSet(5), path, "").Dispose();
        OpenedVectorIndex opened = _provider.Open(path);
        using var index = (FastScanIndex)opened.Index;
        Assert.Equal((0, 5, 0, ""), (index.Count, index.Dimensions, index.Search(new float[5], new Neighbor[1]), opened.Stamp));
    }

    [Fact]
    public void A_build_replaces_the_file_and_leaves_an_open_index_and_no_other_file()
    {
        using var old = (FastScanIndex)_provider.Open(_path).Index;
        VectorSet vectors = TestVectors.Random(50, Dimensions, seed: 8);
        using FastScanIndex replaced = _provider.Build(vectors, _path, "second");
        Assert.Equal((200, 50), (old.Count, replaced.Count));
        Assert.Equal(200, old.Search(vectors[0], new Neighbor[300]));
        Assert.Equal(["index.fastscan"], _folder.Names());
    }

    [Fact]
    public void A_cancelled_build_leaves_the_file_as_it_was()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            _provider.Build(TestVectors.Random(50, Dimensions, seed: 8), SimilarityMetrics.Angular, _path, "", null, source.Token));
        Assert.Equal(_bytes, File.ReadAllBytes(_path));
        Assert.Equal(["index.fastscan"], _folder.Names());
    }

    [Fact]
    public void A_build_cancelled_on_its_way_ends_soon_and_leaves_nothing()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 1 });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            provider.Build(TestVectors.Random(3000, Dimensions, seed: 8), SimilarityMetrics.Angular, _folder.File("never"), "", null, source.Token));
        Assert.Equal(["index.fastscan"], _folder.Names());
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing()
    {
        Assert.Throws<FileNotFoundException>(() => _provider.Open(_folder.File("none.fastscan")));
        Assert.Throws<FileNotFoundException>(() => _provider.Open(_folder.File("none/none.fastscan")));
    }

    [Fact]
    public void A_truncated_or_extended_file_is_refused()
    {
        for (int length = 0; length < _bytes.Length; length += length < 600 ? 1 : 97)
        {
            AssertRefused(_bytes[..length]);
        }

        AssertRefused(_bytes[..^1]);
        AssertRefused([.. _bytes, 0]);
    }

    [Fact]
    public void Every_changed_byte_of_the_header_is_noticed_even_without_verifying()
    {
        var lenient = new FastScanIndexProvider(new FastScanIndexOptions { MapFile = true, VerifyOnOpen = false });
        for (int i = 0; i < IndexLayout.HeaderLength; i++)
        {
            foreach (byte change in new byte[] { 1, 0x80, 0xFF })
            {
                byte[] damaged = [.. _bytes];
                damaged[i] ^= change;
                AssertRefused(damaged, lenient);
            }
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed()
    {
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            int at = random.Next(_bytes.Length);
            byte[] damaged = [.. _bytes];
            damaged[at] ^= (byte)(1 << random.Next(8));
            AssertRefused(damaged);
        }
    }

    [Fact]
    public void Damage_with_the_right_checksums_never_leads_a_search_outside_the_file()
    {
        // What follows the header is overwritten at random and its checksums are set anew: either the structure is refused or
        // every search ends with ids that exist. Damaged offsets or lengths may be no numbers, and then lose neighbours.
        var random = new Random(2);
        float[] query = TestVectors.Random(1, Dimensions, seed: 77)[0].ToArray();
        var filter = new IdSet(Enumerable.Range(0, 100));
        int refused = 0, answered = 0, whole = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] damaged = [.. _bytes];
            for (int change = 0; change <= i % 7; change++)
            {
                int at = random.Next(IndexLayout.HeaderLength / 4, damaged.Length / 4) * 4;
                int value = random.Next(6) switch
                {
                    0 => random.Next(-300, 300),
                    1 => int.MinValue + random.Next(3),
                    2 => int.MaxValue - random.Next(3),
                    3 => BitConverter.SingleToInt32Bits(float.NaN),
                    4 => BitConverter.SingleToInt32Bits(random.Next(2) == 0 ? float.PositiveInfinity : float.NegativeInfinity),
                    _ => random.Next(),
                };
                BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(at), value);
            }

            SetChecksums(damaged);
            string path = Write(damaged);
            try
            {
                using var index = (FastScanIndex)_provider.Open(path).Index;
                AssertEndsWithIdsThatExist(index, query, null, new FastScanSearchSettings(30, 24), ref whole);
                AssertEndsWithIdsThatExist(index, query, filter, new FastScanSearchSettings(30, 24), ref whole);
                AssertEndsWithIdsThatExist(index, query, null, FastScanSearchSettings.Exact, ref whole);
                AssertEndsWithIdsThatExist(index, query, filter, FastScanSearchSettings.Exact, ref whole);
                answered++;
            }
            catch (VectorIndexFileException)
            {
                refused++;
            }
        }

        Assert.True(refused > 100 && answered > 100, $"{refused} refused, {answered} answered");
        Assert.True(whole > 3 * answered, $"{whole} of {4 * answered} answers had 20 neighbours");
    }

    [Fact]
    public void Rows_and_leaves_that_lead_astray_are_refused_even_without_verifying()
    {
        var lenient = new FastScanIndexProvider(new FastScanIndexOptions { MapFile = true, VerifyOnOpen = false });
        foreach (int section in new[] { 2, 3, 4, 5 })
        {
            (int offset, int length) = Section(_bytes, section);
            for (int at = offset; at < offset + length; at += 12)
            {
                // Any centroid and scale will do for a leaf; its first row, number of rows and first block will not.
                if (section == 5 && (at - offset) % 20 >= 12)
                {
                    continue;
                }

                int value = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));
                foreach (int change in new[] { value + 1, value - 1, ~value, int.MaxValue, int.MinValue })
                {
                    byte[] damaged = [.. _bytes];
                    BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(at), change);
                    AssertRefused(damaged, lenient);
                }
            }
        }
    }

    [Theory]
    [InlineData(24, int.MaxValue)]
    [InlineData(24, -1)]
    [InlineData(24, 0)]
    [InlineData(28, int.MaxValue)]
    [InlineData(28, 0)]
    [InlineData(32, int.MaxValue)]
    [InlineData(32, 201)]
    [InlineData(36, int.MaxValue)]
    [InlineData(36, -1)]
    [InlineData(40, 0)]
    [InlineData(40, -1)]
    [InlineData(44, int.MaxValue)]
    [InlineData(44, -1)]
    [InlineData(44, 0)]
    [InlineData(48, int.MaxValue)]
    [InlineData(48, -1)]
    [InlineData(48, 0)]
    [InlineData(52, int.MaxValue)]
    [InlineData(52, 64)]
    [InlineData(52, 0)]
    [InlineData(56, 1)]
    [InlineData(60, 1)]
    [InlineData(88, 9)]
    [InlineData(88, int.MaxValue)]
    [InlineData(92, 1)]
    [InlineData(96, 2)]
    [InlineData(100, 1)]
    [InlineData(104, 0)]
    [InlineData(112, int.MaxValue)]
    [InlineData(116, int.MaxValue)]
    [InlineData(112, -1)]
    [InlineData(456, 11)]
    [InlineData(464, 0)]
    [InlineData(476, int.MaxValue)]
    [InlineData(496, 1)]
    [InlineData(628, 1)]
    public void A_header_that_asks_for_the_impossible_is_refused_without_allocating(int offset, int value)
    {
        byte[] damaged = [.. _bytes];
        BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(offset), value);
        SetHeaderChecksum(damaged);
        string path = Write(damaged);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<VectorIndexFileException>(() => _provider.Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Another_version_is_named()
    {
        byte[] newer = [.. _bytes];
        newer[8] = IndexLayout.Version + 1;
        SetHeaderChecksum(newer);
        Assert.Contains("newer", AssertRefused(newer).Message, StringComparison.Ordinal);
        byte[] older = [.. _bytes];
        older[8] = IndexLayout.Version - 1;
        SetHeaderChecksum(older);
        Assert.Contains("unknown", AssertRefused(older).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_files_are_refused()
    {
        AssertRefused([]);
        AssertRefused(new byte[10_000]);
        AssertRefused(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("key,title,artist\n", 200))));
        var random = new Random(3);
        for (int i = 0; i < 100; i++)
        {
            byte[] noise = new byte[random.Next(5000)];
            random.NextBytes(noise);
            AssertRefused(noise);
        }
    }

    private static Neighbor[] Answer(FastScanIndex index, ReadOnlySpan<float> query)
    {
        var results = new Neighbor[12];
        return results[..index.Search(query, results)];
    }

    /// <summary>Where a section lies, see docs/file-format.md.</summary>
    private static (int Offset, int Length) Section(byte[] file, int section)
    {
        ReadOnlySpan<byte> entry = file.AsSpan(96 + ((section - 1) * 40), 40);
        return ((int)BinaryPrimitives.ReadInt64LittleEndian(entry[8..]), (int)BinaryPrimitives.ReadInt64LittleEndian(entry[16..]));
    }

    private static void SetChecksums(byte[] file)
    {
        for (int section = 1; section <= IndexLayout.SectionCount; section++)
        {
            (int offset, int length) = Section(file, section);
            XxHash128.Hash(file.AsSpan(offset, (length + 63) / 64 * 64), file.AsSpan(96 + ((section - 1) * 40) + 24, 16));
        }

        SetHeaderChecksum(file);
    }

    private static void SetHeaderChecksum(byte[] file) =>
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(632), XxHash3.HashToUInt64(file.AsSpan(0, 632)));

    private static void AssertEndsWithIdsThatExist(FastScanIndex index, float[] query, IdSet? filter, FastScanSearchSettings settings, ref int whole)
    {
        var results = new Neighbor[20];
        int found = index.Search(query, results, filter, settings);
        Assert.InRange(found, 0, 20);
        Assert.All(results[..found], n => Assert.InRange(n.Id, 0, filter is null ? 199 : 99));
        Assert.Equal(found, results[..found].Select(n => n.Id).Distinct().Count());
        whole += found == 20 ? 1 : 0;
    }

    private string Write(byte[] bytes)
    {
        string path = _folder.File("damaged.fastscan");
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private VectorIndexFileException AssertRefused(byte[] bytes, FastScanIndexProvider? provider = null)
    {
        string path = Write(bytes);
        var error = Assert.Throws<VectorIndexFileException>(() => (provider ?? _provider).Open(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error;
    }
}
