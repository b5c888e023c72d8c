using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CharRnn.Checkpoints;
using CharRnn.Studio.Models;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Runs;

/// <summary>
/// Starts and stops trainings, which are processes of their own: <c>charrnn train</c> with the form's flags, out of
/// reach of the studio's terminal, so that a studio that ends or is killed stops none.
/// </summary>
internal sealed class RunStarter(IOptions<StudioOptions> options, RunCatalog catalog)
{
    private static readonly string[] Reserved = [ModelShelf.ExampleId, StudioOptions.Uploads];

    private const int Interrupt = 2;
    private const string Shell = "/bin/sh";

    // The shell's only work is where the words go; a session of its own keeps Ctrl-C in this terminal away.
    private const string Script =
        "log=$1; shift; if command -v setsid > /dev/null; then exec setsid \"$@\" > \"$log\" 2>&1 < /dev/null; "
        + "else exec \"$@\" > \"$log\" 2>&1 < /dev/null; fi";

    // A training that cannot begin says so within a few seconds, once .NET has started.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60),
        Between = TimeSpan.FromMilliseconds(100);

    /// <summary>Folder for a run: of the name that was asked for, or the next free one.</summary>
    /// <exception cref="SettingsException">The name is no name, or taken.</exception>
    public string FolderFor(string name, string corpusName)
    {
        string folder = catalog.Folder;
        if (name.Length == 0)
            return RunNames.NextFree(folder, corpusName);
        if (Reserved.Contains(name))
            throw new SettingsException($"{OneLine.Quote(name)} has a meaning of its own here; give another name.");
        if (TextPlaces.SafeName(name) != name)
            throw new SettingsException($"{OneLine.Quote(name)} is no name for a run; use letters, digits, - and _.");
        string path = Path.Combine(folder, name);
        return Path.Exists(path)
            ? throw new SettingsException($"there is a run {OneLine.Quote(name)} already; give another name.")
            : path;
    }

    /// <summary>Starts a training, and waits until its run is there.</summary>
    /// <param name="arguments">Arguments of <c>charrnn</c>.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="cancellationToken">Stops waiting, and no training.</param>
    /// <exception cref="CharRnnException">It could not begin: the message is the command's own.</exception>
    public async Task StartAsync(IReadOnlyList<string> arguments, string run, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(catalog.Folder);
        string log = Path.Combine(Path.GetTempPath(), $"charrnn-{Guid.NewGuid():N}.log");
        using var process = Start([.. options.Value.Command, .. arguments, "--progress", "none"], log);
        var end = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < end)
        {
            if (process.HasExited)
            {
                string words = ReadLog(log);
                if (process.ExitCode == 0)
                    return;
                throw new CharRnnException(
                    words.Length > 0 ? words : $"the training ended with code {process.ExitCode}."
                );
            }
            if (File.Exists(Path.Combine(run, RunFolder.ConfigName)) && RunLock.SeemsHeld(RunFolder.Open(run)))
            {
                // What it goes on to write goes nowhere, and leaves nothing behind.
                _ = ReadLog(log);
                return;
            }
            await Task.Delay(Between, cancellationToken);
        }
        throw new CharRnnException(
            $"the training has not begun after {Patience.TotalSeconds:0} s; it may still be reading its text, and is "
                + "listed under Runs once it trains."
        );
    }

    /// <summary>Asks the training of a run to save and stop, whoever started it.</summary>
    /// <exception cref="CharRnnException">Nobody trains it, or the process cannot be asked.</exception>
    public void Stop(string id)
    {
        var run = catalog.Open(id);
        if (RunLock.Owner(run) is not { } process)
            throw new CharRnnException($"{id} is not being trained.");
        if (OperatingSystem.IsWindows())
            // There is no signal for another console's process; what was saved last stays.
            Process.GetProcessById(process).Kill();
        else if (Kill(process, Interrupt) != 0)
            throw new CharRnnException(
                $"the process {process}, which trains {id}, cannot be stopped: {Marshal.GetLastPInvokeErrorMessage()}"
            );
    }

    private static Process Start(IReadOnlyList<string> command, string log)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(command[0], command.Skip(1)) { CreateNoWindow = true }
            : new ProcessStartInfo(Shell, ["-c", Script, Shell, log, .. command]);
        start.Environment.Remove(StudioOptions.ProfilingVariable);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new CharRnnException($"cannot start {command[0]}: {OneLine.Reason(failure)}", failure);
        }
    }

    private static string ReadLog(string log)
    {
        try
        {
            string[] lines = File.Exists(log) ? File.ReadAllLines(log) : [];
            File.Delete(log);
            return OneLine.CutLongWords(lines.LastOrDefault(line => line.Length > 0) ?? "");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
