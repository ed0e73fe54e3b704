using System.Globalization;
using ArtSimilarity.Wild;

if (args is ["details", string detailGallery, string large, string detailModel, string perWork, string detailSeed])
{
    var details = new DetailRun(detailGallery, large, detailModel, int.Parse(perWork, CultureInfo.InvariantCulture), int.Parse(detailSeed, CultureInfo.InvariantCulture));
    await details.RunAsync();
    Console.Write(WildReport.Write(detailModel, details));
    return 0;
}

if (args is ["duplicates", string duplicateGallery, string pairs, string looked])
{
    await using var list = new StreamWriter(looked);
    await DuplicateRun.RunAsync(duplicateGallery, pairs, Console.Out, list);
    return 0;
}

// wild GALLERY GREY-GALLERY|- MODEL|default[#OUTPUT] WORKS SEED [KIND,…|all [AMONG.csv]]: prints a Markdown table. AMONG.csv, one key a line, has the works to ask for. GALLERY is changed: works are taken out of it.
if (args.Length is < 5 or > 7)
{
    await Console.Error.WriteLineAsync("usage: wild GALLERY GREY-GALLERY|- MODEL|default[#OUTPUT] WORKS SEED [KIND,...|all [AMONG.csv]]");
    return 2;
}

string[] kinds = args.Length > 5 && args[5] != "all" ? args[5].Split(',') : ["photo-mild", "photo-strong", "detail-quarter", "detail-ninth", "grey", "faded", "mirrored"];
var run = new WildRun(
    args[0], args[1] == "-" ? null : args[1], args[2],
    int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture), kinds,
    args.Length > 6 ? File.ReadLines(args[6]).ToHashSet(StringComparer.Ordinal) : null);
await run.RunAsync();
Console.Write(WildReport.Write(args[2], run));
return 0;
