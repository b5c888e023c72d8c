using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace CharRnn.Cli.Tests.Golden;

/// <summary>What the command once made, kept so that it can be compared with what it makes now.</summary>
public static class GoldenFiles
{
    /// <summary>Why these tests are skipped where <see cref="CanBeCompared"/> is false.</summary>
    public const string NeedsFusedMultiplyAdd =
        "this machine has no fused multiply-add: it rounds products and sums apart, and has bits of its own";

    // How a command line in a file says where these files are.
    private const string Placeholder = "GOLDEN";

    /// <summary>Whether this machine computes the bits that were recorded.</summary>
    public static bool CanBeCompared => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>The folder, as the tests' program has it.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Golden");

    /// <summary>The path of one of the files.</summary>
    public static string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>The arguments of a command line, none of which has a space in it.</summary>
    public static string[] Arguments(string commandLine) => commandLine.Replace(Placeholder, Folder).Split(' ');

    /// <summary>Text as it is recorded: without the folder's place on this machine, with line feeds alone.</summary>
    public static string WithoutMachine(string text) => text.Replace(Folder, Placeholder).Replace("\r\n", "\n");

    /// <summary>A file of hashes: each line a SHA-256, two spaces, and what it is of.</summary>
    public static IEnumerable<(string Hash, string Of)> Hashes(string path) =>
        from line in File.ReadLines(path)
        let parts = line.Split("  ", 2)
        select (parts[0], parts[1]);

    /// <summary>The SHA-256 of a safetensors file's numbers, whatever words its header is in.</summary>
    public static string HashOfTensors(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new BinaryReader(file);
        file.Seek(reader.ReadInt64(), SeekOrigin.Current);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
