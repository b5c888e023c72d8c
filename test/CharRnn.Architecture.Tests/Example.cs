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

    // Every example is this program with its statements; the references are read and bound once.
    private static readonly CSharpCompilation Program = CSharpCompilation.Create(
        "Example",
        [CSharpSyntaxTree.ParseText(Usings)],
        Directory
            .GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll")
            .Where(path => !path.EndsWith(".Native.dll", StringComparison.Ordinal))
            .Append(typeof(LanguageModel).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.ConsoleApplication)
    );

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

    /// <summary>Compiles it, and runs it in a folder with a second in place of its minutes of training.</summary>
    /// <returns>What it printed.</returns>
    public string RunIn(string folder)
    {
        byte[] compiled = Compile(code);
        string shorter = Minutes().Replace(code, "TimeSpan.FromSeconds(1)");
        var program = Assembly.Load(shorter == code ? compiled : Compile(shorter));
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
        var compilation = Program.AddSyntaxTrees(CSharpSyntaxTree.ParseText(statements));
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
