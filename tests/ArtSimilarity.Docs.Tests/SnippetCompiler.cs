using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ArtSimilarity.Docs.Tests;

/// <summary>
/// Compiles snippets as the Program.cs of a console project with implicit usings, or as a file of a library where they only declare types. A snippet that has using directives stands by itself. Any other
/// finds the namespaces of all packages, and the variables of <see cref="Given"/>.
/// </summary>
internal static partial class SnippetCompiler
{
    private const string ImplicitUsings = """
        global using global::System;
        global using global::System.Collections.Generic;
        global using global::System.IO;
        global using global::System.Linq;
        global using global::System.Net.Http;
        global using global::System.Threading;
        global using global::System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);
    private static readonly Lazy<MetadataReference[]> References = new(FindReferences);
    private static readonly Lazy<string> FurtherUsings = new(FindFurtherUsings);

    /// <summary>The errors of a snippet, each with the page and the line of the page.</summary>
    public static IReadOnlyList<string> Compile(Snippet snippet)
    {
        string usings = UsingDirective().IsMatch(snippet.Code) ? ImplicitUsings : ImplicitUsings + "\n" + FurtherUsings.Value;
        SyntaxTree tree = CSharpSyntaxTree.ParseText(snippet.Code, Language, snippet.Path);
        bool isProgram = tree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any();
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Snippet",
            [tree, CSharpSyntaxTree.ParseText(usings, Language, "usings")],
            References.Value,
            new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => Describe(snippet, diagnostic))];
    }

    private static string Describe(Snippet snippet, Diagnostic diagnostic)
    {
        FileLinePositionSpan position = diagnostic.Location.GetLineSpan();
        int line = position.Path == snippet.Path ? snippet.Line + position.StartLinePosition.Line : snippet.Line;
        return FormattableString.Invariant($"{snippet.Path}:{line}: {diagnostic.Id} {diagnostic.GetMessage()}");
    }

    private static MetadataReference[] FindReferences()
    {
        var running = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        IEnumerable<string> further = typeof(SnippetCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(attribute => attribute.Key == "SnippetReference")
            .Select(attribute => attribute.Value!);
        return [.. running.Split(Path.PathSeparator).Concat(further).Distinct().Select(path => MetadataReference.CreateFromFile(path))];
    }

    private static string FindFurtherUsings()
    {
        CSharpCompilation compilation = CSharpCompilation.Create("Namespaces", references: References.Value);
        IEnumerable<string> namespaces = compilation.References
            .Select(compilation.GetAssemblyOrModuleSymbol)
            .OfType<IAssemblySymbol>()
            .Where(assembly => assembly.Name.StartsWith("ArtSimilarity", StringComparison.Ordinal) && assembly.Name != typeof(Given).Assembly.GetName().Name)
            .SelectMany(assembly => Namespaces(assembly.GlobalNamespace))
            .Append("Microsoft.Extensions.DependencyInjection")
            .Distinct();
        return string.Join('\n', namespaces.Select(name => $"global using global::{name};")) + $"\nglobal using static global::{typeof(Given).FullName};";
    }

    private static IEnumerable<string> Namespaces(INamespaceSymbol symbol)
    {
        if (symbol.GetTypeMembers().Any(type => type.DeclaredAccessibility == Accessibility.Public))
        {
            yield return symbol.ToDisplayString();
        }

        foreach (string name in symbol.GetNamespaceMembers().SelectMany(Namespaces))
        {
            yield return name;
        }
    }

    [GeneratedRegex(@"^using [A-Z][\w.]*;", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();
}
