using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit.Sdk;

namespace CharRnn.Architecture.Tests;

/// <summary>
/// An <c>&lt;example&gt;</c> of a documentation comment: top-level statements after <c>using CharRnn;</c>.
/// </summary>
/// <param name="file">The source file that it documents, its path below src.</param>
/// <param name="code">The statements.</param>
public sealed partial class Example(string file, string code)
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using CharRnn;
        """;

    /// <summary>The source file that it documents, its path below src.</summary>
    public string File => file;

    /// <summary>The examples of a source file.</summary>
    public static IEnumerable<Example> Of(string file)
    {
        string source = System.IO.File.ReadAllText(RepositoryFiles.Path($"src/{file}")).ReplaceLineEndings("\n");
        string comments = Marker().Replace(source, "");
        return from example in Examples().Matches(comments)
            from code in Codes().Matches(example.Value)
            select new Example(file, WebUtility.HtmlDecode(code.Groups[1].Value));
    }

    /// <summary>The program, or the errors that the compiler finds in it.</summary>
    public byte[] Compile() => Compile(code);

    /// <summary>Runs it in a folder, with a second in place of its minutes of training.</summary>
    /// <returns>What it printed.</returns>
    public string RunIn(string folder)
    {
        var program = Assembly.Load(Compile(Minutes().Replace(code, "TimeSpan.FromSeconds(1)")));
        string before = Environment.CurrentDirectory;
        var console = Console.Out;
        using var output = new StringWriter();
        try
        {
            Environment.CurrentDirectory = folder;
            Console.SetOut(output);
            program.EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = before;
        }

        return output.ToString();
    }

    private byte[] Compile(string statements)
    {
        string runtimeFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Directory
            .GetFiles(runtimeFolder, "System*.dll")
            .Where(path => !path.EndsWith(".Native.dll", StringComparison.Ordinal))
            .Append(typeof(LanguageModel).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            $"Example{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(statements)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication)
        );
        using var program = new MemoryStream();
        var result = compilation.Emit(program);
        if (!result.Success)
            throw new XunitException(
                $"The example of src/{file} does not compile:\n{string.Join('\n', result.Diagnostics)}"
            );
        return program.ToArray();
    }

    [GeneratedRegex("^ *///? ?", RegexOptions.Multiline)]
    private static partial Regex Marker();

    [GeneratedRegex("<example>.*?</example>", RegexOptions.Singleline)]
    private static partial Regex Examples();

    [GeneratedRegex("<code>\n?(.*?)</code>", RegexOptions.Singleline)]
    private static partial Regex Codes();

    [GeneratedRegex(@"TimeSpan\.FromMinutes\(\d+\)")]
    private static partial Regex Minutes();
}
