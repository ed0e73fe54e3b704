using System.Text.Json;

namespace ArtSimilarity.Cli.Tests;

public sealed class GuessTests(PaintedGallery painted)
{
    [Fact]
    public async Task Labels_of_works_and_images_are_guessed_with_how_often_that_is_right()
    {
        JsonElement document = (await CliRun.Of("guess", "art001", "--gallery", painted.Gallery, "-k", "3", "--json")).Json();
        Assert.Equal(["query", "guesses"], CliRun.Keys(document));
        JsonElement genre = document.GetProperty("guesses").EnumerateArray().First(guess => guess.GetProperty("field").GetString() == "genre");
        Assert.Equal(["field", "value", "confidence", "known", "voters", "shares", "heldOut", "accuracy", "calibrationError", "reliability"], CliRun.Keys(genre));
        Assert.Equal((3, PaintedGallery.Count), (genre.GetProperty("voters").GetInt32(), genre.GetProperty("heldOut").GetInt32()));
        Assert.InRange(genre.GetProperty("confidence").GetDouble(), 0, 1);
        Assert.NotNull(genre.GetProperty("known").GetString());
        Assert.Equal(10, genre.GetProperty("reliability").GetArrayLength());

        CliRun table = await CliRun.Of("guess", painted.ImageOf("art002"), "--gallery", painted.Gallery, "--by", "artist");
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("right in general", table.Output, StringComparison.Ordinal);
        Assert.Contains("Guesses by the nearest labelled works", table.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("art001", "museum", "--by museum")]
    [InlineData("nobody", "genre", "neither an image file nor the key")]
    public async Task What_cannot_be_guessed_is_named(string query, string field, string expected)
    {
        CliRun run = await CliRun.Of("guess", query, "--gallery", painted.Gallery, "--by", field);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
