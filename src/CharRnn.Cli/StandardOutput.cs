using CharRnn.Checkpoints;
using Microsoft.Win32.SafeHandles;

namespace CharRnn.Cli;

/// <summary>Standard output as bytes.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    // EPIPE; the same number on Linux and macOS.
    private const int BrokenPipe = 32;

    /// <summary>Opens it. Not to be disposed: it is the process's.</summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        // The console's own stream takes a pipe that is no longer read for one that is read: a text without end
        // would never end. A file, though, is the console stream's: this one would keep its own position there, and
        // write over what others write.
        var pipe = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    /// <summary>Writes bytes, and hands them on.</summary>
    /// <param name="output">Standard output, or the file in its place.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="name">Its name in the message of a failure (<see cref="Shell.OutputName"/>).</param>
    /// <exception cref="IOException">The pipe is no longer read (<see cref="IsReaderGone"/>).</exception>
    /// <exception cref="CharRnnException">It cannot be written.</exception>
    public static void Write(Stream output, ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            output.Write(bytes);
            output.Flush();
        }
        catch (IOException failure) when (!IsReaderGone(failure))
        {
            throw new CharRnnException($"cannot write to {name}: {OneLine.Reason(failure)}", failure);
        }
    }

    /// <summary>Whether writing failed because the reader of the pipe has closed it: it has all it wanted.</summary>
    public static bool IsReaderGone(IOException failure) => failure.HResult == BrokenPipe;
}
