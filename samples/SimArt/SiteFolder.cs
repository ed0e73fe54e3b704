using System.Security.Cryptography;
using System.Text;

namespace SimArt;

/// <summary>Where the pages lie.</summary>
internal static class SiteFolder
{
    /// <summary>The folder that has wwwroot in it: beside the program when it was published, among the sources when it is run from there.</summary>
    public static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, "wwwroot")))
            {
                return folder;
            }
        }

        return Environment.CurrentDirectory;
    }

    /// <summary>A name of its own for the gallery of a folder.</summary>
    public static string NameOf(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return $"folder-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..12]}";
    }
}
