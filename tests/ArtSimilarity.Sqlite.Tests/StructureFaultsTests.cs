using ArtSimilarity.Sqlite.Queries;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

public sealed class StructureFaultsTests
{
    private static readonly StructureFaults Faults = new(new Dictionary<long, string> { [5] = "the table 'works'", [6] = "the index 'works_by_year'" });

    [Theory]
    [InlineData("*** in database main ***\nTree 5 page 7 cell 0: Rowid 3 out of order", "page 7 of the table 'works', entry 0, is damaged: Rowid 3 out of order")]
    [InlineData("Tree 6 page 6: btreeInitPage() returns error code 11", "page 6 of the index 'works_by_year' is damaged: btreeInitPage() returns error code 11")]
    [InlineData("Tree 9 page 9 right child: 2nd reference to page 4", "page 9 is damaged: 2nd reference to page 4")]
    [InlineData("row 3 missing from index works_by_year", "row 3 is missing from the index 'works_by_year'")]
    [InlineData("wrong # of entries in index works_by_year", "the index 'works_by_year' has another number of entries than its table has rows")]
    [InlineData("non-unique entry in index sqlite_autoindex_works_1", "the index 'sqlite_autoindex_works_1' has an entry twice")]
    [InlineData("*** in database main ***\nPage 12: never used\nPage 13: never used", "page 12 belongs to no table", "page 13 belongs to no table")]
    [InlineData("NULL value in works.key", "the structure of the file is damaged: NULL value in works.key")]
    public void Each_fault_is_one_line_that_names_the_table(string row, params string[] lines) => Assert.Equal(lines, Faults.Describe(row));
}
