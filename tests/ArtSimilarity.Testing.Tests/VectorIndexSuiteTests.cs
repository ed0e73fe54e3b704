using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Testing.Tests;

public sealed class VectorIndexSuiteTests
{
    [Theory]
    [InlineData(nameof(VectorIndexConformance.Neighbours_agree_with_a_brute_force_in_odd_dimensions))]
    [InlineData(nameof(VectorIndexConformance.Equal_vectors_have_equal_distances_and_come_by_ascending_id))]
    public Task An_index_that_answers_in_another_order_is_rejected(string test)
    {
        return AssertRejectsAsync(test, (arguments, call) => ReverseAsync((Memory<Neighbor>)arguments[1]!, (ValueTask<int>)call(arguments)!));

        static async ValueTask<int> ReverseAsync(Memory<Neighbor> results, ValueTask<int> searching)
        {
            int found = await searching;
            results.Span[..found].Reverse();
            return found;
        }
    }

    [Fact]
    public Task An_index_that_misses_one_neighbour_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexConformance.More_neighbours_than_exist_gives_all_of_them),
        (arguments, call) => MissAsync((ValueTask<int>)call(arguments)!));

    [Fact]
    public Task An_index_that_ignores_the_filter_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexConformance.A_filter_of_one_id_gives_that_one),
        (arguments, call) => call(arguments[0], arguments[1], (VectorSearchOptions)arguments[2]! with { Allowed = null }, arguments[3]));

    [Fact]
    public Task An_index_that_ignores_what_is_excluded_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexConformance.Excluded_ids_are_not_found_whatever_else_is_allowed),
        (arguments, call) => call(arguments[0], arguments[1], (VectorSearchOptions)arguments[2]! with { Excluded = null }, arguments[3]));

    [Fact]
    public Task An_index_that_cannot_be_cancelled_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexConformance.A_search_that_is_cancelled_before_it_begins_ends_so),
        (arguments, call) => call(arguments[0], arguments[1], arguments[2], CancellationToken.None));

    [Fact]
    public Task An_index_that_allocates_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexConformance.A_search_in_steady_state_allocates_nothing),
        (arguments, call) => call(arguments), index => new Allocating(index));

    [Fact]
    public Task An_index_that_takes_any_query_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexConformance.A_query_of_another_length_or_with_a_number_that_is_not_finite_is_refused),
        (arguments, call) => ((ReadOnlyMemory<float>)arguments[0]!).Length == 4 ? new ValueTask<int>(0) : call(arguments));

    private static async ValueTask<int> MissAsync(ValueTask<int> searching) => Math.Max(0, await searching - 1);

    private static Task AssertRejectsAsync(string test, Func<object?[], Faulty<IVectorIndex>.Sound, object?> fault, Func<IVectorIndex, IVectorIndex>? wrap = null) =>
        Suite.AssertRejectsAsync(
            new Tests(index => index), new Tests(wrap ?? (index => Faulty<IVectorIndex>.Of(index, nameof(IVectorIndex.SearchAsync), fault))), test);

    private sealed class Tests(Func<IVectorIndex, IVectorIndex> wrap) : VectorIndexConformance
    {
        protected override IVectorIndex Create(VectorSet vectors, ISimilarityMetric metric)
        {
            var index = new FlatIndex(vectors.Dimensions, metric);
            for (int row = 0; row < vectors.Count; row++)
            {
                index.Add(vectors.Ids.Slice(row, 1), vectors[row]);
            }

            return wrap(index);
        }
    }

    private sealed class Allocating(IVectorIndex index) : IVectorIndex
    {
        public int Count => index.Count;

        public int Dimensions => index.Dimensions;

        public ISimilarityMetric Metric => index.Metric;

        public VectorIndexAccuracy Accuracy => index.Accuracy;

        public ValueTask<int> SearchAsync(ReadOnlyMemory<float> query, Memory<Neighbor> results, VectorSearchOptions options = default, CancellationToken cancellationToken = default) =>
            index.SearchAsync(query.ToArray(), results, options, cancellationToken);

        public ValueTask DisposeAsync() => index.DisposeAsync();
    }
}
