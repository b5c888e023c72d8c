using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CharRnn.Checkpoints;

namespace CharRnn.Cli.Commands;

/// <summary>A program that takes the command's place.</summary>
/// <param name="Program">Its path.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Variables">Environment variables beside the command's own.</param>
internal sealed record ProgramStart(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Variables
)
{
    /// <summary>Variables that would change the server behind the command's back: images of ASP.NET Core set ports.</summary>
    private static readonly string[] Withheld = ["ASPNETCORE_", "CharRnn__", "CharRnn:"];

    /// <summary>
    /// Runs the program in the command's place. On Unix it becomes this very process, whose id and signals are its own
    /// from then on; on Windows, where there is no such thing, it is waited for.
    /// </summary>
    /// <returns>The program's exit code, on Windows.</returns>
    /// <exception cref="CharRnnException">It cannot be started.</exception>
    public int RunInstead() => OperatingSystem.IsWindows() ? RunAndWait() : Become();

    /// <summary>Runs the program and waits for its end. Ctrl-C, which both get, is the program's.</summary>
    public int RunAndWait()
    {
        using var deaf = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        var start = new ProcessStartInfo(Program, Arguments) { UseShellExecute = false };
        start.Environment.Clear();
        foreach (var (name, value) in AllVariables())
            start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new CharRnnException($"cannot start {Program}: {OneLine.Reason(failure)}", failure);
        }
    }

    private int Become()
    {
        string?[] arguments = [Program, .. Arguments, null];
        string?[] environment = [.. AllVariables().Select(variable => $"{variable.Key}={variable.Value}"), null];
        // Returns only where it fails.
        _ = Execute(Program, arguments, environment);
        throw new CharRnnException($"cannot start {Program}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private IEnumerable<KeyValuePair<string, string>> AllVariables() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(entry => new KeyValuePair<string, string>((string)entry.Key, (string?)entry.Value ?? ""))
            .Where(variable =>
                !Array.Exists(Withheld, prefix => variable.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            )
            .Concat(Variables);

    // On Unix, where alone this is called, the narrow strings of .NET are UTF-8.
    [DllImport("libc", EntryPoint = "execve", SetLastError = true)]
    private static extern int Execute(
        [MarshalAs(UnmanagedType.LPStr)] string path,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] arguments,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] environment
    );
}
