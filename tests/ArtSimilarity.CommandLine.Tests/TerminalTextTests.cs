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
    [InlineData("a\u200Bb", "a\\u200bb")]
    [InlineData("\uFEFFDürer", "\\ufeffDürer")]
    [InlineData("Dü\u00ADrer", "Dü\\u00adrer")]
    [InlineData("a\u200Db", "a\\u200db")]
    [InlineData("שלום\u200Fa", "שלום\\u200fa")]
    [InlineData("a\u2060b\u061Cc\u180E", "a\\u2060b\\u061cc\\u180e")]
    [InlineData("a\u3164b\u2800", "a\\u3164b\\u2800")]
    [InlineData("a\U000E0041", "a\\udb40\\udc41")]
    public void What_nobody_would_see_is_written_as_an_escape(string text, string shown)
    {
        Assert.Equal(shown, TerminalText.Escape(text));
        Assert.Equal(shown, TerminalText.EscapeLines(text));
    }

    [Theory]
    [InlineData("می\u200Cخواهم 👩\u200D🎨 ❤\uFE0F")]
    [InlineData("Déjeuner – 絵 🖼 Dürer שלום")]
    [InlineData("C:\\pictures\\new")]
    [InlineData("")]
    public void Letters_stay_letters(string text) => Assert.Same(text, TerminalText.Escape(text));
}
