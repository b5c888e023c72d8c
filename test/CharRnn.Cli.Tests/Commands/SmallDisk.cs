using System.Diagnostics;

namespace CharRnn.Cli.Tests;

/// <summary>A small file system, in memory.</summary>
internal sealed class SmallDisk(string path) : IDisposable
{
    public static async Task<SmallDisk> MountAsync(string path, int megabytes = 1)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("a small disk is made of Linux's tmpfs");
        Directory.CreateDirectory(path);
        var (code, said) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);
        if (code != 0)
            Assert.Skip($"mounting a small tmpfs is not permitted here: {said.Trim()}");
        return new(path);
    }

    public void Dispose()
    {
        using var umount = Process.Start("umount", [path]);
        umount.WaitForExit();
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said);
    }
}
