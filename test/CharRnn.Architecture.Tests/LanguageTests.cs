using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CharRnn.Architecture.Tests;

/// <summary>Which parts of the language, of the runtime and of the vocabulary the sources may use, and where.</summary>
public sealed partial class LanguageTests(LibrarySources library)
{
    private static readonly string[] VectorTypes = ["Vector", "Vector64", "Vector128", "Vector256", "Vector512"];

    /// <summary>Words of the old private vocabulary; no part of an identifier or file name may be one.</summary>
    private static readonly string[] OldWords =
    [
        "meet",
        "meeting",
        "lonely",
        "crew",
        "witness",
        "story",
        "chapter",
        "lesson",
        "keeper",
        "told",
        "room",
        "usual",
        "fewest",
        "corpora",
    ];

    /// <summary>Old names whose words are the field's own elsewhere; no identifier or file name may be one.</summary>
    private static readonly string[] OldNames =
    [
        "Shown",
        "TrainingRecord",
        "LogitShift",
        "LayerJoin",
        "RecordRows",
        "GateTransposes",
        "GradientRows",
        "InputTable",
        "InputPart",
        "Rows8Triple",
        "Rows6Pairs1",
        "LabelMix",
        "GivenStarts",
    ];

    /// <summary>Old names of types and files; members and locals may be called so.</summary>
    private static readonly string[] OldTypes = ["Square", "Counts", "Rows"];

    [Fact]
    public void UnsafeCodeAndIntrinsics_AreInTheEngineAlone()
    {
        var elsewhere = library
            .Files.Where(file => !file.Key.StartsWith("Engine/", StringComparison.Ordinal))
            .SelectMany(file =>
                file.Value.GetRoot()
                    .DescendantNodesAndTokens()
                    .Where(IsUnsafeOrIntrinsic)
                    .Select(found => $"{file.Key}, line {Line(found)}: {found}")
            );
        Assert.Empty(elsewhere);

        static int Line(SyntaxNodeOrToken found) => found.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1;
    }

    [Fact]
    public void Library_ReferencesNothingButTheBaseClassLibrary()
    {
        string[] allowed = ["System", "Microsoft.Win32", "netstandard"];
        var foreign = typeof(LanguageModel)
            .Assembly.GetReferencedAssemblies()
            .Where(assembly => !allowed.Any(prefix => assembly.Name!.StartsWith(prefix)));
        Assert.Empty(foreign);
    }

    [Fact]
    public void Identifiers_AndFiles_HaveNoOldNames()
    {
        var found = RepositoryFiles
            .Below("src", "*.cs")
            .AsParallel()
            .SelectMany(path =>
            {
                string text = File.ReadAllText(RepositoryFiles.Path($"src/{path}"));
                var root = CSharpSyntaxTree
                    .ParseText(text, cancellationToken: TestContext.Current.CancellationToken)
                    .GetRoot(TestContext.Current.CancellationToken);
                string file = Path.GetFileNameWithoutExtension(path);
                var types = root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(t => t.Identifier.Text);
                return root.DescendantTokens()
                    .Where(token => token.IsKind(SyntaxKind.IdentifierToken))
                    .Select(token => token.ValueText)
                    .Append(file)
                    .Where(IsOldName)
                    .Concat(types.Append(file).Where(OldTypes.Contains))
                    .Select(name => (Path: path, Name: name));
            })
            .Distinct()
            .Select(use => $"{use.Path}: {use.Name}")
            .Order(StringComparer.Ordinal);
        Assert.Empty(found);
    }

    private static bool IsUnsafeOrIntrinsic(SyntaxNodeOrToken found) =>
        found.IsKind(SyntaxKind.UnsafeKeyword)
        || found.AsNode() is SimpleNameSyntax name && VectorTypes.Contains(name.Identifier.ValueText)
        || found.AsNode() is UsingDirectiveSyntax { Name: { } used }
            && used.ToString().StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal);

    private static bool IsOldName(string name) =>
        OldNames.Contains(name) || Words().Matches(name).Any(word => OldWords.Contains(word.Value.ToLowerInvariant()));

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Words();
}
