namespace CharRnn.Architecture.Tests;

/// <summary>Who may use whom in the library, and how its files are laid out.</summary>
public sealed class RoomsTests(LibrarySources library)
{
    private const int MaxLines = 400,
        MaxTileLines = 500,
        MaxNamesInAFolder = 25;

    /// <summary>The rooms from top to bottom: each may use only those below it. The root is below them all.</summary>
    private static readonly string[] Rooms =
    [
        "Benchmarking",
        "Inspecting",
        "Explaining",
        "Analysis",
        "Training",
        "Training/Runs",
        "Training/Steps",
        "Training/Settings",
        "Evaluation",
        "Sampling",
        "Networks/LanguageModels",
        "Networks/Classifiers",
        "Networks/Layers",
        "Networks/Parameters",
        "Networks/Cells",
        "RunFolders",
        "Checkpoints",
        "Records",
        "Datasets",
        "Text/Batching",
        "Text/Statistics",
        "Text/Reading",
        "Text/Preparing",
        "Text",
        "Engine/Kernels",
        "Engine/Memory",
        "Engine/Threading",
        "IO",
        "",
    ];

    /// <summary>
    /// Without this, a use would have no symbol. Bodies are left to the build, which compiles them too.
    /// </summary>
    [Fact]
    public void Declarations_Compile()
    {
        const string partialWithoutItsGeneratedHalf = "CS8795";
        var errors = library
            .Compilation.GetDeclarationDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic =>
                diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error
                && diagnostic.Id != partialWithoutItsGeneratedHalf
            )
            .Select(diagnostic => diagnostic.ToString());
        Assert.Empty(errors);
    }

    [Fact]
    public void Rooms_AreTheFoldersOfTheLibrary() =>
        Assert.Equal(
            library.Files.Keys.Select(LibrarySources.RoomOf).Distinct().Order(StringComparer.Ordinal),
            Rooms.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Rooms_UseOnlyRoomsBelowThem()
    {
        var wrong = library
            .Uses.Where(use => Array.IndexOf(Rooms, use.To) < Array.IndexOf(Rooms, use.From))
            .Select(use => $"{use.File} uses {use.Type} of {use.To}/")
            .Order(StringComparer.Ordinal);
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Fact]
    public void Folders_ShowAtMostTwentyFiveNames()
    {
        var crowded = library
            .Files.Keys.GroupBy(LibrarySources.RoomOf)
            .Where(room => room.Count() > MaxNamesInAFolder)
            .Select(room => $"{room.Key}/ has {room.Count()} files");
        Assert.Empty(crowded);
    }

    [Fact]
    public void Files_AreAtMostFourHundredLines()
    {
        var longFiles = library
            .Files.Select(file => (Path: file.Key, Lines: file.Value.GetText().Lines.Count))
            .Where(file => file.Lines > (file.Path == "Engine/Kernels/Tiles.cs" ? MaxTileLines : MaxLines))
            .Select(file => $"{file.Path} has {file.Lines} lines");
        Assert.Empty(longFiles);
    }
}
