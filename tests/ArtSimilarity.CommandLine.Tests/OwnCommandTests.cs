using ArtSimilarity.Testing;

namespace ArtSimilarity.CommandLine.Tests;

public sealed class OwnCommandTests
{
    [Theory]
    [InlineData("/opt/tools/artsim", "/opt/tools/artsim.dll", "/bin:/opt/tools", "artsim")]
    [InlineData("/my tools/bin/artsim", "/my tools/bin/artsim.dll", "/bin", "'/my tools/bin/artsim'")]
    [InlineData("/home/me/bin/artsim", "/home/me/bin/artsim.dll", "/bin", "bin/artsim")]
    [InlineData("/usr/bin/dotnet", "/home/me/bin/artsim.dll", "/bin", "dotnet bin/artsim.dll")]
    [InlineData("/usr/bin/dotnet", "/home/me/.nuget/packages/artsimilarity.cli/1.0.0/tools/net10.0/any/artsim.dll", "/bin", "dotnet artsim")]
    public void The_own_command_is_told_as_it_can_be_typed(string program, string assembly, string path, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "paths of Unix");
        using var scratch = new TemporaryFolder();
        Directory.CreateDirectory(scratch["opt/tools"]);
        File.WriteAllText(scratch["opt/tools/artsim"], "");
        string onPath = path.Replace("/opt/tools", scratch["opt/tools"], StringComparison.Ordinal);
        Assert.Equal(expected, OwnCommand.Find("artsim", "ArtSimilarity.Cli", program, assembly, onPath, "/home/me"));
    }
}
