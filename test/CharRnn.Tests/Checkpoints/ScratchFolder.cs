namespace CharRnn.Tests;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("charrnn-test-");

    public string this[string name] => Path.Combine(folder.FullName, name);

    public string Root => folder.FullName;

    public string[] Names => [.. folder.GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => folder.Delete(recursive: true);
}
