using System.Runtime.CompilerServices;

namespace CharRnn.Architecture.Tests;

/// <summary>Files of the repository, found from where this source file stood when it was compiled.</summary>
internal static class RepositoryFiles
{
    private static readonly string Root = System.IO.Path.GetFullPath(
        System.IO.Path.Combine(SourceFolder(), "..", "..")
    );

    /// <summary>The full path of something in the repository.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    /// <summary>
    /// Files below a folder by their paths below it, with forward slashes, without what a build wrote.
    /// </summary>
    public static IEnumerable<string> Below(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path(folder), pattern, SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Path(folder), path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    private static string SourceFolder([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;
}
