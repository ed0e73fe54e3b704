namespace ArtSimilarity.CommandLine.Tests;

public sealed class TerminalTextTests
{
    private const string Hostile = "a\u001b]0;pwned\u0007\u001b[2Jb\u009b31mc\u007fd\u202ee\u2066f\rg\u0000h";
    private const string Shown = "a\\u001b]0;pwned\\u0007\\u001b[2Jb\\u009b31mc\\u007fd\\u202ee\\u2066f\\rg\\u0000h";

    [Fact]
    public void What_a_terminal_would_obey_is_written_as_an_escape()
    {
        Assert.Equal(Shown, TerminalText.Escape(Hostile));
        Assert.Equal("one\\ntwo\\tthree", TerminalText.Escape("one\ntwo\tthree"));
        Assert.Equal("one\ntwo\tthree\r\n\\rfour", TerminalText.EscapeLines("one\ntwo\tthree\r\n\rfour"));
        Assert.Equal("\\ud83d x \\ude00", TerminalText.Escape("\ud83d x \ude00"));
    }

    [Theory]
    [InlineData("Déjeuner – 絵 🖼 Dürer שלום")]
    [InlineData("C:\\pictures\\new")]
    [InlineData("")]
    public void Letters_stay_letters(string text) => Assert.Same(text, TerminalText.Escape(text));
}
