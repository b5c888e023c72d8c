using System.Collections.Frozen;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

[assembly: AssemblyFixture(typeof(CharRnn.Architecture.Tests.LibrarySources))]

namespace CharRnn.Architecture.Tests;

/// <summary>A place where one room of the library uses another.</summary>
/// <param name="From">The folder whose file uses it.</param>
/// <param name="To">The folder of the used type's source file.</param>
/// <param name="File">The using file, its path below the library.</param>
/// <param name="Type">The used type.</param>
public sealed record RoomUse(string From, string To, string File, string Type);

/// <summary>
/// The library's sources, compiled once: a type's room is the folder of the file that declares it, whatever its
/// namespace.
/// </summary>
public sealed class LibrarySources
{
    private static readonly string[] ImplicitUsings =
    [
        "System",
        "System.Collections.Generic",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Threading",
        "System.Threading.Tasks",
    ];

    // Every identifier that the library declares: a name that is not among them comes from elsewhere and needs no
    // symbol.
    private readonly FrozenSet<string> _declared;

    /// <summary>Parses and compiles everything below src/CharRnn.</summary>
    public LibrarySources()
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest, preprocessorSymbols: ["NET", "NET10_0"]);
        string globals = string.Concat(ImplicitUsings.Select(name => $"global using global::{name};\n"));
        Files = RepositoryFiles
            .Below("src/CharRnn", "*.cs")
            .AsParallel()
            .Select(path => (Path: path, Tree: Parse(path, options)))
            .ToFrozenDictionary(file => file.Path, file => file.Tree);
        string[] runtime = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        string runtimeFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        Compilation = CSharpCompilation.Create(
            "CharRnn",
            [.. Files.Values, CSharpSyntaxTree.ParseText(globals, options)],
            runtime
                .Where(path => Path.GetDirectoryName(path) == runtimeFolder)
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
        _declared = Files
            .Values.SelectMany(tree => tree.GetRoot().DescendantTokens())
            .Where(token => token.IsKind(SyntaxKind.IdentifierToken) && token.Parent is not SimpleNameSyntax)
            .Select(token => token.ValueText)
            .ToFrozenSet();
        Uses =
        [
            .. Files
                .AsParallel()
                .SelectMany(file => UsesOf(file.Key, file.Value))
                .Distinct()
                .OrderBy(use => use.File, StringComparer.Ordinal)
                .ThenBy(use => use.Type, StringComparer.Ordinal),
        ];
    }

    /// <summary>The compiled sources.</summary>
    public CSharpCompilation Compilation { get; }

    /// <summary>Every source file by its path below src/CharRnn, with forward slashes.</summary>
    public FrozenDictionary<string, SyntaxTree> Files { get; }

    /// <summary>Every use of one room by another.</summary>
    public IReadOnlyList<RoomUse> Uses { get; }

    /// <summary>The folder of a file; empty for the root.</summary>
    public static string RoomOf(string file) => file.Contains('/') ? file[..file.LastIndexOf('/')] : "";

    private static SyntaxTree Parse(string path, CSharpParseOptions options) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(RepositoryFiles.Path($"src/CharRnn/{path}")), options, path);

    private IEnumerable<RoomUse> UsesOf(string file, SyntaxTree tree)
    {
        var model = Compilation.GetSemanticModel(tree);
        string room = RoomOf(file);
        foreach (var name in tree.GetRoot().DescendantNodes(descendIntoTrivia: true).OfType<SimpleNameSyntax>())
        {
            if (!_declared.Contains(name.Identifier.ValueText))
                continue;
            var type = TypeOf(model.GetSymbolInfo(name).Symbol);
            string? declared = type?.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
            if (declared is null || RoomOf(declared) == room)
                continue;
            yield return new RoomUse(room, RoomOf(declared), file, type!.Name);
        }
    }

    private static INamedTypeSymbol? TypeOf(ISymbol? symbol)
    {
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        while (type?.ContainingType is { } outer)
            type = outer;
        return type?.OriginalDefinition;
    }
}
