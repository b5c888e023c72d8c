using PublicApiGenerator;

namespace CharRnn.Architecture.Tests;

/// <summary>The library's public surface, as a committed file and as a number of types.</summary>
public sealed class PublicApiTests
{
    /// <summary>Most public types that the library is to have, nested ones included.</summary>
    private const int MaxPublicTypes = 120;

    private const string AcceptVariable = "CHARRNN_ACCEPT_PUBLIC_API";

    private static string ApprovedPath => RepositoryFiles.Path("test/CharRnn.Architecture.Tests/PublicApi.txt");

    [Fact]
    public void PublicApi_IsTheCommittedOne()
    {
        string api = typeof(LanguageModel)
            .Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
            File.WriteAllText(ApprovedPath, api);

        string approved = File.ReadAllText(ApprovedPath).ReplaceLineEndings("\n");

        string[] added = [.. Difference(api, approved).Select(line => $"+ {line}")];
        string[] removed = [.. Difference(approved, api).Select(line => $"- {line}")];
        Assert.True(
            api == approved,
            $"""
            The public API is not that of PublicApi.txt. To accept the change:
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
