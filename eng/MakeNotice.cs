using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes the NOTICE of a package or of a published program: what of others is inside it and under which licence, with all texts, out of the packages
/// themselves. A package whose licence cannot be told is an error. Compiled by MSBuild when it is needed, see Notice.targets.
/// </summary>
public sealed class MakeNotice : Task
{
    private const string Rule = "--------------------------------------------------------------------------------";

    /// <summary>The package that the notice is for.</summary>
    [Required]
    public string Package { get; set; }

    /// <summary>The file to write.</summary>
    [Required]
    public string Output { get; set; }

    /// <summary>The folder of the texts of well-known licences, named by their SPDX identifiers.</summary>
    [Required]
    public string Licenses { get; set; }

    /// <summary>The folder of what is compiled into our own assemblies: a licence's identifier and what it is for, by assembly.</summary>
    [Required]
    public string Contents { get; set; }

    /// <summary>Our own assemblies in the package.</summary>
    public ITaskItem[] Assemblies { get; set; } = new ITaskItem[0];

    /// <summary>Files of other packages, with NuGetPackageId, NuGetPackageVersion and PathInPackage.</summary>
    public ITaskItem[] Files { get; set; } = new ITaskItem[0];

    /// <summary>Whether the files are inside; otherwise the package only depends on those packages.</summary>
    public bool CarriesFiles { get; set; }

