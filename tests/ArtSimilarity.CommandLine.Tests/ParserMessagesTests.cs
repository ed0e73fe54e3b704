namespace ArtSimilarity.CommandLine.Tests;

public sealed class ParserMessagesTests
{
    [Theory]
    [InlineData("Cannot parse argument 'x' for option '-k' as expected type 'System.Int32'.", "-k takes a whole number, not 'x'.")]
    [InlineData("Cannot parse argument '99999999999' for option '-k' as expected type 'System.Int32'.", "-k takes a whole number of at most 2147483647, not '99999999999'.")]
    [InlineData("Cannot parse argument '1e3' for option '--seed' as expected type 'System.Nullable`1[System.Int64]'.", "--seed takes a whole number, not '1e3'.")]
    [InlineData("Cannot parse argument 'it's' for option '--share' as expected type 'System.Double'.", "--share takes a number, not 'it's'.")]
    [InlineData("Cannot parse argument '-99999999999' for option '-k' as expected type 'System.Int32'.", "-k takes no number as small as '-99999999999'.")]
    [InlineData("Argument 'anglar' not recognized. Must be one of:\n\t'angular'\n\t'euclidean'", "'anglar' is none of angular, euclidean; did you mean 'angular'?")]
    [InlineData("Argument 'x' not recognized. Must be one of:\n\t'angular'\n\t'euclidean'", "'x' is none of angular, euclidean.")]
    [InlineData("Option '-k' expects a single argument but 2 were provided.", "Option '-k' expects a single argument but 2 were provided.")]
    public void A_message_names_no_type(string message, string plain) => Assert.Equal(plain, ParserMessages.Plain(message));
}
