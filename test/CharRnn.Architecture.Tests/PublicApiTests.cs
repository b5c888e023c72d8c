using CharRnn.Server;
using PublicApiGenerator;

namespace CharRnn.Architecture.Tests;

/// <summary>The libraries' public surfaces, as committed files and as a number of types.</summary>
public sealed class PublicApiTests
{
    /// <summary>Most public types that the library is to have, nested ones included.</summary>
    private const int MaxPublicTypes = 121;

    private const string AcceptVariable = "CHARRNN_ACCEPT_PUBLIC_API";

    [Theory]
    [InlineData(typeof(LanguageModel), "PublicApi.txt")]
    [InlineData(typeof(CharRnnServerOptions), "PublicApi.Server.txt")]
    public void PublicApi_IsTheCommittedOne(Type typeOfTheLibrary, string file)
    {
        string approvedPath = RepositoryFiles.Path($"test/CharRnn.Architecture.Tests/{file}");
        string api = typeOfTheLibrary
            .Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
            File.WriteAllText(approvedPath, api);

        string approved = File.ReadAllText(approvedPath).ReplaceLineEndings("\n");

        string[] added = [.. Difference(api, approved).Select(line => $"+ {line}")];
        string[] removed = [.. Difference(approved, api).Select(line => $"- {line}")];
        Assert.True(
            api == approved,
            $"""
            The public API is not that of {file}. To accept the change:
                {AcceptVariable}=1 dotnet test --project test/CharRnn.Architecture.Tests
            {string.Join('\n', removed.Concat(added))}
            """
        );
    }

    [Fact]
    public void PublicTypes_AreNotMoreThanTheBound()
    {
        int count = typeof(LanguageModel).Assembly.GetExportedTypes().Length;
        Assert.True(count <= MaxPublicTypes, $"{count} types are public, and at most {MaxPublicTypes} may be");
    }

    private static IEnumerable<string> Difference(string api, string other)
    {
        var known = other.Split('\n').ToHashSet();
        return api.Split('\n').Where(line => !known.Contains(line));
    }
}