    public override bool Execute()
    {
        var notice = new StringBuilder();
        notice.Append(Package).Append("\n\nCopyright (c) The ArtSimilarity authors. Licensed under the MIT License, whose text is below.\n");
        var texts = new List<(string Text, List<string> Owners)>();
        Add(texts, "ArtSimilarity: Copyright (c) The ArtSimilarity authors", License("MIT", Package));
        WriteContents(notice, texts);
        List<Dependency> dependencies = Files
            .Where(file => Path.GetFileName(file.ItemSpec) != "_._")
            .GroupBy(file => file.GetMetadata("NuGetPackageId") + "/" + file.GetMetadata("NuGetPackageVersion"), StringComparer.OrdinalIgnoreCase)
            .Select(Read)
            .Where(dependency => dependency != null)
            .OrderBy(dependency => dependency.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (dependencies.Count > 0)
        {
            notice.Append(CarriesFiles
                ? "\nThis contains files of the following packages, unchanged.\n\n"
                : "\nThis package depends on the following packages. It contains none of their files; each comes with its own licence.\n\n");
            foreach (Dependency dependency in dependencies)
            {
                notice.Append("- ").Append(dependency.Name).Append(": ").Append(dependency.Expression ?? "its own licence").Append('\n');
                if (CarriesFiles)
                {
                    notice.Append("  ").Append(dependency.Copyright).Append(". ").Append(dependency.ProjectUrl).Append('\n');
                    WriteReplaceable(notice, dependency);
                    foreach (string text in dependency.Texts)
                    {
                        Add(texts, dependency.Name + ": " + dependency.Copyright, text);
                    }
                }
            }
        }

        foreach ((string text, List<string> owners) in texts)
        {
            notice.Append('\n').Append(Rule).Append('\n').Append(string.Join("\n", owners)).Append("\n\n").Append(text).Append('\n');
        }

        if (Log.HasLoggedErrors)
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Output)));
        File.WriteAllText(Output, notice.ToString());
        return true;
    }

    private static void Add(List<(string Text, List<string> Owners)> texts, string owner, string text)
    {
        string normal = text.Replace("\r\n", "\n").Trim();
        foreach ((string known, List<string> owners) in texts)
        {
            if (known == normal)
            {
                if (!owners.Contains(owner))
                {
                    owners.Add(owner);
                }

                return;
            }
        }

        texts.Add((normal, new List<string> { owner }));
    }

    private void WriteContents(StringBuilder notice, List<(string Text, List<string> Owners)> texts)
    {
        foreach (string assembly in Assemblies.Select(item => item.ItemSpec).Distinct().OrderBy(name => name, StringComparer.Ordinal))
        {
            string path = Path.Combine(Contents, assembly + ".txt");
            if (File.Exists(path))
            {
                string[] lines = File.ReadAllLines(path);
                string what = string.Join(" ", lines.Skip(1));
                notice.Append("\nContains, under ").Append(lines[0]).Append(": ").Append(what).Append('\n');
                Add(texts, what, License(lines[0], Package));
            }
        }
    }

    /// <summary>The LGPL wants users told that the library can be replaced, and how.</summary>
    private static void WriteReplaceable(StringBuilder notice, Dependency dependency)
    {
        if (dependency.Expression != null && dependency.Expression.Contains("LGPL"))
        {
            notice.Append("  A shared library in a file of its own (").Append(string.Join(", ", dependency.FileNames))
                .Append("): you may replace it by a build of your own. Its sources and build scripts: ").Append(dependency.Repository).Append('\n');
        }
    }

    private Dependency Read(IGrouping<string, ITaskItem> files)
    {
        ITaskItem first = files.First();
        string inPackage = first.GetMetadata("PathInPackage").Replace('/', Path.DirectorySeparatorChar);
        string full = Path.GetFullPath(first.ItemSpec);
        if (inPackage.Length == 0 || !full.EndsWith(inPackage, StringComparison.OrdinalIgnoreCase))
        {
            Log.LogError("{0}: the package of the file {1} is not known.", Package, first.ItemSpec);
            return null;
        }

        string folder = full.Substring(0, full.Length - inPackage.Length);
        XElement metadata = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Root.Elements().First(element => element.Name.LocalName == "metadata");
        string Value(string name) => (string)metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name);
        XElement license = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "license");
        string copyright = Regex.Replace(Value("copyright") ?? Value("authors") ?? "", "\\s+", " ").Trim().TrimEnd('.');
        XElement repository = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "repository");
        var dependency = new Dependency
        {
            Name = first.GetMetadata("NuGetPackageId") + " " + first.GetMetadata("NuGetPackageVersion"),
            Copyright = copyright.StartsWith("Copyright", StringComparison.OrdinalIgnoreCase) || copyright.StartsWith("©", StringComparison.Ordinal) ? copyright : "Copyright " + copyright,
            ProjectUrl = Value("projectUrl") ?? (string)repository?.Attribute("url") ?? "",
            Repository = (string)repository?.Attribute("url") ?? Value("projectUrl"),
            FileNames = files.Select(file => Path.GetFileName(file.ItemSpec)).Distinct().OrderBy(name => name, StringComparer.Ordinal).ToList(),
        };

        List<string> notices = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Regex.IsMatch(Path.GetFileName(path), "^(licen[cs]e|notice|copying|third-?party)", RegexOptions.IgnoreCase)
                && Regex.IsMatch(Path.GetExtension(path), "^(|\\.txt|\\.md)$", RegexOptions.IgnoreCase))
            .OrderBy(path => path, StringComparer.OrdinalIgnoreCase)
            .ToList();
        string kind = (string)license?.Attribute("type");
        if (kind == "expression")
        {
            dependency.Expression = license.Value;
            if (!notices.Any(path => Regex.IsMatch(Path.GetFileName(path), "^licen[cs]e(\\.(txt|md))?$", RegexOptions.IgnoreCase)))
            {
                foreach (string identifier in Regex.Split(license.Value, "\\s+(?:AND|OR)\\s+|[()]").Where(part => part.Trim().Length > 0))
                {
                    dependency.Texts.Add(CarriesFiles ? License(identifier.Trim(), dependency.Name) : "");
                }
            }
        }
        else if (kind == "file")
        {
            string path = Path.Combine(folder, license.Value.Replace('\\', Path.DirectorySeparatorChar));
            dependency.Texts.Add(File.ReadAllText(path));
            dependency.Expression = Regex.IsMatch(dependency.Texts[0], "^\\s*(The )?MIT License", RegexOptions.IgnoreCase) ? "MIT" : null;
            notices.RemoveAll(notice => Path.GetFullPath(notice) == Path.GetFullPath(path));
        }
        else
        {
            Log.LogError("{0}: the package {1} states no licence.", Package, dependency.Name);
        }

        dependency.Texts.AddRange(notices.Select(File.ReadAllText));
        return dependency;
    }

    private string License(string identifier, string owner)
    {
        string version = identifier.Replace("-or-later", "").Replace("-only", "");
        string path = Path.Combine(Licenses, version + ".txt");
        if (!File.Exists(path))
        {
            Log.LogError("{0}: there is no text of the licence {1} of {2}. Add {3}.", Package, identifier, owner, path);
            return "";
        }

        string text = File.ReadAllText(path);

        // The LGPL adds permissions to the GPL, without which it is not complete.
        return version == "LGPL-3.0" ? text + "\n\n" + License("GPL-3.0", owner) : text;
    }

    private sealed class Dependency
    {
        public string Name;
        public string Expression;
        public string Copyright;
        public string ProjectUrl;
        public string Repository;
        public List<string> FileNames;
        public List<string> Texts = new List<string>();
    }
}
